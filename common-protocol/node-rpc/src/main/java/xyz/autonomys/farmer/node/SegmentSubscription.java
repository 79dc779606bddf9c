package xyz.autonomys.farmer.node;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One subscription to archived segments with what it owes the node: one acknowledgement for each announcement, none
 * after its end (spec 06 §7.2). An acknowledgement too many would cut the wait for another client short, one too few
 * stops the node for two minutes.
 */
final class SegmentSubscription {
    private static final Logger LOG = LoggerFactory.getLogger(SegmentSubscription.class);
    private static final int METHOD_NOT_FOUND = -32601;

    /** The node goes on by itself after this. */
    private static final Duration NODE_LIMIT = Duration.ofSeconds(120);

    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

    private final RpcSocket socket;
    private final NodeClientConfig config;

    /** Held during calls, so that the node sees acknowledgements and the end one after the other. */
    private final ReentrantLock wire = new ReentrantLock();

    /** Held for moments only: the thread that decodes takes it too. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Condition settled = lock.newCondition();

    /** Announced, and no acknowledgement sent. */
    private final Set<Long> owed = new HashSet<>();

    private volatile long newest;
    private volatile String id;
    private boolean calling;
    private boolean ended;

    SegmentSubscription(RpcSocket socket, NodeClientConfig config) {
        this.socket = socket;
        this.config = config;
    }

    void begin(RpcSocket.NotificationHandler handler) throws NodeException, InterruptedException {
        id = socket.subscribe(config.callTimeout(), "subspace_subscribeArchivedSegmentHeader", handler);
    }

    /** Notes an announcement; false if an acknowledgement of the same segment is still to be sent. */
    boolean announced(long index) {
        lock.lock();
        try {
            newest = index;
            return !ended && owed.add(index);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Acknowledges, unless the subscription has ended. A failed call is repeated until the node has moved on.
     *
     * @return whether the node has confirmed
     */
    boolean acknowledge(long index) throws InterruptedException {
        wire.lockInterruptibly();
        try {
            return take(index) && call(index);
        } finally {
            settle();
            wire.unlock();
        }
    }

    /** Whether the node waits for us: it announces no slots meanwhile. */
    boolean owesAnything() {
        lock.lock();
        try {
            return !ended && (calling || !owed.isEmpty());
        } finally {
            lock.unlock();
        }
    }

    /**
     * Whether the acknowledgement is to be sent. From here on the same segment announced anew wants another one.
     */
    private boolean take(long index) {
        lock.lock();
        try {
            calling = !ended && owed.remove(index);
            return calling;
        } finally {
            lock.unlock();
        }
    }

    private void settle() {
        lock.lock();
        try {
            calling = false;
            settled.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private boolean call(long index) throws InterruptedException {
        long start = System.nanoTime();
        Duration pause = config.firstBackOff();
        while (true) {
            try {
                socket.call(config.callTimeout(), "subspace_acknowledgeArchivedSegmentHeader", NodeJson.u64(index));
                return true;
            } catch (NodeException e) {
                boolean useless = e.code() == METHOD_NOT_FOUND
                        || !socket.isOpen()
                        || newest != index
                        || System.nanoTime() - start > NODE_LIMIT.toNanos();
                LOG.warn(
                        "Segment {} was not acknowledged{}: {}",
                        Long.toUnsignedString(index),
                        useless ? "" : ", trying again",
                        e.getMessage());
                if (useless) {
                    return false;
                }
            }
            Thread.sleep(pause.toMillis());
            pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause.multipliedBy(2);
        }
    }

    /**
     * Ends the subscription as soon as nothing is owed. What is announced in the meantime needs no acknowledgement of
     * this subscription any more.
     *
     * @return whether the node still knew it
     */
    boolean end() throws NodeException, InterruptedException {
        awaitSettled();
        if (!wire.tryLock(config.callTimeout().toMillis(), TimeUnit.MILLISECONDS)) {
            throw new NodeException(
                    NodeException.Kind.NO_ANSWER,
                    "an acknowledgement to node " + config.url() + " was not confirmed within "
                            + config.callTimeout().toMillis() + " ms");
        }
        try {
            lock.lock();
            try {
                ended = true;
            } finally {
                lock.unlock();
            }
            return socket.unsubscribe(config.callTimeout(), "subspace_unsubscribeArchivedSegmentHeader", id);
        } finally {
            wire.unlock();
        }
    }

    private void awaitSettled() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = config.acknowledgeWithin().plus(config.callTimeout()).toNanos();
            while ((calling || !owed.isEmpty()) && left > 0) {
                left = settled.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }
}

package xyz.autonomys.farmer.node;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import xyz.autonomys.farmer.primitives.RewardSigningInfo;
import xyz.autonomys.farmer.primitives.SlotInfo;

/**
 * One listener with three threads: slots with events, signing requests, segments. The first two have bounded queues; a
 * listener that is too slow for them is told what it missed as soon as there is room.
 */
final class ListenerQueues implements NodeClient.Registration {
    private static final Logger LOG = LoggerFactory.getLogger(ListenerQueues.class);

    /** Room that only events may use, so that a backlog of slots hides none of them. */
    private static final int EVENT_RESERVE = 64;

    private final NodeListener listener;
    private final Queue slots;
    private final Queue signing;
    private final SegmentFeed segments;
    private final Runnable onClose;

    /** First slot that was dropped and not told of yet. */
    private Long firstDropped;

    ListenerQueues(NodeListener listener, int capacity, HeaderChain chain, Runnable onClose) {
        this.listener = listener;
        this.onClose = onClose;
        this.slots = new Queue("slots", capacity);
        this.signing = new Queue("signing", capacity);
        this.segments = new SegmentFeed(listener, chain);
    }

    synchronized void slot(SlotInfo slot, long arrivedAt) {
        int needed = firstDropped == null ? 1 : 2;
        if (!slots.hasRoom(needed)) {
            if (firstDropped == null) {
                firstDropped = slot.slotNumber();
            }
            return;
        }
        tellDropped(slot.slotNumber() - 1);
        slots.put(() -> listener.onSlot(slot, arrivedAt), 0);
    }

    private void tellDropped(long last) {
        if (firstDropped != null) {
            NodeEvent missed = new NodeEvent.SlotsMissed(firstDropped, last, NodeEvent.SlotGap.LISTENER_TOO_SLOW);
            firstDropped = null;
            slots.put(() -> listener.onEvent(missed), EVENT_RESERVE);
        }
    }

    synchronized void event(NodeEvent event) {
        if (event instanceof NodeEvent.SlotsMissed missed) {
            if (firstDropped != null) {
                // Inside of what will be told with the next slot.
                return;
            }
            if (!slots.put(() -> listener.onEvent(event), EVENT_RESERVE)) {
                firstDropped = missed.firstSlot();
            }
            return;
        }
        if (event instanceof NodeEvent.ChainRestarted restarted) {
            tellDropped(restarted.lastSlotBefore());
        }
        if (!slots.put(() -> listener.onEvent(event), EVENT_RESERVE)) {
            LOG.error("A listener is so slow that it does not hear of {}", event);
        }
    }

    void signing(RewardSigningInfo request, long arrivedAt) {
        if (!signing.put(() -> listener.onRewardSigning(request, arrivedAt), 0)) {
            event(new NodeEvent.SigningRequestLost("the listener is too slow for hash " + request.hash()));
        }
    }

    /** There are new headers. */
    void segmentsArrived() {
        segments.wake();
    }

    /** Has the listener told that a segment is live; done when it has returned from that. */
    CompletableFuture<Void> harvest(long segmentIndex) {
        return segments.harvest(segmentIndex);
    }

    /** A segment is no longer live. */
    void harvestEnded(long segmentIndex) {
        segments.harvestEnded(segmentIndex);
    }

    @Override
    public void close() {
        onClose.run();
        slots.thread.interrupt();
        signing.thread.interrupt();
        segments.close();
    }

    /** Tells a listener something; what it throws does no harm. */
    static void tell(Runnable action) {
        try {
            action.run();
        } catch (RuntimeException e) {
            LOG.error("A listener of the node failed", e);
        }
    }

    private static final class Queue {
        private final int capacity;
        private final Deque<Runnable> waiting = new ArrayDeque<>();
        private final ReentrantLock lock = new ReentrantLock();
        private final Condition filled = lock.newCondition();
        private final Thread thread;

        Queue(String name, int capacity) {
            this.capacity = capacity;
            thread = Thread.ofVirtual().name("node-" + name).start(this::run);
        }

        boolean hasRoom(int entries) {
            lock.lock();
            try {
                return waiting.size() + entries <= capacity;
            } finally {
                lock.unlock();
            }
        }

        /** Adds an entry; {@code reserve} is room beyond the capacity that it may use. */
        boolean put(Runnable action, int reserve) {
            lock.lock();
            try {
                if (waiting.size() >= capacity + reserve) {
                    return false;
                }
                waiting.add(action);
                filled.signal();
                return true;
            } finally {
                lock.unlock();
            }
        }

        private Runnable take() throws InterruptedException {
            lock.lockInterruptibly();
            try {
                while (waiting.isEmpty()) {
                    filled.await();
                }
                return waiting.remove();
            } finally {
                lock.unlock();
            }
        }

        private void run() {
            try {
                while (!Thread.currentThread().isInterrupted()) {
                    tell(take());
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}

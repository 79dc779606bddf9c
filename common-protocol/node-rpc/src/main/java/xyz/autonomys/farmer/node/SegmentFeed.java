package xyz.autonomys.farmer.node;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import xyz.autonomys.farmer.primitives.SegmentHeader;

/**
 * Leads one listener along the chain of segment headers, one by one, at its own speed: it needs no queue, since the
 * chain is kept anyway.
 */
final class SegmentFeed {
    private static final Logger LOG = LoggerFactory.getLogger(SegmentFeed.class);
    private static final int MOST_HARVESTS = 64;

    private final NodeListener listener;
    private final HeaderChain chain;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Thread thread;

    /** Segments whose pieces the node serves now, with what to complete when the listener has been told. */
    private final Map<Long, CompletableFuture<Void>> live = new LinkedHashMap<>();

    private long next;
    private boolean closed;

    /** A feed that begins after what the chain holds now. */
    SegmentFeed(NodeListener listener, HeaderChain chain) {
        this.listener = listener;
        this.chain = chain;
        this.next = chain.size();
        this.thread = Thread.ofVirtual().name("node-segments").start(this::run);
    }

    void wake() {
        lock.lock();
        try {
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    CompletableFuture<Void> harvest(long index) {
        lock.lock();
        try {
            if (closed) {
                return CompletableFuture.completedFuture(null);
            }
            CompletableFuture<Void> told = live.get(index);
            if (told == null && live.size() >= MOST_HARVESTS) {
                LOG.error("A listener is so slow that it does not hear that segment {} is live", index);
                return CompletableFuture.completedFuture(null);
            }
            if (told == null) {
                told = new CompletableFuture<>();
                live.put(index, told);
                changed.signal();
            }
            return told;
        } finally {
            lock.unlock();
        }
    }

    void harvestEnded(long index) {
        lock.lock();
        try {
            live.remove(index);
        } finally {
            lock.unlock();
        }
    }

    void close() {
        thread.interrupt();
        lock.lock();
        try {
            closed = true;
            live.values().forEach(told -> told.complete(null));
            live.clear();
        } finally {
            lock.unlock();
        }
    }

    /** What to tell next. */
    private record Step(SegmentHeader header, Optional<CompletableFuture<Void>> harvest) {}

    private Step take() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (true) {
                // One that was told as not live and has turned out to be.
                for (Map.Entry<Long, CompletableFuture<Void>> entry : live.entrySet()) {
                    if (entry.getKey() < next && !entry.getValue().isDone()) {
                        return new Step(chain.get(entry.getKey()).orElseThrow(), Optional.of(entry.getValue()));
                    }
                }
                Optional<SegmentHeader> header = chain.get(next);
                if (header.isPresent()) {
                    return new Step(header.get(), Optional.ofNullable(live.get(next++)));
                }
                changed.await();
            }
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                Step step = take();
                ListenerQueues.tell(() -> listener.onSegment(step.header, step.harvest.isPresent()));
                step.harvest.ifPresent(told -> told.complete(null));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

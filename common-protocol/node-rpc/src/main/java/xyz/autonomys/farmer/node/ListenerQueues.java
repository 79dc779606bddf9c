package xyz.autonomys.farmer.node;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import xyz.autonomys.farmer.primitives.RewardSigningInfo;
import xyz.autonomys.farmer.primitives.SegmentHeader;
import xyz.autonomys.farmer.primitives.SlotInfo;

/** One listener's three streams, each with a bounded queue and a thread: slots with events, signing, segments. */
final class ListenerQueues implements NodeClient.Registration {
    private static final Logger LOG = LoggerFactory.getLogger(ListenerQueues.class);

    private final NodeListener listener;
    private final Stream slots;
    private final Stream signing;
    private final Stream segments;
    private final Runnable onClose;
    private final AtomicLong droppedSlots = new AtomicLong();
    private long firstDropped;

    ListenerQueues(NodeListener listener, int capacity, Runnable onClose) {
        this.listener = listener;
        this.onClose = onClose;
        this.slots = new Stream("slots", capacity);
        this.signing = new Stream("signing", capacity);
        this.segments = new Stream("segments", capacity);
    }

    void slot(SlotInfo slot, long arrivedAt) {
        long dropped = droppedSlots.get();
        if (dropped > 0) {
            NodeEvent missed =
                    new NodeEvent.SlotsMissed(firstDropped, slot.slotNumber() - 1, NodeEvent.SlotGap.LISTENER_TOO_SLOW);
            if (!slots.offer(() -> listener.onEvent(missed))) {
                droppedSlots.incrementAndGet();
                return;
            }
            droppedSlots.set(0);
        }
        if (!slots.offer(() -> listener.onSlot(slot, arrivedAt))) {
            firstDropped = slot.slotNumber();
            droppedSlots.incrementAndGet();
        }
    }

    void event(NodeEvent event) {
        if (!slots.offer(() -> listener.onEvent(event))) {
            LOG.warn("A listener is too slow and did not hear of {}", event);
        }
    }

    void signing(RewardSigningInfo request, long arrivedAt) {
        if (!signing.offer(() -> listener.onRewardSigning(request, arrivedAt))) {
            event(new NodeEvent.SigningRequestLost("the listener is too slow for hash " + request.hash()));
        }
    }

    /** Completes when the listener has returned. */
    CompletableFuture<Void> segment(SegmentHeader header, boolean live) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        if (!segments.offer(() -> {
            try {
                listener.onSegment(header, live);
            } finally {
                done.complete(null);
            }
        })) {
            LOG.error("A listener is too slow and did not hear of segment {}", header.segmentIndex());
            done.complete(null);
        }
        return done;
    }

    @Override
    public void close() {
        onClose.run();
        slots.thread.interrupt();
        signing.thread.interrupt();
        segments.thread.interrupt();
    }

    private static final class Stream {
        private final BlockingQueue<Runnable> queue;
        private final Thread thread;

        Stream(String name, int capacity) {
            queue = new ArrayBlockingQueue<>(capacity);
            thread = Thread.ofVirtual().name("node-" + name).start(this::run);
        }

        boolean offer(Runnable action) {
            return queue.offer(action);
        }

        private void run() {
            try {
                while (!Thread.currentThread().isInterrupted()) {
                    Runnable action = queue.take();
                    try {
                        action.run();
                    } catch (RuntimeException e) {
                        LOG.error("A listener of the node failed", e);
                    }
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}

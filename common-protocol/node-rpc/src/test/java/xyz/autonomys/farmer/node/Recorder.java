package xyz.autonomys.farmer.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import xyz.autonomys.farmer.primitives.RewardSigningInfo;
import xyz.autonomys.farmer.primitives.SegmentHeader;
import xyz.autonomys.farmer.primitives.SlotInfo;

/** Collects what a client announces. */
class Recorder implements NodeListener {
    private static final int PATIENCE_SECONDS = 60;

    final BlockingQueue<Long> slots = new LinkedBlockingQueue<>();
    final BlockingQueue<NodeEvent> events = new LinkedBlockingQueue<>();
    final BlockingQueue<RewardSigningInfo> signing = new LinkedBlockingQueue<>();
    final BlockingQueue<String> segments = new LinkedBlockingQueue<>();

    @Override
    public void onSlot(SlotInfo slot, long arrivedAt) {
        slots.add(slot.slotNumber());
    }

    @Override
    public void onRewardSigning(RewardSigningInfo request, long arrivedAt) {
        signing.add(request);
    }

    @Override
    public void onSegment(SegmentHeader header, boolean live) {
        segments.add(header.segmentIndex() + (live ? " live" : " known"));
    }

    @Override
    public void onEvent(NodeEvent event) {
        events.add(event);
    }

    /** The next event of a kind; others before it are passed over. */
    <T extends NodeEvent> T await(Class<T> kind) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        NodeEvent event;
        do {
            event = events.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (kind.isInstance(event)) {
                return kind.cast(event);
            }
        } while (event != null);
        throw new AssertionError("no " + kind.getSimpleName() + " came");
    }

    void awaitSlot(long number) throws InterruptedException {
        assertEquals(number, slots.poll(PATIENCE_SECONDS, TimeUnit.SECONDS));
    }

    /** A live segment may have been told before as a known one: its header is seen before its announcement sometimes. */
    void awaitSegment(String expected) throws InterruptedException {
        String told = segments.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (told != null && expected.endsWith(" live") && told.equals(expected.replace(" live", " known"))) {
            told = segments.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        }
        assertEquals(expected, told);
    }

    /** Waits for something that needs repeated looking. */
    static void eventually(String what, Condition condition) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!condition.holds()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("never: " + what);
            }
            Thread.sleep(20);
        }
    }

    /** Something to wait for. */
    interface Condition {
        boolean holds() throws Exception;
    }
}

package xyz.autonomys.farmer.plotclient;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import xyz.autonomys.farmer.cluster.control.SlotAnnouncement;
import xyz.autonomys.farmer.primitives.SlotInfo;

/**
 * A slot that all farms of this process farm: its time, counted from its arrival, and the places that a node has for its
 * solutions. Thread-safe.
 */
final class FarmingSlot {
    /** Kept between the deadline of a proof and the end of the slot's window, for the way to the node. */
    private static final Duration SUBMISSION_MARGIN = Duration.ofMillis(400);

    /** A node takes ten solutions of a slot at most. */
    private static final int SOLUTIONS = 8;

    private final SlotInfo info;
    private final long arrived = System.nanoTime();
    private final long deadline;
    private final long end;
    private final AtomicInteger places = new AtomicInteger(SOLUTIONS);

    /** A slot that arrives now. */
    FarmingSlot(SlotAnnouncement announcement) {
        this.info = announcement.slot();
        this.end = arrived + TimeUnit.MILLISECONDS.toNanos(announcement.farmingTimeoutMillis());
        this.deadline = end
                - TimeUnit.MILLISECONDS.toNanos(
                        Math.min(SUBMISSION_MARGIN.toMillis(), announcement.farmingTimeoutMillis() / 4));
    }

    SlotInfo info() {
        return info;
    }

    /** The slot's number as text (u64). */
    String number() {
        return Long.toUnsignedString(info.slotNumber());
    }

    /** When proofs have to be made, as {@link System#nanoTime}. */
    long deadline() {
        return deadline;
    }

    /** When the node claims the slot, as {@link System#nanoTime}. */
    long end() {
        return end;
    }

    /** Time left for proofs, at least a nanosecond. */
    Duration untilDeadline() {
        return Duration.ofNanos(Math.max(1, deadline - System.nanoTime()));
    }

    /** Whether half of the time for proofs has passed. */
    boolean isHalfOver() {
        long now = System.nanoTime();
        return now - arrived > deadline - now;
    }

    /** Whether no proof can be submitted any more: it is too late, or the node has enough. */
    boolean isOver() {
        return places.get() <= 0 || System.nanoTime() - deadline > 0;
    }

    /** Takes one of the places for solutions, if there is one left. */
    boolean takePlace() {
        return places.getAndDecrement() > 0;
    }

    Duration sinceArrival() {
        return Duration.ofNanos(System.nanoTime() - arrived);
    }
}

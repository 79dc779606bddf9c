package xyz.autonomys.farmer.devnode;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Misbehaviour that tests ask for through the side channel. Thread-safe. */
final class Faults {
    private final AtomicLong stopSlotsUntil = new AtomicLong(System.nanoTime());
    private final AtomicInteger skippedSlots = new AtomicInteger();
    private final AtomicInteger ignoredSolutions = new AtomicInteger();
    private volatile boolean syncing;

    /** Announces no slot for a while. */
    void stopSlots(long millis) {
        stopSlotsUntil.set(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis));
    }

    /** Leaves out the next announcements. */
    void skipSlots(int count) {
        skippedSlots.set(count);
    }

    /** Answers the next submissions with an error. */
    void ignoreSolutions(int count) {
        ignoredSolutions.set(count);
    }

    /** Says that the node syncs; no slots while it does. */
    void syncing(boolean value) {
        syncing = value;
    }

    boolean isSyncing() {
        return syncing;
    }

    /** Waits while slots are stopped. */
    void beforeSlot() throws InterruptedException {
        for (long left = stopSlotsUntil.get() - System.nanoTime();
                left > 0;
                left = stopSlotsUntil.get() - System.nanoTime()) {
            TimeUnit.NANOSECONDS.sleep(left);
        }
    }

    boolean skipsSlots() {
        return syncing || skippedSlots.getAndUpdate(count -> Math.max(0, count - 1)) > 0;
    }

    boolean ignoresSolution() {
        return ignoredSolutions.getAndUpdate(count -> Math.max(0, count - 1)) > 0;
    }
}

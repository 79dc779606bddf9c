package xyz.autonomys.farmer.devnode;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/**
 * Waits until every subscriber has acknowledged the newest archived segment (spec 06 §7.2). An acknowledgement is not
 * tied to the connection it came from: it removes any one of the pending entries. Thread-safe.
 */
final class AcknowledgementDesk {
    private final Duration limit;
    private final Map<Object, Boolean> pending = new LinkedHashMap<>();
    private long currentIndex = -1;

    AcknowledgementDesk(Duration limit) {
        this.limit = limit;
    }

    /** A subscription was sent the header of a segment. */
    synchronized void expect(long segmentIndex, Object subscription) {
        if (segmentIndex != currentIndex) {
            currentIndex = segmentIndex;
            pending.clear();
        }
        pending.put(subscription, Boolean.TRUE);
    }

    /** The segment that waits for acknowledgements, if one does. */
    synchronized OptionalLong waiting() {
        return pending.isEmpty() ? OptionalLong.empty() : OptionalLong.of(currentIndex);
    }

    /** Somebody acknowledged a segment. */
    synchronized void acknowledge(long segmentIndex) {
        if (segmentIndex == currentIndex && !pending.isEmpty()) {
            pending.remove(pending.keySet().iterator().next());
            notifyAll();
        }
    }

    /** A subscription ended. */
    synchronized void forget(Object subscription) {
        pending.remove(subscription);
        notifyAll();
    }

    /**
     * Waits for the acknowledgements.
     *
     * @return how many are missing when the time is up, 0 if all came
     */
    synchronized int await(long segmentIndex) {
        long deadline = System.nanoTime() + limit.toNanos();
        try {
            while (segmentIndex == currentIndex && !pending.isEmpty()) {
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    int missing = pending.size();
                    pending.clear();
                    return missing;
                }
                TimeUnit.NANOSECONDS.timedWait(this, left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return 0;
    }
}

package xyz.autonomys.farmer.cluster.pieces;

import java.time.Duration;
import java.util.Arrays;

/** After how long without any answer another holder is asked: the 95th percentile of recent answers. Thread-safe. */
final class HedgeDelay {
    private static final int REMEMBERED = 128;
    private static final int ENOUGH = 16;
    private static final Duration SHORTEST = Duration.ofMillis(30);
    private static final Duration LONGEST = Duration.ofSeconds(1);

    private final long[] nanos = new long[REMEMBERED];
    private int count;

    /** An answer took this long to begin. */
    synchronized void answered(long tookNanos) {
        nanos[count++ % REMEMBERED] = tookNanos;
    }

    /** How long to wait now. */
    synchronized Duration delay() {
        if (count < ENOUGH) {
            return LONGEST;
        }
        long[] sorted = Arrays.copyOf(nanos, Math.min(count, REMEMBERED));
        Arrays.sort(sorted);
        long p95 = sorted[sorted.length * 95 / 100];
        return Duration.ofNanos(Math.clamp(p95, SHORTEST.toNanos(), LONGEST.toNanos()));
    }
}

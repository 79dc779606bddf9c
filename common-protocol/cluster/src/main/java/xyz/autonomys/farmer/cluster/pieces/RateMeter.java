package xyz.autonomys.farmer.cluster.pieces;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.LongSupplier;

/** Events per second over the last half minute, idle time before the first of them left out. Thread-safe. */
final class RateMeter {
    private static final long WINDOW_NANOS = Duration.ofSeconds(30).toNanos();
    private static final long SECOND_NANOS = Duration.ofSeconds(1).toNanos();

    private final LongSupplier nanoTime;
    private final Deque<Bucket> buckets = new ArrayDeque<>();

    private static final class Bucket {
        private final long nanos;
        private long count;

        Bucket(long nanos) {
            this.nanos = nanos;
        }
    }

    RateMeter(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    synchronized void add(long count) {
        long now = nanoTime.getAsLong();
        forget(now);
        if (buckets.isEmpty() || now - buckets.getLast().nanos >= SECOND_NANOS) {
            buckets.addLast(new Bucket(now));
        }
        buckets.getLast().count += count;
    }

    synchronized double perSecond() {
        long now = nanoTime.getAsLong();
        forget(now);
        long sum = 0;
        for (Bucket bucket : buckets) {
            sum += bucket.count;
        }
        return sum == 0 ? 0 : sum * 1e9 / Math.max(now - buckets.getFirst().nanos, SECOND_NANOS);
    }

    private void forget(long now) {
        while (!buckets.isEmpty() && now - buckets.getFirst().nanos >= WINDOW_NANOS) {
            buckets.removeFirst();
        }
    }
}

package xyz.autonomys.farmer.plotclient;

import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLongArray;

/** How long something took, counted in classes up to the 4 s in which a slot can be solved, and beyond. Thread-safe. */
final class TimesHistogram {
    private static final int[] MILLIS = {
        1, 2, 5, 10, 20, 50, 100, 200, 300, 400, 500, 750, 1000, 1500, 2000, 2500, 3000, 3500, 4000, 8000
    };

    private final AtomicLongArray counts = new AtomicLongArray(MILLIS.length + 1);

    /** It took so long once more. */
    void add(Duration time) {
        long micros = time.toNanos() / 1000;
        int at = 0;
        while (at < MILLIS.length && micros > 1000L * MILLIS[at]) {
            at++;
        }
        counts.incrementAndGet(at);
    }

    /** How often it was counted. */
    long count() {
        long sum = 0;
        for (int i = 0; i < counts.length(); i++) {
            sum += counts.get(i);
        }
        return sum;
    }

    /**
     * The time within which a part of all cases ended, rounded up to a class.
     *
     * @param part 0 to 1
     * @return the longest class if it is more than that
     */
    Duration quantile(double part) {
        long all = count();
        long wanted = Math.max(1, (long) Math.ceil(part * all));
        long sum = 0;
        for (int i = 0; i < MILLIS.length; i++) {
            sum += counts.get(i);
            if (sum >= wanted) {
                return Duration.ofMillis(MILLIS[i]);
            }
        }
        return Duration.ofMillis(2L * MILLIS[MILLIS.length - 1]);
    }

    /** Cases above a limit, which is one of the classes. */
    long above(Duration limit) {
        long sum = 0;
        for (int i = 0; i < counts.length(); i++) {
            if (i == MILLIS.length || MILLIS[i] > limit.toMillis()) {
                sum += counts.get(i);
            }
        }
        return sum;
    }

    /** In words. */
    @Override
    public String toString() {
        long all = count();
        return all == 0
                ? "none"
                : String.format(
                        Locale.ROOT,
                        "%d, half within %d ms, 99 %% within %d ms",
                        all,
                        quantile(0.5).toMillis(),
                        quantile(0.99).toMillis());
    }
}

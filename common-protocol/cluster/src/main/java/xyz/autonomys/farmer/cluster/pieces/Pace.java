package xyz.autonomys.farmer.cluster.pieces;

/** Spreads work over time so that it stays below a number of bytes per second. Thread-safe. */
public final class Pace {
    private static final double NANOS_PER_SECOND = 1e9;

    private final long bytesPerSecond;
    private long nextNanos = System.nanoTime();

    /**
     * A pace.
     *
     * @param bytesPerSecond positive
     */
    public Pace(long bytesPerSecond) {
        if (bytesPerSecond <= 0) {
            throw new IllegalArgumentException(
                    "a rate of " + bytesPerSecond + " bytes per second moves nothing; give a positive one");
        }
        this.bytesPerSecond = bytesPerSecond;
    }

    /** Plans work on some bytes, and says how many nanoseconds to wait before it. Time that was not used is lost. */
    public synchronized long nanosFor(long bytes) {
        long now = System.nanoTime();
        long start = nextNanos - now > 0 ? nextNanos : now;
        nextNanos = start + (long) (bytes * NANOS_PER_SECOND / bytesPerSecond);
        return start - now;
    }
}

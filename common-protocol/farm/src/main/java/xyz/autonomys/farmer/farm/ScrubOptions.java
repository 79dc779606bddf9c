package xyz.autonomys.farmer.farm;

/**
 * How a farm is checked.
 *
 * @param target what is checked
 * @param dryRun whether faults are only reported, not repaired
 * @param locking whether to take the farm's lock
 * @param threads sectors checked at once
 */
public record ScrubOptions(Target target, boolean dryRun, boolean locking, int threads) {
    /** What is checked; each of the first three includes the one before. */
    public enum Target {
        /** Info, identity, sector records. */
        METADATA,
        /** And the bytes of all sectors. */
        PLOT,
        /** And the piece cache. */
        ALL,
        /** The piece cache alone; it may be in use. */
        CACHE;

        boolean includesPlot() {
            return this == PLOT || this == ALL;
        }

        boolean includesCache() {
            return this == CACHE || this == ALL;
        }
    }

    /** Refuses a number of threads below 1. */
    public ScrubOptions {
        if (threads < 1) {
            throw new IllegalArgumentException("a scrub needs at least one thread, got " + threads);
        }
    }

    /** Everything, repairing what can be repaired, on all cores. */
    public static ScrubOptions everything() {
        return new ScrubOptions(Target.ALL, false, true, Runtime.getRuntime().availableProcessors());
    }

    /** The same without repairing. */
    public ScrubOptions asDryRun() {
        return new ScrubOptions(target, true, locking, threads);
    }
}

package xyz.autonomys.farmer.gpu;

/**
 * How a device is used.
 *
 * @param map the table kernels' map
 * @param lanes records in work at a time
 */
record Tuning(TableKernels.Map map, int lanes) {
    /** Most records in work at a time: more only push each other out of the cache. */
    static final int MAX_LANES = 16;

    /** What is used before anything is measured. */
    static Tuning of(DeviceInfo info) {
        return new Tuning(TableKernels.Map.of(info), 2);
    }

    Tuning {
        if (lanes < 1 || lanes > MAX_LANES) {
            throw new IllegalArgumentException("GPU_CONCURRENCY is 1 to " + MAX_LANES + ", not " + lanes);
        }
    }

    String describe() {
        return lanes + (lanes == 1 ? " record" : " records") + " in work, "
                + (map == TableKernels.Map.WIDE ? "wide" : "narrow") + " maps";
    }
}

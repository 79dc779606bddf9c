package xyz.autonomys.farmer.pos;

/**
 * Where builders come from: the fastest this machine and JVM can run, chosen once. The first call takes a few seconds,
 * because it tests the vector builder and has it compiled.
 */
public final class PosTables {
    private PosTables() {}

    /** A builder for one thread, best throughput when every core has its own. Keeps about 110 MB. */
    public static PosTableBuilder newBuilder() {
        return BackEnd.chosen().vectors() ? new VectorTableBuilder() : new PlainTableBuilder();
    }

    /**
     * A builder that spreads one table over several threads: lowest latency, for proving. Keeps about 120 MB and 1.4 MB per
     * thread.
     *
     * @param threads at least one; the thread that calls {@link PosTableBuilder#build} is one of them
     */
    public static PosTableBuilder newParallelBuilder(int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("A table needs at least one thread, got " + threads);
        }
        return threads > 1 && BackEnd.chosen().vectors() ? new ParallelTableBuilder(threads) : newBuilder();
    }

    /** The chosen implementation in words, for logs and the console. */
    public static String describe() {
        return BackEnd.chosen().description();
    }
}

package xyz.autonomys.farmer.cli;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import xyz.autonomys.farmer.primitives.hash.Blake3;

/** {@code autonomys-farmer util benchmark hash}: BLAKE3 of a sector and of a piece on one core. */
@Command(
        name = "hash",
        description = "Hash a gibibyte, about a sector, and a mebibyte, about a piece, on one core.",
        mixinStandardHelpOptions = true)
final class HashBenchmark implements Runnable {
    private static final long MIB = 1 << 20;
    private static final long GIB = 1 << 30;
    private static final int WARM_UP_PIECES = 200;
    private static final int PIECES_PER_RUN = 256;

    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--runs",
            defaultValue = "5",
            paramLabel = "N",
            description = "Hashes of a gibibyte to measure, after one that warms up (default: ${DEFAULT-VALUE}).")
    @Range(from = 1)
    private int runs;

    @Override
    public void run() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(GIB);
            for (long at = 0; at < GIB; at += Long.BYTES) {
                bytes.set(ValueLayout.JAVA_LONG, at, at * 0x9E3779B97F4A7C15L);
            }
            MemorySegment piece = bytes.asSlice(0, MIB);
            for (int i = 0; i < WARM_UP_PIECES; i++) {
                Blake3.hash(piece);
            }
            Blake3.hash(bytes);
            double[] large = new double[runs];
            double[] small = new double[runs];
            for (int run = 0; run < runs; run++) {
                long start = threads.getCurrentThreadCpuTime();
                Blake3.hash(bytes);
                long between = threads.getCurrentThreadCpuTime();
                for (int i = 0; i < PIECES_PER_RUN; i++) {
                    Blake3.hash(piece);
                }
                large[run] = (double) GIB / (between - start);
                small[run] = (double) PIECES_PER_RUN * MIB / (threads.getCurrentThreadCpuTime() - between);
            }
            spec.commandLine()
                    .getOut()
                    .printf(
                            Locale.ROOT,
                            "BLAKE3 on one core, CPU time, median of %d: 1 GiB %.2f GB/s, 1 MiB %.2f GB/s%n",
                            runs,
                            BenchmarkCommand.median(large),
                            BenchmarkCommand.median(small));
        }
    }
}

package xyz.autonomys.farmer.cli;

import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import xyz.autonomys.farmer.farm.AuditBenchmark;
import xyz.autonomys.farmer.farm.Farm;
import xyz.autonomys.farmer.farm.FarmOptions;
import xyz.autonomys.farmer.pos.PosTable;
import xyz.autonomys.farmer.pos.PosTableBuilder;
import xyz.autonomys.farmer.pos.PosTables;
import xyz.autonomys.farmer.primitives.PosSeed;
import xyz.autonomys.farmer.primitives.ProtocolSizes;
import xyz.autonomys.farmer.primitives.hash.Blake3;

/** {@code autonomys-farmer util benchmark}: what this host reaches. */
@Command(
        name = "benchmark",
        description = "Measure what this host reaches.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            DataPlaneBenchmark.class,
            ControlPlaneBenchmark.class,
            ErasureBenchmark.class,
            GpuSpeedBenchmark.class,
            HashBenchmark.class,
            HistoryBenchmark.class,
            KzgBenchmark.class,
            PlottingBenchmark.class,
            ProvingBenchmark.class,
            PlacementBenchmark.class
        })
final class BenchmarkCommand implements Runnable {
    private static final double NANOS_PER_MILLI = 1e6;

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is needed");
    }

    @Command(
            name = "table",
            description = "Build proof-of-space tables on one core and resolve the masks of a record,"
                    + " as plotting does for each of a sector's 1000 records.",
            mixinStandardHelpOptions = true)
    int table(
            @Option(
                            names = "--runs",
                            defaultValue = "5",
                            paramLabel = "N",
                            description = "Tables to measure, after two that warm up (default: ${DEFAULT-VALUE}).")
                    @Range(from = 1)
                    int runs)
            throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        double[] tableMillis = new double[runs];
        double[] maskMillis = new double[runs];
        long[] used = new long[ProtocolSizes.S_BUCKETS / Long.SIZE];
        byte[] masks = new byte[ProtocolSizes.RECORD_BYTES];
        out.println("Back end: " + PosTables.describe());
        try (PosTableBuilder builder = PosTables.newBuilder()) {
            for (int run = -2; run < runs; run++) {
                PosSeed seed = PosSeed.of(Blake3.hash(new byte[] {(byte) run}).toBytes());
                long start = threads.getCurrentThreadCpuTime();
                PosTable table = builder.build(seed);
                long built = threads.getCurrentThreadCpuTime();
                int count = table.masks(used, masks);
                long masked = threads.getCurrentThreadCpuTime();
                if (run >= 0) {
                    tableMillis[run] = (built - start) / NANOS_PER_MILLI;
                    maskMillis[run] = (masked - built) / NANOS_PER_MILLI;
                    out.printf(
                            "table %d: %.1f ms, %d masks: %.1f ms%n",
                            run + 1, tableMillis[run], count, maskMillis[run]);
                }
            }
        }
        out.printf(
                "One core, CPU time, median of %d: table %.1f ms, masks %.1f ms%n",
                runs, median(tableMillis), median(maskMillis));
        return Main.DONE;
    }

    @Command(
            name = "audit",
            description =
                    "Audit sectors, as farming does every second: made-up ones in memory on one core, then, with a"
                            + " PATH, all sectors of the farm there. The farm may be in use.",
            mixinStandardHelpOptions = true)
    int audit(
            @Option(
                            names = "--runs",
                            defaultValue = "10",
                            paramLabel = "N",
                            description = "Audits to measure, after some that warm up (default: ${DEFAULT-VALUE}).")
                    @Range(from = 1)
                    int runs,
            @Option(
                            names = "--threads",
                            defaultValue = "16",
                            paramLabel = "N",
                            description = "Sectors read from the disk at once (default: ${DEFAULT-VALUE}).")
                    @Range(from = 1)
                    int threads,
            @Parameters(arity = "0..1", paramLabel = "PATH", description = "Directory of a farm.") Path path)
            throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        out.printf(
                Locale.ROOT,
                "In memory, sectors of 1000 pieces, one core, CPU time, median of %d: %.2f µs per sector%n",
                runs,
                AuditBenchmark.inMemory(1000, runs));
        out.printf(Locale.ROOT, "An idle sector takes %d bytes of heap%n", AuditBenchmark.idleSectorBytes());
        if (path == null) {
            return Main.DONE;
        }
        FarmOptions looking = FarmOptions.existing().forReading();
        measureOnDisk(out, "past the page cache", path, looking, threads, runs);
        measureOnDisk(out, "through the page cache", path, looking.withoutDirectIo(), threads, runs);
        return Main.DONE;
    }

    private static void measureOnDisk(
            PrintWriter out, String way, Path path, FarmOptions options, int threads, int runs) throws Exception {
        try (Farm farm = Farm.open(path, options)) {
            AuditBenchmark.OnDisk measured = AuditBenchmark.onDisk(farm, threads, runs);
            out.printf(
                    Locale.ROOT,
                    "On disk, %s, %d sectors of %d pieces, %d threads, median of %d: %.2f ms, %.1f µs per sector%n",
                    way,
                    measured.sectors(),
                    farm.layout().piecesInSector(),
                    threads,
                    runs,
                    measured.median(),
                    measured.microsPerSector());
        }
    }

    static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}

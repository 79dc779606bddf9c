package xyz.autonomys.farmer.cli;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import xyz.autonomys.farmer.erasure.ErasureCoding;
import xyz.autonomys.farmer.pos.PosTables;
import xyz.autonomys.farmer.sector.plot.PlotBenchmark;
import xyz.autonomys.farmer.sector.plot.PlotListener;

/** {@code autonomys-farmer util benchmark plot}. */
@Command(
        name = "plot",
        description = "Plot a sector of made-up pieces in memory, without a disk, after some records that warm up."
                + " Takes as much memory as the sector has pieces, in MiB, and 110 MiB per thread.",
        mixinStandardHelpOptions = true)
final class PlottingBenchmark implements Callable<Integer> {
    private static final int STEPS = 10;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--pieces-in-sector",
            defaultValue = "100",
            paramLabel = "N",
            description = "Pieces of the sector, 1 to 1000 (default: ${DEFAULT-VALUE}).")
    @Range(from = 1, to = 1000)
    private int pieces;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "Records encoded at once (default: one per processor).")
    @Range(from = 1)
    private int threads = Runtime.getRuntime().availableProcessors();

    @Override
    public Integer call() throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        out.println("Tables: " + PosTables.describe());
        out.flush();
        PlotBenchmark.Result result = PlotBenchmark.run(pieces, threads, new Progress(out, pieces));
        out.println("Erasure coding: " + ErasureCoding.describe());
        out.printf(
                Locale.ROOT,
                "A sector of %d pieces on %d threads: %.1f s, %.1f core-seconds;"
                        + " %.3f per record, %.0f for a sector of 1000%n",
                pieces,
                threads,
                result.seconds(),
                result.coreSeconds(),
                result.coreSeconds() / pieces,
                result.coreSecondsPerFullSector());
        return Main.DONE;
    }

    /** A line for every tenth of the records. */
    private record Progress(PrintWriter out, AtomicInteger shown, int step) implements PlotListener {
        Progress(PrintWriter out, int pieces) {
            this(out, new AtomicInteger(), Math.max(1, pieces / STEPS));
        }

        @Override
        public void recordsEncoded(int encoded, int all) {
            if (encoded % step == 0 && shown.getAndAccumulate(encoded, Math::max) < encoded) {
                out.printf("%d of %d records encoded%n", encoded, all);
                out.flush();
            }
        }
    }
}

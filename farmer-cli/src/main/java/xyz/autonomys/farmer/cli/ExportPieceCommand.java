package xyz.autonomys.farmer.cli;

import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import xyz.autonomys.farmer.archiving.Parallelism;
import xyz.autonomys.farmer.export.ExportProgress;
import xyz.autonomys.farmer.export.ExportSettings;
import xyz.autonomys.farmer.export.PieceExport;
import xyz.autonomys.farmer.kzg.Kzg;
import xyz.autonomys.farmer.node.ChainReader;

/** {@code autonomys-farmer util export-piece}, also {@code autonomys-export-piece}. */
@Command(
        name = "export-piece",
        description = {
            "Rebuild every archived segment from a full node's blocks, check it against the chain, and write all pieces as"
                    + " full-piece-sharded-cache serves them. Goes on where it was; a second run does nothing.",
            "The node must run with --sync full and --blocks-pruning archive from its first start."
        },
        mixinStandardHelpOptions = true)
final class ExportPieceCommand implements Callable<Integer> {
    private static final Duration SHOW_EVERY = Duration.ofMillis(500);

    @Spec
    private CommandSpec spec;

    @Mixin
    private SetupOptions setup = new SetupOptions();

    @Mixin
    private NodeUrlOption node = new NodeUrlOption();

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Where the segment files go (default: ${DEFAULT-VALUE}).",
            defaultValue = "full-cache-tmp")
    private Path out;

    @Option(names = "--from", paramLabel = "N", description = "First segment (default: 0).")
    @Range(from = 0)
    private long from;

    @Option(names = "--to", paramLabel = "N", description = "Last segment (default: the newest that is final).")
    @Range(from = 0)
    private Long to;

    @Option(
            names = "--connections",
            paramLabel = "N",
            description = "Connections with the node (default: ${DEFAULT-VALUE}).",
            defaultValue = "4")
    @Range(from = 1, to = 64)
    private int connections;

    @Option(
            names = "--patience",
            paramLabel = "SECONDS",
            description = "How long to wait for a node that cannot be reached (default: ${DEFAULT-VALUE}).",
            defaultValue = "120")
    @Range(from = 0)
    private long patienceSeconds;

    @Override
    public Integer call() throws Exception {
        URI url = node.require(spec);
        ExportSettings settings;
        try {
            settings = new ExportSettings(
                    out, from, to == null ? OptionalLong.empty() : OptionalLong.of(to), 2 * connections);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage());
        }
        PrintWriter lines = spec.commandLine().getOut();
        ProgressLine progress = new ProgressLine(lines, ProgressLine.isTerminal());
        Kzg kzg = setup.openForArchiving();
        try (ChainReader reader = ChainReader.of(url, connections, Duration.ofSeconds(patienceSeconds))) {
            progress.print("Exporting from " + url + " to " + out + "; " + PieceExport.memoryBudget(2 * connections));
            PieceExport export = new PieceExport(reader, kzg, Parallelism.allCores(), settings);
            long start = System.nanoTime();
            ScheduledExecutorService shower = Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("progress").factory());
            PieceExport.Result result;
            try {
                shower.scheduleWithFixedDelay(
                        () -> show(progress, export.progress(), start),
                        SHOW_EVERY.toMillis(),
                        SHOW_EVERY.toMillis(),
                        TimeUnit.MILLISECONDS);
                result = export.run();
            } finally {
                shower.shutdownNow();
                shower.awaitTermination(1, TimeUnit.SECONDS);
            }
            progress.print(String.format(
                    Locale.ROOT,
                    "%d segments written in %.1f s, %d were there; the newest segment that can be exported now is %d",
                    result.written(),
                    (System.nanoTime() - start) / 1e9,
                    result.before(),
                    result.newest()));
        }
        return Main.DONE;
    }

    private static void show(ProgressLine line, ExportProgress progress, long start) {
        double seconds = (System.nanoTime() - start) / 1e9;
        double rate = progress.bytes() / seconds;
        String left = progress.bytes() == 0
                ? ""
                : ", about " + Math.round(Math.max(0, progress.bytesInAll() - progress.bytes()) / rate) + " s left";
        line.show(
                progress.fraction(),
                String.format(
                        Locale.ROOT,
                        "%d of %d segments, block %d, %.1f MiB/s%s; %s",
                        progress.written(),
                        progress.segments(),
                        progress.block(),
                        rate / (1 << 20),
                        left,
                        progress.doing()));
    }
}

package xyz.autonomys.farmer.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import xyz.autonomys.farmer.cli.dev.DevCluster;
import xyz.autonomys.farmer.cli.dev.DevDisplay;
import xyz.autonomys.farmer.cli.dev.DevOptions;
import xyz.autonomys.farmer.cli.dev.DevState;
import xyz.autonomys.farmer.cli.dev.DevSummary;
import xyz.autonomys.farmer.cli.dev.DevView;

/** {@code autonomys-farmer dev}. */
@Command(
        name = "dev",
        description =
                "Run a whole cluster on this machine: NATS, a simulated node with growing history, and every role."
                        + " It plots, farms, and shows what the node accepts. Ctrl-C ends it.",
        mixinStandardHelpOptions = true)
final class DevCommand implements Callable<Integer> {
    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final long STOP_SECONDS = 25;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--hosts",
            paramLabel = "1|3",
            description =
                    "1: one process of each role. 3: the sample cluster of three node hosts, each with NATS, node,"
                            + " controller and proof-server, two plotters and two storage hosts (default: ${DEFAULT-VALUE}).",
            defaultValue = "1")
    @Range(from = 1, to = 3)
    private int hosts;

    @Option(
            names = "--pieces-in-sector",
            paramLabel = "N",
            description = "Pieces of a sector, 1 to 1000 (default: ${DEFAULT-VALUE}).",
            defaultValue = "8")
    @Range(from = 1, to = 1000)
    private int piecesInSector;

    @Option(
            names = "--sectors",
            paramLabel = "N",
            description = "Sectors to plot (default: ${DEFAULT-VALUE}).",
            defaultValue = "3")
    @Range(from = 1, to = 1000)
    private int sectors;

    @Option(
            names = "--slot-time",
            paramLabel = "MS",
            description = "Duration of a slot in milliseconds (default: ${DEFAULT-VALUE}).",
            defaultValue = "1000")
    @Range(from = 100)
    private int slotTime;

    @Option(
            names = "--until-accepted",
            paramLabel = "N",
            description = "End when the node has accepted N solutions as blocks or votes, with a table.")
    @Range(from = 1)
    private Integer untilAccepted;

    @Option(
            names = "--dir",
            paramLabel = "DIR",
            description = "Where everything is kept; a later run goes on (default: a temporary directory).")
    private Path directory;

    @Option(
            names = "--trusted-setup",
            paramLabel = "FILE|development",
            description = "The setup of the simulated chain (default: ${DEFAULT-VALUE}).",
            defaultValue = SetupOptions.DEVELOPMENT)
    private String trustedSetup;

    @Option(names = "--detailed-logs", description = "Log more in the files of the processes.")
    private boolean detailedLogs;

    @Override
    public Integer call() throws Exception {
        if (hosts != 1 && hosts != DevOptions.SAMPLE_HOSTS) {
            throw wrong("--hosts takes 1 or " + DevOptions.SAMPLE_HOSTS + ", got " + hosts);
        }
        if (hosts > 1 && sectors < 2) {
            throw wrong("--sectors takes 2 or more with several hosts, one for each storage host, got " + sectors);
        }
        boolean temporary = directory == null;
        Path base = temporary ? TemporaryDirectory.create("autonomys-farmer-dev-") : directory.toAbsolutePath();
        CountDownLatch stopped = new CountDownLatch(1);
        Thread main = Thread.currentThread();
        Thread hook = Thread.ofPlatform().name("stop").unstarted(() -> {
            main.interrupt();
            try {
                stopped.await(STOP_SECONDS, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        Runtime.getRuntime().addShutdownHook(hook);
        boolean well = false;
        try {
            well = run(new DevOptions(base, hosts, piecesInSector, sectors, slotTime, trustedSetup, detailedLogs));
            return well ? Main.DONE : Main.FAILED;
        } catch (InterruptedException e) {
            well = true;
            return Main.DONE;
        } finally {
            if (temporary && well) {
                TemporaryDirectory.delete(base);
            } else if (temporary) {
                spec.commandLine().getErr().println("Logs and everything else are kept in " + base + "; remove it");
            }
            stopped.countDown();
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException e) {
                LoggerFactory.getLogger(DevCommand.class).trace("Already stopping", e);
            }
        }
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    private boolean run(DevOptions options) throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        long start = System.nanoTime();
        try (DevCluster cluster = DevCluster.start(options)) {
            out.println("Everything is in " + options.directory() + ", logs are in " + cluster.logs());
            if (options.hosts() > 1) {
                out.println("Each of these processes may be killed; it comes back while the others go on:");
                cluster.processes().forEach((name, pid) -> out.println(String.format("  %-28s %8d", name, pid)));
            }
            out.flush();
            try (DevView view = DevView.of(cluster)) {
                DevDisplay display = new DevDisplay(
                        out, System.console() != null && System.console().isTerminal(), options);
                DevState state = view.now();
                try {
                    while (untilAccepted == null || state.accepted() < untilAccepted) {
                        cluster.check();
                        display.show(state);
                        Thread.sleep(LOOK.toMillis());
                        state = view.now();
                    }
                } finally {
                    display.show(state);
                }
                return DevSummary.print(out, state, Duration.ofNanos(System.nanoTime() - start), cluster.restarts());
            }
        }
    }
}

package xyz.autonomys.farmer.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import xyz.autonomys.farmer.cluster.control.NatsSettings;
import xyz.autonomys.farmer.cluster.control.Subjects;
import xyz.autonomys.farmer.telemetry.MetricsServer;
import xyz.autonomys.farmer.telemetry.Telemetry;

/**
 * {@code autonomys-farmer cluster}: the roles of a cluster. Its options may stand before a role or behind it.
 */
@Command(
        name = "cluster",
        description = "Run a role of a cluster, or several in one process, separated by --.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "ROLE",
        subcommandsRepeatable = true,
        subcommands = {
            ControllerCommand.class,
            ShardedCacheCommand.class,
            FullPieceCacheCommand.class,
            ProofServerCommand.class,
            PlotServerCommand.class,
            PlotClientCommand.class
        })
final class ClusterCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Mixin
    private final NatsOptions nats = new NatsOptions();

    @Option(
            names = "--metrics-listen",
            scope = ScopeType.INHERIT,
            paramLabel = "HOST:PORT",
            description = "Serve figures for Prometheus at http://HOST:PORT/metrics, all roles of this process together"
                    + " (default: not served).")
    private String metricsListen;

    private Telemetry telemetry;
    private MetricsServer metrics;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a role is needed");
    }

    /**
     * Checks the cluster's options before anything is started.
     *
     * @throws ParameterException naming the one that is wrong
     */
    void check() {
        nats.check();
    }

    /** Where NATS is. */
    NatsSettings nats() {
        return nats.nats();
    }

    /** The cluster's names. */
    Subjects subjects() {
        return nats.subjects();
    }

    /** The figures of this process, served from the first call on if that was asked for. */
    synchronized Telemetry telemetry() throws IOException {
        if (telemetry == null) {
            Telemetry fresh = Telemetry.create(Version.number());
            try {
                metrics = metricsListen == null ? null : MetricsServer.start(fresh, metricsListen);
                telemetry = fresh;
            } catch (IllegalArgumentException e) {
                throw new ParameterException(spec.commandLine(), e.getMessage(), e);
            } finally {
                if (telemetry == null) {
                    fresh.close();
                }
            }
        }
        return telemetry;
    }

    private synchronized void close() {
        if (metrics != null) {
            metrics.close();
        }
        if (telemetry != null) {
            telemetry.close();
        }
    }

    private static final class Roles {
        static final Set<String> NAMES =
                new CommandLine(new ClusterCommand()).getSubcommands().keySet();
    }

    /** The arguments without the {@code --} before each further role; everywhere else {@code --} keeps its meaning. */
    static String[] withoutSeparators(String... args) {
        List<String> kept = new ArrayList<>();
        boolean inCluster = false;
        for (int i = 0; i < args.length; i++) {
            inCluster |= args[i].equals("cluster");
            if (!inCluster || !args[i].equals("--") || i + 1 == args.length || !Roles.NAMES.contains(args[i + 1])) {
                kept.add(args[i]);
            }
        }
        return kept.toArray(String[]::new);
    }

    /** Runs the command that was parsed; several roles run at the same time, until one of them fails. */
    static int execute(ParseResult parsed) {
        Ranges.check(parsed);
        if (!parsed.hasSubcommand()
                || !(parsed.subcommand().commandSpec().userObject() instanceof ClusterCommand cluster)) {
            return new RunLast().execute(parsed);
        }
        try {
            return execute(parsed, parsed.subcommand().subcommands());
        } finally {
            cluster.close();
        }
    }

    private static int execute(ParseResult parsed, List<ParseResult> roles) {
        if (roles.size() < 2 || CommandLine.printHelpIfRequested(parsed)) {
            return new RunLast().execute(parsed);
        }
        List<Callable<Integer>> calls = new ArrayList<>();
        for (ParseResult role : roles) {
            calls.add(role.commandSpec().commandLine().getCommand());
        }
        try {
            return RoleProcess.runAll(calls);
        } catch (ParameterException e) {
            throw e;
        } catch (Exception e) {
            throw new CommandLine.ExecutionException(
                    parsed.subcommand().commandSpec().commandLine(), e.getMessage(), e);
        }
    }
}

package xyz.autonomys.farmer.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import xyz.autonomys.farmer.cluster.control.NatsSettings;
import xyz.autonomys.farmer.cluster.control.Subjects;

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

    private final List<List<String>> natsServers = new ArrayList<>();
    private NatsSettings nats;

    /** Addresses of NATS servers. */
    @Option(
            names = {"--nats-server", "--nats-servers"},
            scope = ScopeType.INHERIT,
            paramLabel = "URL",
            description = "NATS server, such as nats://10.0.0.1:4222; repeat it, or separate several by commas.")
    void natsServers(List<String> values) {
        // One list for each place where the option stands; picocli goes on to add to a list it has handed over.
        if (values != null && natsServers.stream().noneMatch(known -> known == values)) {
            natsServers.add(values);
        }
    }

    @Option(
            names = "--cluster-name",
            scope = ScopeType.INHERIT,
            paramLabel = "NAME",
            description = "Name of the cluster, which separates several on the same NATS (default: autonomys).")
    private String clusterName = Subjects.DEFAULT_CLUSTER;

    @Option(
            names = "--nats-credentials",
            scope = ScopeType.INHERIT,
            paramLabel = "FILE",
            description = "NATS credentials file.")
    private Path natsCredentials;

    @Option(names = "--nats-token", scope = ScopeType.INHERIT, paramLabel = "TOKEN", description = "NATS token.")
    private String natsToken;

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
        nats();
        subjects();
    }

    /** Where NATS is; an address given twice is dropped with a warning. */
    synchronized NatsSettings nats() {
        if (nats == null) {
            nats = parseNats();
        }
        return nats;
    }

    private NatsSettings parseNats() {
        NatsSettings.Parsed parsed;
        try {
            parsed = NatsSettings.parse(
                    natsServers.stream().flatMap(List::stream).toList());
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
        if (parsed.servers().isEmpty()) {
            throw new ParameterException(spec.commandLine(), "no NATS server was given; use --nats-server URL");
        }
        parsed.duplicates().forEach(server -> LoggerFactory.getLogger(ClusterCommand.class)
                .warn("NATS server {} is named more than once", server));
        return new NatsSettings(parsed.servers(), Optional.ofNullable(natsCredentials), Optional.ofNullable(natsToken));
    }

    /** The cluster's names. */
    Subjects subjects() {
        try {
            return new Subjects(clusterName);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage());
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
        List<ParseResult> roles =
                parsed.hasSubcommand() && parsed.subcommand().commandSpec().userObject() instanceof ClusterCommand
                        ? parsed.subcommand().subcommands()
                        : List.of();
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

package xyz.autonomys.farmer.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import xyz.autonomys.farmer.cluster.control.NatsSettings;
import xyz.autonomys.farmer.cluster.control.Subjects;

/** {@code autonomys-farmer cluster}: the roles of a cluster. */
@Command(
        name = "cluster",
        description = "Run one role of a cluster.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "ROLE",
        subcommands = {
            ControllerCommand.class,
            ShardedCacheCommand.class,
            ProofServerCommand.class,
            PlotServerCommand.class,
            PlotClientCommand.class
        })
final class ClusterCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Option(
            names = {"--nats-server", "--nats-servers"},
            required = true,
            paramLabel = "URL",
            description = "NATS server, such as nats://10.0.0.1:4222; repeat it, or separate several by commas.")
    private List<String> natsServers = new ArrayList<>();

    @Option(
            names = "--cluster-name",
            paramLabel = "NAME",
            description = "Name of the cluster, which separates several on the same NATS (default: autonomys).")
    private String clusterName = Subjects.DEFAULT_CLUSTER;

    @Option(names = "--nats-credentials", paramLabel = "FILE", description = "NATS credentials file.")
    private Path natsCredentials;

    @Option(names = "--nats-token", paramLabel = "TOKEN", description = "NATS token.")
    private String natsToken;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a role is needed");
    }

    /** Where NATS is; an address given twice is dropped with a warning. */
    NatsSettings nats() {
        NatsSettings.Parsed parsed;
        try {
            parsed = NatsSettings.parse(natsServers);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage());
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
}

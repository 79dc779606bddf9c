package xyz.autonomys.farmer.cli;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;
import xyz.autonomys.farmer.cluster.control.CacheLayout;
import xyz.autonomys.farmer.cluster.control.MemberId;
import xyz.autonomys.farmer.cluster.control.MemberRole;
import xyz.autonomys.farmer.controller.Controller;
import xyz.autonomys.farmer.controller.ControllerSettings;
import xyz.autonomys.farmer.kzg.Kzg;

/** {@code autonomys-farmer cluster controller}. */
@Command(
        name = "controller",
        description = "Connect a node to the cluster: slots, segments, solutions, signatures.",
        mixinStandardHelpOptions = true)
final class ControllerCommand implements Callable<Integer> {
    @ParentCommand
    private ClusterCommand cluster;

    @Spec
    private CommandSpec spec;

    @Mixin
    private RoleOptions role = new RoleOptions();

    @Option(
            names = "--node-rpc-url",
            paramLabel = "URL",
            description = "WebSocket address of the node (default: ws://127.0.0.1:9944).")
    private URI nodeRpcUrl = URI.create("ws://127.0.0.1:9944");

    @ArgGroup(multiplicity = "1")
    private Base base;

    /** Where the controller keeps its state. */
    static final class Base {
        @Option(names = "--base-path", required = true, paramLabel = "DIR", description = "Directory for its state.")
        private Path path;

        @Option(names = "--tmp", required = true, description = "Keep the state in a temporary directory.")
        private boolean temporary;
    }

    @Option(
            names = "--kept-segments",
            paramLabel = "N",
            description = "Recent segments whose pieces are kept for the caches, 257 MiB each (default: 3).")
    @Range(from = 1)
    private int keptSegments = 3;

    @Mixin
    private LayoutOptions layout = new LayoutOptions();

    @Option(
            names = "--cache-hold-off",
            paramLabel = "SECONDS",
            description = "How long a cache must be there or gone before pieces move (default: 60).")
    @Range(from = 0)
    private int cacheHoldOff = 60;

    @Override
    public Integer call() throws Exception {
        CacheLayout cacheLayout = layout.layout(CacheLayout.pieces(1));
        cluster.check();
        NodeUrlOption.check(nodeRpcUrl, spec);
        Kzg kzg = role.setup().openForArchiving();
        if (!base.temporary) {
            return RoleProcess.run(() -> start(base.path, cacheLayout, kzg));
        }
        Path directory = TemporaryDirectory.create("autonomys-controller-");
        // Deleted by what is started, since behind it the process may have ended.
        return RoleProcess.run(() -> {
            try {
                Controller controller = start(directory, cacheLayout, kzg);
                return () -> {
                    controller.close();
                    TemporaryDirectory.delete(directory);
                };
            } catch (Exception e) {
                TemporaryDirectory.delete(directory);
                throw e;
            }
        });
    }

    private Controller start(Path directory, CacheLayout cacheLayout, Kzg kzg) throws Exception {
        return Controller.start(
                new ControllerSettings(
                        role.member(cluster, MemberRole.CONTROLLER, MemberId.loadOrCreate(directory)),
                        nodeRpcUrl,
                        directory,
                        keptSegments,
                        cacheLayout,
                        Duration.ofSeconds(cacheHoldOff)),
                kzg);
    }
}

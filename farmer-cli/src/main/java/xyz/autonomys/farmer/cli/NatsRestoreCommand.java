package xyz.autonomys.farmer.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import xyz.autonomys.farmer.cluster.control.ControlPlane;
import xyz.autonomys.farmer.cluster.control.StreamBackup;

/** {@code autonomys-farmer util nats-restore}. */
@Command(
        name = "nats-restore",
        description = "Bring what nats-backup has written into NATS servers that have nothing of the cluster.",
        mixinStandardHelpOptions = true)
final class NatsRestoreCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private NatsOptions nats = new NatsOptions();

    @Parameters(paramLabel = "DIR", description = "A directory that nats-backup has written.")
    private Path directory;

    @Override
    public Integer call() throws Exception {
        nats.check();
        try (ControlPlane control = ControlPlane.connect(nats.nats(), nats.subjects(), "util nats-restore")) {
            for (StreamBackup.Copied stream : new StreamBackup(control).restore(directory)) {
                spec.commandLine().getOut().printf("%s: %d messages%n", stream.name(), stream.messages());
            }
        }
        return Main.DONE;
    }
}

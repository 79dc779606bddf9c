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

/** {@code autonomys-farmer util nats-backup}. */
@Command(
        name = "nats-backup",
        description =
                "Write all that a cluster has in NATS to a directory: its identity and secret, segments, cache maps, tasks.",
        mixinStandardHelpOptions = true)
final class NatsBackupCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private NatsOptions nats = new NatsOptions();

    @Parameters(paramLabel = "DIR", description = "A new directory for the backup.")
    private Path directory;

    @Override
    public Integer call() throws Exception {
        nats.check();
        try (ControlPlane control = ControlPlane.connect(nats.nats(), nats.subjects(), "util nats-backup")) {
            for (StreamBackup.Copied stream : new StreamBackup(control).save(directory)) {
                spec.commandLine().getOut().printf("%s: %d messages%n", stream.name(), stream.messages());
            }
        }
        return Main.DONE;
    }
}

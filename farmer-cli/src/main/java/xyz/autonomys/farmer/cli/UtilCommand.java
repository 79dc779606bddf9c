package xyz.autonomys.farmer.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code autonomys-farmer util}: commands that look after a cluster, a host or a farm. */
@Command(
        name = "util",
        description = "Look after a cluster, a host or a farm.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            InfoCommand.class,
            ScrubCommand.class,
            MembersCommand.class,
            NatsBackupCommand.class,
            NatsRestoreCommand.class,
            ReinitializationCacheCommand.class,
            ShardedCacheBenchmarkCommand.class,
            BenchmarkCommand.class,
            GpuCommand.class,
            TrustedSetupCommand.class,
            ExportPieceCommand.class,
            VerifyPieceCommand.class
        })
final class UtilCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is needed");
    }
}

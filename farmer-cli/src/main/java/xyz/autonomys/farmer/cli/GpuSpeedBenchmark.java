package xyz.autonomys.farmer.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import xyz.autonomys.farmer.gpu.GpuBenchmark;
import xyz.autonomys.farmer.kzg.Kzgs;
import xyz.autonomys.farmer.kzg.TrustedSetup;

/** {@code autonomys-farmer util benchmark gpu}. */
@Command(
        name = "gpu",
        description = "Encode a sector of made-up pieces on the first GPU and prove with it, and compare with what the"
                + " integer units of the GPU allow.",
        mixinStandardHelpOptions = true)
final class GpuSpeedBenchmark implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(
            names = "--pieces-in-sector",
            defaultValue = "1000",
            paramLabel = "N",
            description = "Pieces of the sector, 1 to 1000 (default: ${DEFAULT-VALUE}).")
    @Range(from = 1, to = 1000)
    private int pieces;

    @Option(names = "--verify", description = "Have the processor make the same sector and proofs, and compare.")
    private boolean verify;

    @Override
    public Integer call() throws Exception {
        return GpuBenchmark.run(spec.commandLine().getOut(), Kzgs.open(TrustedSetup.development()), pieces, verify)
                ? Main.DONE
                : Main.FAILED;
    }
}

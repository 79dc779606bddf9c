package xyz.autonomys.farmer.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;
import xyz.autonomys.farmer.gpu.GpuBenchmark;

/** {@code autonomys-farmer util gpu}. */
@Command(
        name = "gpu",
        description = "Show the driver, the GPUs and the version of the kernels, and test each GPU.",
        mixinStandardHelpOptions = true)
final class GpuCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        return GpuBenchmark.inspect(spec.commandLine().getOut()) ? Main.DONE : Main.FAILED;
    }
}

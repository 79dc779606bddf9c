package xyz.autonomys.farmer.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import xyz.autonomys.farmer.farm.FarmInfoReport;

/** {@code autonomys-farmer util info}: what the farms in some directories are. */
@Command(
        name = "info",
        description = "Show what the farms in some directories are. Exits with 1 if one of them has no farm.",
        mixinStandardHelpOptions = true)
final class InfoCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(arity = "1..*", paramLabel = "PATH", description = "Directory of a farm; may be repeated.")
    private List<Path> paths;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        int exitCode = Main.DONE;
        for (int index = 0; index < paths.size(); index++) {
            FarmInfoReport report = FarmInfoReport.of(paths.get(index));
            out.println((index == 0 ? "" : System.lineSeparator()) + "Single disk farm " + index + ":");
            report.lines().forEach(line -> out.println("  " + line));
            if (!report.found()) {
                exitCode = Main.FAILED;
            }
        }
        return exitCode;
    }
}

package xyz.autonomys.farmer.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import xyz.autonomys.farmer.farm.FarmScrub;
import xyz.autonomys.farmer.farm.ScrubOptions;
import xyz.autonomys.farmer.farm.ScrubReport;

/** {@code autonomys-farmer util scrub}: checks farms and repairs them. */
@Command(
        name = "scrub",
        description = {
            "Check everything of some farms that has a checksum and repair what is wrong: a faulty sector becomes an empty"
                    + " one that is plotted again, a faulty cache element becomes free.",
            "Exits with 0 if all is well or repaired, with 1 if faults are left."
        },
        mixinStandardHelpOptions = true)
final class ScrubCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--dry-run", description = "Report only, change nothing.")
    private boolean dryRun;

    @Option(
            names = "--target",
            defaultValue = "all",
            paramLabel = "all|metadata|plot|cache",
            description = "What to check; plot includes metadata (default: ${DEFAULT-VALUE}).")
    private ScrubOptions.Target target;

    @Option(names = "--threads", paramLabel = "N", description = "Sectors checked at once (default: one per core).")
    @Range(from = 1)
    private Integer threads;

    @Option(
            names = "--disable-farm-locking",
            description = "Do not lock the farm: only where the file system has no locks, and with no farmer running.")
    private boolean disableLocking;

    @Parameters(arity = "1..*", paramLabel = "PATH", description = "Directory of a farm; may be repeated.")
    private List<Path> paths;

    @Override
    public Integer call() throws InterruptedException {
        int workers = threads == null ? Runtime.getRuntime().availableProcessors() : threads;
        ScrubOptions options = new ScrubOptions(target, dryRun, !disableLocking, workers);
        PrintWriter out = spec.commandLine().getOut();
        if (dryRun) {
            out.println("Dry run, nothing will be changed");
        }
        int exitCode = Main.DONE;
        for (Path path : paths) {
            out.println("Checking the farm in " + path);
            try {
                ScrubReport report = FarmScrub.scrub(path, options, new Lines(out));
                out.println(summary(path, report));
                if (!report.isRepaired()) {
                    exitCode = Main.FAILED;
                }
            } catch (IOException e) {
                spec.commandLine().getErr().println("error: " + e.getMessage());
                exitCode = Main.FAILED;
            }
        }
        return exitCode;
    }

    private static String summary(Path path, ScrubReport report) {
        String checked = String.format(
                Locale.ROOT,
                "%s: %d sectors checked, %d of them to be plotted, %d cache elements checked; ",
                path,
                report.sectors(),
                report.notPlotted(),
                report.cacheElements());
        if (report.isClean()) {
            return checked + "the farm is clean";
        }
        return checked + report.findings().size() + (report.isRepaired() ? " faults repaired" : " faults found");
    }

    /** Progress and faults as lines. */
    private record Lines(PrintWriter out) implements FarmScrub.Listener {
        @Override
        public void progress(String what, long done, long total) {
            out.printf(Locale.ROOT, "%d of %d %s checked (%.2f %%)%n", done, total, what, 100.0 * done / total);
        }

        @Override
        public void found(ScrubReport.Finding finding) {
            out.println("fault: " + finding);
        }
    }
}

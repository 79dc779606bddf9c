package xyz.autonomys.farmer.cli;

import java.io.PrintWriter;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The {@code autonomys-farmer} command. */
@Command(
        name = "autonomys-farmer",
        description = "Cluster farmer for the Autonomys network.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            ClusterCommand.class,
            DevCommand.class,
            DevNodeCommand.class,
            DevRelayCommand.class,
            UtilCommand.class
        })
public final class Main implements Runnable {
    /** Exit code of a command that did what it was asked. */
    static final int DONE = 0;

    /** Exit code of a command that failed. */
    static final int FAILED = 1;

    /** Exit code of a command line that cannot be understood. */
    static final int WRONG_USAGE = 2;

    @Spec
    private CommandSpec spec;

    /** {@code -v} shows more, for the whole program. */
    @Option(
            names = {"-v", "--verbose"},
            scope = ScopeType.INHERIT,
            description = "Log more: what is done, not only what matters.")
    void verbose(boolean verbose) {
        if (verbose) {
            Logging.verbose();
        }
    }

    /** {@code --log-format} chooses lines for people or for machines. */
    @Option(
            names = "--log-format",
            scope = ScopeType.INHERIT,
            paramLabel = "text|json",
            description = "Form of log lines on standard error (default: text).")
    void logFormat(Logging.Format format) {
        Logging.format(format);
    }

    /** Without a command: say how to use the program. */
    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is needed");
    }

    /** Runs the command line and ends the process with its exit code. */
    public static void main(String[] args) {
        Thread.setDefaultUncaughtExceptionHandler(Main::explainFault);
        System.exit(commandLine(new PrintWriter(System.out, true), new PrintWriter(System.err, true))
                .execute(ClusterCommand.withoutSeparators(args)));
    }

    /** A fault that nobody expected ends its thread, the main one and with it the process. */
    private static void explainFault(Thread thread, Throwable fault) {
        LoggerFactory.getLogger(Main.class)
                .error("Thread {} ended by a fault of this program", thread.getName(), fault);
        if (thread.getName().equals("main")) {
            System.exit(FAILED);
        }
    }

    /** The parser, with output to the given writers. */
    static CommandLine commandLine(PrintWriter out, PrintWriter err) {
        return new CommandLine(new Main())
                .setOut(out)
                .setErr(err)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionStrategy(ClusterCommand::execute)
                .setParameterExceptionHandler(Main::explainWrongUsage)
                .setExecutionExceptionHandler(Main::explainFailure);
    }

    private static int explainWrongUsage(ParameterException exception, String[] args) {
        CommandLine command = exception.getCommandLine();
        command.getErr().println("error: " + exception.getMessage().replaceFirst("^Error: ", ""));
        CommandLine.UnmatchedArgumentException.printSuggestions(exception, command.getErr());
        command.getErr().println("See: " + command.getCommandSpec().qualifiedName() + " --help");
        return WRONG_USAGE;
    }

    private static int explainFailure(Exception exception, CommandLine command, CommandLine.ParseResult result) {
        command.getErr().println("error: " + Failures.explain(exception));
        LoggerFactory.getLogger(Main.class).debug("{} failed", command.getCommandName(), exception);
        return FAILED;
    }
}

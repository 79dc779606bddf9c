package xyz.autonomys.farmer.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.AnnotatedElement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

class MainTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... args) {
        return Main.commandLine(new PrintWriter(out, true), new PrintWriter(err, true))
                .execute(args);
    }

    @Test
    void versionIsThatOfTheBuild() {
        assertEquals(Main.DONE, run("--version"));
        assertTrue(out.toString().matches("autonomys-farmer \\d+\\.\\d+\\.\\d+.*\\R"), out.toString());
    }

    @Test
    void withoutACommandUsageIsWrong() {
        assertEquals(Main.WRONG_USAGE, run());
        assertTrue(err.toString().contains("a command is needed"), err.toString());
    }

    @Test
    void anUnknownOptionIsNamedAndHelpIsPointedTo() {
        assertEquals(Main.WRONG_USAGE, run("util", "benchmark", "table", "--rums", "3"));
        assertTrue(err.toString().contains("--rums"), err.toString());
        assertTrue(err.toString().contains("autonomys-farmer util benchmark table --help"), err.toString());
    }

    @Test
    void aBadValueIsRefusedWithTheValue() {
        assertEquals(Main.WRONG_USAGE, run("util", "benchmark", "table", "--runs", "0"));
        assertTrue(err.toString().contains("--runs 0"), err.toString());
        assertFalse(err.toString().contains("\tat "), "no stack trace reaches an operator");
    }

    /** Otherwise a number that makes no sense is found out late, in words of some class, or not at all. */
    @Test
    void everyWholeNumberThatAnOptionTakesHasARange() {
        List<String> without = new ArrayList<>();
        collect(Main.commandLine(new PrintWriter(out, true), new PrintWriter(err, true)), without);
        assertEquals(List.of(), without);
    }

    private static void collect(CommandLine command, List<String> without) {
        for (OptionSpec option : command.getCommandSpec().options()) {
            Class<?> type = option.type();
            boolean whole = type == int.class || type == Integer.class || type == long.class || type == Long.class;
            if (whole && ((AnnotatedElement) option.userObject()).getAnnotation(Range.class) == null) {
                without.add(command.getCommandSpec().qualifiedName() + " " + option.longestName());
            }
        }
        command.getSubcommands().values().forEach(subcommand -> collect(subcommand, without));
    }

    @Test
    void aNumberOutsideItsRangeIsRefusedInEveryCommandOfTheLine() {
        String[] cluster = {
            "cluster", "--nats-server", "nats://127.0.0.1:1", "plot-server", "--sectors", "2", "/tmp", "proof-server"
        };
        String[] line = Arrays.copyOf(cluster, cluster.length + 2);
        line[cluster.length] = "--proofs";
        line[cluster.length + 1] = "0";
        assertEquals(Main.WRONG_USAGE, run(line));
        assertEquals(
                List.of("error: --proofs 0 must be 1 or more", "See: autonomys-farmer cluster proof-server --help"),
                err.toString().lines().toList());
        err.getBuffer().setLength(0);
        assertEquals(Main.WRONG_USAGE, run("util", "export-piece", "--node-url", "ws://x", "--connections", "65"));
        assertTrue(err.toString().startsWith("error: --connections 65 must be 1 to 64\n"), err.toString());
    }

    @Test
    void theTableBenchmarkMeasuresWhatItSays() {
        assertEquals(Main.DONE, run("util", "benchmark", "table", "--runs", "1"), err::toString);
        assertTrue(out.toString().contains("32768 masks"), out.toString());
    }
}

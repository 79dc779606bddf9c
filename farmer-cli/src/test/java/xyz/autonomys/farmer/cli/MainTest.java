package xyz.autonomys.farmer.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

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

    @Test
    void theTableBenchmarkMeasuresWhatItSays() {
        assertEquals(Main.DONE, run("util", "benchmark", "table", "--runs", "1"), err::toString);
        assertTrue(out.toString().contains("32768 masks"), out.toString());
    }
}

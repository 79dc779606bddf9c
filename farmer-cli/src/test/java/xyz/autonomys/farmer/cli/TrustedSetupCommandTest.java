package xyz.autonomys.farmer.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrustedSetupCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... args) {
        return Main.commandLine(new PrintWriter(out, true), new PrintWriter(err, true))
                .execute(args);
    }

    @Test
    void otherFilesAreOneLineWithTheRemedy(@TempDir Path directory) throws Exception {
        Path file = Files.write(directory.resolve("other"), new byte[1_579_104]);
        assertEquals(Main.FAILED, run("util", "trusted-setup", "verify", file.toString()));
        assertTrue(
                err.toString().startsWith("error: " + file + " is not the trusted setup of the network"),
                err::toString);
        assertTrue(err.toString().contains("autonomys-farmer util trusted-setup install"), err::toString);
        assertEquals(Main.FAILED, run("util", "trusted-setup", "install", "--from", file.toString()));
        assertEquals(2, err.toString().lines().count(), err::toString);
        assertFalse(err.toString().contains("\tat "), "no stack trace reaches an operator");
        assertEquals(Main.WRONG_USAGE, run("util", "trusted-setup"));
    }

    @Test
    void theCeremonysFileIsRight() {
        assumeTrue(
                System.getenv("AUTONOMYS_TRUSTED_SETUP") != null,
                "AUTONOMYS_TRUSTED_SETUP is not set: the ceremony's setup file is needed");
        assertEquals(Main.DONE, run("util", "trusted-setup", "verify"), err::toString);
        assertTrue(out.toString().startsWith("Right: Ethereum ceremony setup from "), out::toString);
        assertTrue(out.toString().endsWith("; the pairings hold" + System.lineSeparator()), out::toString);
    }
}

package xyz.autonomys.farmer.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
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

    /** A role, with nothing but the place where the setup is installed. */
    @Test
    void rolesFindTheSetupThatIsInstalled(@TempDir Path directory) throws Exception {
        Path installed = Files.createDirectories(directory.resolve("data/autonomys-farmer"))
                .resolve("eth-public-parameters.bin");
        Files.write(installed, new byte[1_579_104]);
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--add-modules",
                        "jdk.incubator.vector",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "xyz.autonomys.farmer.cli.Main",
                        "cluster",
                        "--nats-server",
                        "nats://127.0.0.1:1",
                        "proof-server")
                .redirectErrorStream(true);
        builder.environment().remove("AUTONOMYS_TRUSTED_SETUP");
        builder.environment().put("XDG_DATA_HOME", directory.resolve("data").toString());
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertEquals(Main.FAILED, process.waitFor(), said);
        assertTrue(
                said.contains("error: " + installed + " is not the trusted setup of the network: its SHA-256 is"),
                said);
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

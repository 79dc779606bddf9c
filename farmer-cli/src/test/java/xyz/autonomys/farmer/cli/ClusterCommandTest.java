package xyz.autonomys.farmer.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** What {@code cluster} makes of its arguments. */
class ClusterCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... args) {
        return Main.commandLine(new PrintWriter(out, true), new PrintWriter(err, true))
                .execute(ClusterCommand.withoutSeparators(args));
    }

    private static ClusterCommand parse(String... args) {
        CommandLine command =
                Main.commandLine(new PrintWriter(new StringWriter()), new PrintWriter(new StringWriter()));
        return (ClusterCommand) command.parseArgs(ClusterCommand.withoutSeparators(args))
                .subcommand()
                .commandSpec()
                .userObject();
    }

    @Test
    void natsServersMayStandAnywhereInEitherSpelling() {
        List<String> expected = List.of("nats://a:4222", "nats://b:4222", "nats://c:1");
        assertEquals(
                expected,
                parse(
                                "cluster",
                                "--nats-server",
                                "a",
                                "--nats-servers",
                                "b,a",
                                "sharded-cache",
                                "path=x",
                                "--nats-server",
                                "c:1")
                        .nats()
                        .servers());
        assertEquals(
                expected,
                parse(
                                "cluster",
                                "sharded-cache",
                                "path=x",
                                "--nats-servers=a,b",
                                "--",
                                "full-piece-sharded-cache",
                                "path=y",
                                "--nats-server",
                                "nats://c:1")
                        .nats()
                        .servers());
        assertEquals(
                "x-y",
                parse("cluster", "--cluster-name", "x-y", "sharded-cache", "path=x")
                        .subjects()
                        .cluster());
        assertEquals(
                "x-y",
                parse("cluster", "sharded-cache", "path=x", "--cluster-name", "x-y")
                        .subjects()
                        .cluster());
    }

    @Test
    void rolesAreSeparatedByTwoDashes() {
        assertArrayEquals(
                new String[] {"cluster", "sharded-cache", "path=x", "full-piece-sharded-cache", "path=y", "--", "z"},
                ClusterCommand.withoutSeparators(
                        "cluster", "sharded-cache", "path=x", "--", "full-piece-sharded-cache", "path=y", "--", "z"));
        assertArrayEquals(
                new String[] {"util", "--", "sharded-cache"},
                ClusterCommand.withoutSeparators("util", "--", "sharded-cache"));
    }

    @Test
    void whatIsMissingOrWrongIsNamed() {
        refused("a role is needed", "cluster");
        refused("--nats-server", "cluster", "sharded-cache", "path=x");
        refused("\"http://a\"", "cluster", "--nats-server", "http://a", "sharded-cache", "path=x");
        refused("path=DIR", "cluster", "--nats-server", "a", "sharded-cache");
        refused("\"/x\"", "cluster", "--nats-server", "a", "sharded-cache", "/x");
        refused("size=much", "cluster", "--nats-server", "a", "sharded-cache", "path=/x,size=much");
        refused("sise=1MB", "cluster", "--nats-server", "a", "sharded-cache", "path=/x,sise=1MB");
        refused("has no room for a piece", "cluster", "--nats-server", "a", "sharded-cache", "path=/x,size=1MB");
        refused("--cluster-name", "cluster", "--nats-server", "a", "--cluster-name", "a.b", "sharded-cache", "path=/x");
        refused("\"size=1GB\"", "cluster", "--nats-server", "a", "full-piece-sharded-cache", "path=/x,size=1GB");
        refused(
                "\"/y\"",
                "cluster",
                "--nats-server",
                "a",
                "full-piece-sharded-cache",
                "/y",
                "--",
                "sharded-cache",
                "/y");
    }

    private void refused(String text, String... args) {
        err.getBuffer().setLength(0);
        assertEquals(Main.WRONG_USAGE, run(args), err::toString);
        assertTrue(err.toString().contains(text), err.toString());
        assertFalse(err.toString().contains("\tat "), err.toString());
    }

    @Test
    void aRoleThatCannotStartSaysWhyAndFails() {
        assertEquals(
                Main.FAILED,
                run(
                        "cluster",
                        "--nats-server",
                        "127.0.0.1:1",
                        "sharded-cache",
                        "--trusted-setup",
                        "/nowhere",
                        "path=/x,size=1GB"));
        assertTrue(err.toString().contains("no trusted setup at /nowhere"), err.toString());
    }

    @Test
    void sizesAreReadAsOperatorsWriteThem() {
        assertEquals(OptionalLong.of(1048576), size("1048576"));
        assertEquals(OptionalLong.of(500_000_000_000L), size("500GB"));
        assertEquals(OptionalLong.of(3L << 40), size("3TiB"));
        for (String wrong : new String[] {"", "GB", "-1", "1XB", "1.5.2GB", "99999999999TB", "0x10"}) {
            assertThrows(IllegalArgumentException.class, () -> size(wrong), wrong);
        }
    }

    private static OptionalLong size(String text) {
        return DirectoryArgument.parse("path=/x,size=" + text, Set.of("size")).size("size");
    }

    @Test
    void pathsMayHoldCommas() {
        assertEquals(
                new DirectoryArgument(Path.of("/a,b"), Map.of("size", "1GB")),
                DirectoryArgument.parse("path=/a,b,size=1GB", Set.of("size")));
        assertThrows(IllegalArgumentException.class, () -> DirectoryArgument.parse("path=/a,path=/b", Set.of()));
        assertThrows(IllegalArgumentException.class, () -> DirectoryArgument.parse("path=", Set.of()));
        assertThrows(IllegalArgumentException.class, () -> DirectoryArgument.parse("size=1", Set.of("size")));
    }
}

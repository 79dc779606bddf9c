package xyz.autonomys.farmer.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The archive that {@code tools/package} makes runs on a host that has nothing but Java. */
@Tag("long")
class DistributionTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    @TempDir
    private Path directory;

    @Test
    void runsWithoutSourcesMavenAndHome() throws Exception {
        String archive = run(ROOT, Map.of(), List.of("tools/package", directory.toString()))
                .strip();
        run(directory, Map.of(), List.of("tar", "xzf", archive));
        Path unpacked;
        try (var found = Files.list(directory)) {
            unpacked = found.filter(Files::isDirectory).findFirst().orElseThrow();
        }
        // A PATH without Maven, and no home directory to write to, as a service under Supervisor may have.
        Map<String, String> bare = Map.of(
                "PATH", "/usr/bin:/bin", "HOME", "/nonexistent", "TMPDIR", directory.toString(), "XDG_CACHE_HOME", "");
        String launcher = unpacked.resolve("autonomys-farmer").toString();
        assertEquals(
                "autonomys-farmer " + Version.number(),
                run(directory, bare, List.of(launcher, "--version")).strip());
        assertTrue(run(directory, bare, List.of(launcher, "cluster", "--help")).contains("plot-client"));
        assertTrue(Files.isRegularFile(unpacked.resolve("deploy/supervisor/node.conf")));
        assertTrue(Files.isRegularFile(unpacked.resolve("docs/operations.md")));
        try (var programs = Files.list(ROOT)) {
            for (Path program : programs.filter(
                            file -> file.getFileName().toString().startsWith("autonomys-"))
                    .toList()) {
                assertTrue(
                        Files.isExecutable(unpacked.resolve(program.getFileName())),
                        program.getFileName() + " is in the archive");
            }
        }
    }

    private static String run(Path where, Map<String, String> environment, List<String> command)
            throws IOException, InterruptedException {
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(where.toFile()).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().putAll(environment);
        if (environment.containsKey("HOME")) {
            builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        }
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(10, TimeUnit.MINUTES), command + " ends");
        assertEquals(0, process.exitValue(), command + " printed " + output);
        return output;
    }
}

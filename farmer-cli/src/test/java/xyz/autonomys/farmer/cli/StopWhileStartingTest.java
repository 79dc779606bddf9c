package xyz.autonomys.farmer.cli;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import xyz.autonomys.farmer.cluster.control.FreePorts;

/** Roles that are told to stop before they are up: there is no NATS and no node, or their self-tests are under way. */
@Tag("long")
class StopWhileStartingTest {
    private static final long LIMIT_SECONDS = 10;
    private static final long PATIENCE_SECONDS = 200;

    @TempDir
    private Path directory;

    private List<String> arguments(String role) {
        return switch (role) {
            case "controller" -> List.of("--base-path", path("controller"), "--node-rpc-url", "ws://127.0.0.1:1");
            case "sharded-cache" -> List.of("path=" + path("shard") + ",size=100MiB");
            case "full-piece-sharded-cache" -> List.of("path=" + path("full"));
            case "plot-server" -> List.of(path("staging"));
            case "proof-server" -> List.of();
            case "plot-client" ->
                List.of(
                        "--reward-address",
                        "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY",
                        "path=" + path("farm") + ",sectors=1");
            default -> throw new IllegalArgumentException(role);
        };
    }

    private String path(String name) {
        return directory.resolve(name).toString();
    }

    private Path log() {
        return directory.resolve("log");
    }

    private Process start(String role) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                "cluster",
                "--nats-server",
                "nats://127.0.0.1:" + FreePorts.find(1).getFirst(),
                role,
                "--advertise",
                "127.0.0.1",
                "--trusted-setup",
                "development"));
        command.addAll(arguments(role));
        Files.deleteIfExists(log());
        return FarmerProcess.start("400m", log(), command);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "controller",
                "sharded-cache",
                "full-piece-sharded-cache",
                "plot-server",
                "proof-server",
                "plot-client"
            })
    void sigtermEndsARoleThatIsStarting(String role) throws Exception {
        for (int delay : new int[] {1, 3, 8}) {
            Process process = start(role);
            try {
                Thread.sleep(TimeUnit.SECONDS.toMillis(delay));
                assertTrue(process.isAlive(), () -> role + " waits for what is not there:\n" + text());
                long told = System.nanoTime();
                process.destroy();
                assertTrue(
                        process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS),
                        () -> role + " goes on " + LIMIT_SECONDS + " s after SIGTERM at " + delay + " s:\n" + text());
                System.out.printf(
                        "%s ends %d ms after SIGTERM at %d s%n",
                        role, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - told), delay);
            } finally {
                process.destroyForcibly().waitFor();
            }
        }
    }

    @Test
    void aControllerNamesNodeAndNatsWhenBothAreLacking() throws Exception {
        Process process = start("controller");
        try {
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
            while (!text().contains("Waiting for node") || !text().contains("waits for NATS")) {
                assertTrue(process.isAlive() && System.nanoTime() - deadline < 0, this::text);
                Thread.sleep(100);
            }
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    private String text() {
        try {
            return Files.readString(log());
        } catch (IOException e) {
            return e.toString();
        }
    }
}

package xyz.autonomys.farmer.cli.dev;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.function.Predicate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import xyz.autonomys.farmer.cluster.control.ControlException;

/** A whole cluster of real processes, nats-server and the simulated node. */
class DevClusterTest {
    private static final Duration PATIENCE = Duration.ofMinutes(8);
    private static final List<String> ROLES =
            List.of("controller", "sharded-cache", "proof-server", "plot-server", "plot-client");

    @TempDir
    private Path directory;

    @Test
    void plotsFarmsAndGoesOnAfterARestart() throws Exception {
        DevOptions options = new DevOptions(directory, 1, 2, 1, 1000, "development", false);
        try (DevCluster cluster = DevCluster.start(options);
                DevView view = DevView.of(cluster)) {
            DevState state = await(cluster, view, "two solutions are accepted", now -> now.accepted() >= 2);
            StringWriter text = new StringWriter();
            assertTrue(
                    DevSummary.print(new PrintWriter(text, true), state, Duration.ofSeconds(1), cluster.restarts()),
                    text.toString());
            assertEquals(1, state.clientFigure("sectors plotted"));
            assertEquals(0, cluster.restarts());
        }
        assertEquals(List.of(), children(), "nothing is left running");
        try (DevCluster cluster = DevCluster.start(options);
                DevView view = DevView.of(cluster)) {
            DevState state = await(cluster, view, "a solution is accepted again", now -> now.accepted() >= 1);
            assertEquals(1, state.clientFigure("sectors plotted"));
            assertEquals(0, state.rejected());
        }
        IOException other = assertThrows(
                IOException.class,
                () -> DevCluster.start(new DevOptions(directory, 1, 3, 1, 1000, "development", false)));
        assertTrue(other.getMessage().contains("use another --dir"), other.getMessage());
    }

    /**
     * Every role is killed at twenty random moments, the first ones while sectors are being made and the cache fills.
     * Nothing that was acknowledged is lost, and farming goes on: sectors and pieces never become fewer, and after each
     * round of deaths a further solution is accepted.
     */
    @Test
    @Tag("long")
    void survivesTheDeathOfEachRoleAtTwentyMoments() throws Exception {
        Random random = new Random(42);
        DevOptions options = new DevOptions(directory, 1, 2, 2, 1000, "development", false);
        try (DevCluster cluster = DevCluster.start(options);
                DevView view = DevView.of(cluster)) {
            long sectors = 0;
            long pieces = 0;
            for (int round = 1; round <= 20; round++) {
                long accepted = view.now().accepted();
                for (String role : ROLES) {
                    Thread.sleep(1000 + random.nextInt(6000));
                    kill(role);
                }
                long leastSectors = sectors;
                long leastPieces = pieces;
                DevState after = await(
                        cluster,
                        view,
                        "farming goes on after round " + round,
                        now -> now.accepted() > accepted
                                && now.clientFigure("sectors plotted") >= Math.max(1, leastSectors)
                                && pieces(now) >= leastPieces);
                sectors = after.clientFigure("sectors plotted");
                pieces = pieces(after);
                assertEquals(0, after.rejected());
                assertEquals(0, after.count("EQUIVOCATION"));
            }
            DevState end = await(
                    cluster,
                    view,
                    "everything is plotted and cached",
                    now -> now.clientFigure("sectors plotted") == 2 && pieces(now) >= 256);
            assertEquals(0, end.rejected());
            assertEquals(20 * ROLES.size(), cluster.restarts());
        }
        assertEquals(List.of(), children(), "nothing is left running");
    }

    private static long pieces(DevState state) {
        return Long.parseLong(state.cache().getOrDefault("pieces stored", "0"));
    }

    private static List<String> children() {
        return ProcessHandle.current()
                .descendants()
                .filter(ProcessHandle::isAlive)
                .map(DevClusterTest::commandLine)
                .filter(line -> line.contains("autonomys") || line.contains("nats-server"))
                .toList();
    }

    private static String commandLine(ProcessHandle process) {
        try {
            return Files.readString(Path.of("/proc/" + process.pid() + "/cmdline"))
                    .replace('\0', ' ');
        } catch (IOException e) {
            return "";
        }
    }

    /** SIGKILL to the process of a role. */
    private static void kill(String role) throws InterruptedException {
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (System.nanoTime() - deadline < 0) {
            var process = ProcessHandle.current()
                    .descendants()
                    .filter(child -> commandLine(child).contains(" " + role + " "))
                    .findFirst();
            if (process.isPresent()) {
                process.get().destroyForcibly();
                return;
            }
            Thread.sleep(100);
        }
        throw new AssertionError("the " + role + " was not started again");
    }

    private static DevState await(DevCluster cluster, DevView view, String what, Predicate<DevState> condition)
            throws InterruptedException, ControlException, IOException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            cluster.check();
            DevState state = view.now();
            if (condition.test(state)) {
                return state;
            }
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("waited for " + PATIENCE.toMinutes() + " minutes until " + what + "; now: "
                        + state + "\n" + logs(cluster));
            }
            Thread.sleep(500);
        }
    }

    /** The ends of all logs. */
    private static String logs(DevCluster cluster) throws IOException {
        StringBuilder text = new StringBuilder();
        try (var files = Files.list(cluster.logs())) {
            for (Path file : files.sorted().toList()) {
                List<String> lines = Files.readAllLines(file);
                text.append("== ").append(file.getFileName()).append('\n');
                lines.subList(Math.max(0, lines.size() - 15), lines.size())
                        .forEach(line -> text.append(line).append('\n'));
            }
        }
        return text.toString();
    }
}

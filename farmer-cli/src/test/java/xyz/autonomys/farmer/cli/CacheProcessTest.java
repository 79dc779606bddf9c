package xyz.autonomys.farmer.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import xyz.autonomys.farmer.cluster.control.CacheLayout;
import xyz.autonomys.farmer.cluster.control.CacheMap;
import xyz.autonomys.farmer.cluster.control.Member;
import xyz.autonomys.farmer.cluster.control.MemberRole;
import xyz.autonomys.farmer.cluster.control.PrivateNatsServer;
import xyz.autonomys.farmer.cluster.pieces.CacheReinitialization;
import xyz.autonomys.farmer.cluster.pieces.TestController;

/** Caches as processes of their own, started by the command line, killed and stopped by signals. */
@Tag("long")
class CacheProcessTest {
    private static final long PATIENCE_SECONDS = 400;
    private static final int SEGMENT = 256;
    private static final String CLUSTER = "kill-9";

    @TempDir
    private Path directory;

    private final List<Process> processes = new ArrayList<>();
    private PrivateNatsServer nats;

    @BeforeEach
    void startNats() throws Exception {
        nats = PrivateNatsServer.start(directory.resolve("nats"), 0);
    }

    @AfterEach
    void stopAll() {
        processes.forEach(process -> process.toHandle().destroyForcibly());
        nats.close();
    }

    private Process start(String... roles) throws IOException {
        List<String> command = new ArrayList<>(
                List.of("cluster", "--nats-servers", nats.url() + "," + nats.url(), "--cluster-name", CLUSTER));
        command.addAll(List.of(roles));
        Process process = FarmerProcess.start("400m", log(), command);
        processes.add(process);
        return process;
    }

    private Path log() {
        return directory.resolve("log");
    }

    private void eventually(String what, Callable<Boolean> condition) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!condition.call()) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError(
                        what + " did not happen in " + PATIENCE_SECONDS + " s; the log:\n" + Files.readString(log()));
            }
            Thread.sleep(50);
        }
    }

    private static long figure(TestController controller, MemberRole role, String name) {
        Optional<Member> cache =
                controller.member().membership().present(role).stream().findFirst();
        return cache.stream()
                .flatMap(member -> member.details().stream())
                .filter(detail -> detail.name().equals(name))
                .mapToLong(detail -> Long.parseLong(detail.value()))
                .findFirst()
                .orElse(-1);
    }

    @Test
    void aCacheKilledWhileItFillsLosesNothingThatItHad() throws Exception {
        String[] roles = {
            "sharded-cache",
            "--trusted-setup",
            "development",
            "--advertise",
            "127.0.0.1",
            "path=" + directory.resolve("a") + ",size=200MB",
            "path=" + directory.resolve("b") + ",size=200MB"
        };
        try (TestController controller = new TestController(nats.url(), CLUSTER, 1)) {
            for (int round = 1; round <= 3; round++) {
                long before = controller.served();
                Process process = start(roles);
                long enough = before + 40;
                eventually("the fill", () -> controller.served() >= enough);
                process.toHandle().destroyForcibly();
                process.waitFor();
            }
            start(roles);
            eventually(
                    "the complete fill",
                    () -> figure(controller, MemberRole.SHARDED_CACHE, "pieces stored") == SEGMENT);
            long wasted = controller.served() - SEGMENT;
            assertTrue(wasted <= 3 * 32, wasted + " pieces were fetched again, more than were under way at the kills");
            Process last = processes.getLast();
            long start = System.nanoTime();
            last.destroy();
            assertTrue(last.waitFor(10, TimeUnit.SECONDS), "SIGTERM ends it within 10 s");
            eventually("the goodbye", () -> controller
                    .member()
                    .membership()
                    .present(MemberRole.SHARDED_CACHE)
                    .isEmpty());
            assertTrue(System.nanoTime() - start < TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS));
            long served = controller.served();
            start(roles);
            eventually("the return", () -> figure(controller, MemberRole.SHARDED_CACHE, "pieces stored") == SEGMENT);
            assertEquals(served, controller.served(), "nothing is fetched twice");
        }
    }

    @Test
    void bothCachesRunInOneProcessAndStopTogether() throws Exception {
        Path exported = directory.resolve("full");
        try (TestController controller = new TestController(nats.url(), CLUSTER, 1)) {
            Process process = start(
                    "full-piece-sharded-cache",
                    "--tmp",
                    "--trusted-setup",
                    "development",
                    "--advertise",
                    "127.0.0.1",
                    "path=" + exported,
                    "--",
                    "sharded-cache",
                    "--trusted-setup",
                    "development",
                    "--advertise",
                    "127.0.0.1",
                    "path=" + directory.resolve("a") + ",size=400MB");
            eventually(
                    "both fills",
                    () -> figure(controller, MemberRole.SHARDED_CACHE, "pieces stored") == SEGMENT
                            && figure(controller, MemberRole.FULL_PIECE_CACHE, "pieces stored") == SEGMENT);
            assertTrue(Files.exists(exported.resolve("tmp").resolve("segment-00000000.pieces")));
            process.destroy();
            assertTrue(process.waitFor(10, TimeUnit.SECONDS), "SIGTERM ends both within 10 s");
            assertTrue(Files.notExists(exported.resolve("tmp")), "what was temporary is gone");
            assertTrue(Files.exists(directory.resolve("a").resolve("slots.bin")), "what was not is there");
        }
    }

    private String[] cache(String name) {
        return new String[] {
            "sharded-cache",
            "--trusted-setup",
            "development",
            "--advertise",
            "127.0.0.1",
            "path=" + directory.resolve(name) + ",size=200MB"
        };
    }

    private static boolean areComplete(TestController controller, int caches) {
        CacheMap map = controller.maps().newest().orElse(null);
        return map != null
                && map.members().size() == caches
                && CacheReinitialization.progress(
                                map, controller.member().membership().present())
                        .isComplete();
    }

    private String util(int expected, String... arguments) throws Exception {
        Path out = directory.resolve("util");
        Files.deleteIfExists(out);
        List<String> command = new ArrayList<>(List.of("util"));
        command.addAll(List.of(arguments));
        command.addAll(List.of("--nats-servers", nats.url(), "--cluster-name", CLUSTER));
        Process process = FarmerProcess.start("600m", out, command);
        processes.add(process);
        assertTrue(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS), "the command ends");
        String text = Files.readString(out);
        assertEquals(expected, process.exitValue(), text);
        return text;
    }

    @Test
    void aCacheOfThreeThatIsKilledCostsNoMisses() throws Exception {
        try (TestController controller = new TestController(nats.url(), CLUSTER, 1)) {
            controller.keep(CacheLayout.splitParity(2, 1));
            start(cache("a"));
            start(cache("b"));
            Process third = start(cache("c"));
            eventually("three complete caches", () -> areComplete(controller, 3));
            String[] benchmark = {
                "sharded-cache-benchmark",
                "--trusted-setup",
                "development",
                "--sectors",
                "2",
                "--epoch",
                "2",
                "--cache-item-type",
                "split-parity-piece",
                "--pieces-in-sector",
                "40",
                "--concurrency",
                "2"
            };
            String healthy = util(Main.DONE, benchmark);
            assertTrue(healthy.contains(" 0 misses") && healthy.contains("Bad items: 0"), healthy);
            String moved = util(Main.DONE, "reinitialization-cache", "--delay", "1", "--wait");
            assertTrue(moved.contains("Everything is where the map puts it"), moved);
            third.toHandle().destroyForcibly();
            third.waitFor();
            String degraded = util(Main.DONE, benchmark);
            assertTrue(degraded.contains(" 0 misses") && degraded.contains("Bad items: 0"), degraded);
            String refused =
                    util(2, "sharded-cache-benchmark", "--trusted-setup", "development", "--cache-item-type", "piece");
            assertTrue(refused.contains("the caches hold no piece"), refused);
        }
    }
}

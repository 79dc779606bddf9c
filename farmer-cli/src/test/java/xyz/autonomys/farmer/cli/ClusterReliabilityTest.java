package xyz.autonomys.farmer.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import xyz.autonomys.farmer.cli.dev.SoakRun;
import xyz.autonomys.farmer.cli.sample.FaultRun;
import xyz.autonomys.farmer.cli.sample.GuideRun;
import xyz.autonomys.farmer.cli.sample.Laboratory;

/**
 * The cluster lives through what may happen to it. Each test is a program of its own in {@code Laboratory}; it prints its
 * seed first, and what it prints is kept in {@code farmer-cli/target/reliability}. The directory of a test that fails is kept as well.
 *
 * <pre>
 * -Dfarmer.faults=N          faults (default 200)
 * -Dfarmer.faults.seed=N     their seed (default: the time)
 * -Dfarmer.orders=N          start orders (default 50), with -Dfarmer.orders.seed=N
 * -Dfarmer.soak.minutes=N    length of the soak (default 4)
 * </pre>
 */
@Tag("long")
class ClusterReliabilityTest {
    private static final Path RESULTS = Path.of("target", "reliability").toAbsolutePath();

    @TempDir(factory = ShortDirectory.class, cleanup = CleanupMode.ON_SUCCESS)
    private Path directory;

    @Test
    void randomFaultsLoseNothing() throws Exception {
        assumeTrue(isInstalled("supervisord"), "supervisord is not installed: apt-get install supervisor");
        Path report = results("faults").resolve("report.md");
        run(
                FaultRun.class,
                List.of("-Xmx512m"),
                List.of(
                        directory.toString(),
                        Long.toString(Long.getLong("farmer.faults.seed", System.currentTimeMillis())),
                        Integer.toString(Integer.getInteger("farmer.faults", 200)),
                        report.toString()),
                results("faults"));
    }

    @Test
    void comesUpInEveryOrder() throws Exception {
        run(
                StartOrderRun.class,
                List.of("-Xmx2500m"),
                List.of(
                        directory.toString(),
                        Long.toString(Long.getLong("farmer.orders.seed", System.currentTimeMillis())),
                        Integer.toString(Integer.getInteger("farmer.orders", 50))),
                results("orders"));
    }

    @Test
    void takesNoMoreWithTime() throws Exception {
        run(
                SoakRun.class,
                List.of("-Xmx256m", "-XX:NativeMemoryTracking=summary"),
                List.of(
                        directory.toString(),
                        System.getProperty("farmer.soak.minutes", "4"),
                        results("soak").resolve("report.md").toString()),
                results("soak"));
    }

    @Test
    void commandsOfTheGuideWork() throws Exception {
        run(GuideRun.class, List.of("-Xmx256m"), List.of(directory.toString()), results("guide"));
    }

    @Test
    void commandsOfTheGuideWorkWithTheOldestNatsServer() throws Exception {
        String oldest = System.getenv("NATS_SERVER_OLDEST");
        assumeTrue(oldest != null, "nats-server 2.10.22 is not there: name it in NATS_SERVER_OLDEST");
        run(
                GuideRun.class,
                List.of("-Xmx256m"),
                Map.of("NATS_SERVER", oldest),
                List.of(directory.toString()),
                results("guide-oldest"));
    }

    private static void run(Class<?> program, List<String> options, List<String> arguments, Path results)
            throws IOException, InterruptedException {
        run(program, options, Map.of(), arguments, results);
    }

    private static void run(
            Class<?> program,
            List<String> options,
            Map<String, String> environment,
            List<String> arguments,
            Path results)
            throws IOException, InterruptedException {
        int code = Laboratory.run(program, options, environment, arguments, results);
        Path log = results.resolve(program.getSimpleName() + ".log");
        List<String> lines = Files.readAllLines(log);
        assertEquals(
                0,
                code,
                () -> String.join("\n", lines.subList(Math.max(0, lines.size() - 60), lines.size())) + "\nAll of it: "
                        + log);
    }

    private static Path results(String name) throws IOException {
        return Files.createDirectories(RESULTS.resolve(name));
    }

    private static boolean isInstalled(String program) {
        return List.of(System.getenv("PATH").split(":")).stream()
                .anyMatch(place -> Files.isExecutable(Path.of(place, program)));
    }
}

package xyz.autonomys.farmer.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import xyz.autonomys.farmer.cluster.control.Eventually;
import xyz.autonomys.farmer.cluster.control.MemberRole;
import xyz.autonomys.farmer.cluster.control.PlotTask;
import xyz.autonomys.farmer.cluster.control.PlottingQueue;
import xyz.autonomys.farmer.cluster.control.StagedSector;
import xyz.autonomys.farmer.cluster.control.StagedSectors;
import xyz.autonomys.farmer.cluster.control.TestNats;
import xyz.autonomys.farmer.cluster.member.ClusterMember;
import xyz.autonomys.farmer.cluster.member.MemberStatus;
import xyz.autonomys.farmer.cluster.pieces.TestController;
import xyz.autonomys.farmer.primitives.Blake3Hash;
import xyz.autonomys.farmer.primitives.FarmerProtocolInfo;
import xyz.autonomys.farmer.primitives.PublicKey;

/**
 * A plot-server and a proof-server as a process, with all that may be in the place of NVIDIA's driver: each says in one
 * line what it works with, and goes on to make the same sectors.
 */
class GpuProcessTest {
    private static final Path KERNELS =
            Path.of("../gpu-kernels").toAbsolutePath().normalize();
    private static final long PATIENCE_SECONDS = 300;
    private static final int SECTORS = 2;

    @RegisterExtension
    static final TestNats NATS = new TestNats();

    private static int clusters;

    /** What the sectors are, whoever makes them; known after the first time. */
    private static List<Blake3Hash> made;

    @TempDir
    private Path directory;

    /** Makes two sectors of one piece with this process and leaves its log to look at. */
    private List<String> plot(Path libraries, Map<String, String> environment) throws Exception {
        String cluster = "gpu" + clusters++;
        Path log = directory.resolve("log");
        ProcessBuilder builder = FarmerProcess.of(
                "600m",
                log,
                List.of(
                        "cluster",
                        "--nats-server",
                        NATS.url(),
                        "--cluster-name",
                        cluster,
                        "plot-server",
                        "--advertise",
                        "127.0.0.1",
                        "--trusted-setup",
                        "development",
                        directory.resolve("staging").toString(),
                        "proof-server",
                        "--advertise",
                        "127.0.0.1",
                        "--trusted-setup",
                        "development"));
        builder.environment().put("LD_LIBRARY_PATH", libraries.toString());
        builder.environment().put("XDG_CACHE_HOME", directory.resolve("cache").toString());
        builder.environment().putAll(environment);
        LinkedBlockingQueue<StagedSector> staged = new LinkedBlockingQueue<>();
        Process process = builder.start();
        try (TestController controller = new TestController(NATS.url(), cluster, 1);
                ClusterMember owner =
                        ClusterMember.join(TestController.options(NATS.url(), cluster, MemberRole.PLOT_CLIENT));
                StagedSectors announcements = new StagedSectors(owner.control(), staged::add, id -> {})) {
            owner.announce(() -> MemberStatus.working(0, List.of()));
            PlottingQueue queue = new PlottingQueue(owner.control());
            for (int sector = 0; sector < SECTORS; sector++) {
                queue.post(new PlotTask(
                        owner.id(),
                        "01M88EBPR2WKMCEW3ZYQTRA0GK",
                        PublicKey.fromHex("4a".repeat(32)),
                        sector,
                        7,
                        1,
                        new FarmerProtocolInfo(1, 1000, 5, 1, 10, 4)));
            }
            Blake3Hash[] found = new Blake3Hash[SECTORS];
            for (int i = 0; i < SECTORS; i++) {
                StagedSector sector = staged.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
                assertNotNull(sector, () -> "no sector was staged:\n" + text(log));
                found[sector.task().sectorIndex()] = sector.checksum();
            }
            if (made == null) {
                made = List.of(found);
            }
            assertEquals(made, List.of(found), "the bytes of the sectors");
            Eventually.eventually(
                    "a proof-server",
                    () -> !owner.membership().present(MemberRole.PROOF_SERVER).isEmpty());
            process.destroy();
            assertTrue(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS), "SIGTERM ends it");
        } finally {
            process.destroyForcibly().waitFor();
        }
        List<String> lines = Files.readAllLines(log);
        assertFalse(lines.stream().anyMatch(line -> line.startsWith("\tat ")), () -> text(log));
        return lines;
    }

    private static String text(Path log) {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static void assertOnProcessor(String reason, List<String> lines) {
        List<String> said = lines.stream()
                .filter(line -> line.contains("Working on the processor: "))
                .toList();
        assertEquals(2, said.size(), () -> "one line for each role in\n" + String.join("\n", lines));
        said.forEach(line -> assertTrue(line.contains(reason), line));
    }

    private void run(String... command) throws Exception {
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .inheritIO()
                .start();
        assertEquals(0, process.waitFor(), () -> String.join(" ", command) + " failed; needed are gcc and g++");
    }

    private static Path emulator() throws Exception {
        Path emulator = KERNELS.resolve("target/emulator");
        if (!Files.exists(emulator.resolve("libcuda.so.1"))) {
            Process compiler = new ProcessBuilder(
                            KERNELS.resolve("build-emulator").toString(), emulator.toString())
                    .inheritIO()
                    .start();
            assertEquals(0, compiler.waitFor(), "build-emulator failed; g++ is needed: apt-get install g++");
        }
        return emulator;
    }

    @Test
    void withoutADriver() throws Exception {
        assertOnProcessor("no NVIDIA driver is installed (libcuda.so.1 cannot be loaded)", plot(directory, Map.of()));
    }

    @Test
    void withAStub() throws Exception {
        Files.writeString(directory.resolve("stub.c"), "int cuInit(unsigned flags) { return 34; }\n");
        run("gcc", "-shared", "-fPIC", "-Wl,-soname,libcuda.so.1", "-o", "libcuda.so.1", "stub.c");
        assertOnProcessor("it is too old or a stub", plot(directory, Map.of()));
    }

    @Test
    void withTheStubOfTheToolkit() throws Exception {
        assertOnProcessor("is a stub for building programs", plot(emulator(), Map.of("EMULATED_INIT", "34")));
    }

    @Test
    void withAFileThatIsNoLibrary() throws Exception {
        Files.writeString(directory.resolve("libcuda.so.1"), "garbage");
        assertOnProcessor("no NVIDIA driver is installed", plot(directory, Map.of()));
    }

    @Test
    void withADriverThatIsTooOld() throws Exception {
        assertOnProcessor(
                "it supports CUDA 11.8, needed is 12.0; install driver 525.60.13 or newer",
                plot(emulator(), Map.of("EMULATED_DRIVER", "11080")));
    }

    /** Both roles on two emulated devices, beside a library in the temporary directory that is none of ours. */
    @Tag("long")
    @Test
    void withTwoDevices() throws Exception {
        Path temporary = Files.createDirectory(directory.resolve("tmp"));
        Files.writeString(temporary.resolve("libJCudaDriver-12.6.0-linux-x86_64.so"), "garbage");
        List<String> lines = plot(
                emulator(),
                Map.of(
                        "EMULATED_DEVICES",
                        "2",
                        "GPU_CONCURRENCY",
                        "1",
                        "JAVA_TOOL_OPTIONS",
                        "-Djava.io.tmpdir=" + temporary));
        List<String> expected = new ArrayList<>();
        for (int device = 0; device < 2; device++) {
            for (String what : List.of("plots: at most", "proves: ")) {
                int number = device;
                if (lines.stream().noneMatch(line -> line.contains("device " + number + ": ") && line.contains(what))) {
                    expected.add("device " + device + " " + what);
                }
            }
        }
        assertEquals(List.of(), expected, () -> String.join("\n", lines));
        assertFalse(lines.stream().anyMatch(line -> line.contains("processor:")), () -> String.join("\n", lines));
    }
}

package xyz.autonomys.farmer.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever lies where a driver should be, a process finds out in one line and goes on. */
final class CudaDriverTest {
    private static final int SECONDS = 300;

    @TempDir
    private Path directory;

    private static Path emulator() {
        Emulator.load();
        return Path.of("target/emulator").toAbsolutePath();
    }

    /** The last line of a process that looks for a driver in a directory; it must end by itself. */
    private String probe(Path libraries, Map<String, String> environment, String... jvmArguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "--add-modules",
                "jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED"));
        command.addAll(List.of(jvmArguments));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), DriverProbe.class.getName()));
        Path output = Files.createTempFile(directory, "probe", ".txt");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().put("LD_LIBRARY_PATH", libraries.toString());
        builder.environment().putAll(environment);
        Process process = builder.start();
        assertTrue(process.waitFor(SECONDS, TimeUnit.SECONDS), "the probe ends");
        List<String> lines = Files.readAllLines(output);
        assertEquals(0, process.exitValue(), () -> String.join("\n", lines));
        return lines.getLast();
    }

    private Path stub(String source) throws Exception {
        Path stubs = Files.createTempDirectory(directory, "stub");
        Files.writeString(stubs.resolve("stub.c"), source);
        Process compiler = new ProcessBuilder(
                        "gcc", "-shared", "-fPIC", "-Wl,-soname,libcuda.so.1", "-o", "libcuda.so.1", "stub.c")
                .directory(stubs.toFile())
                .inheritIO()
                .start();
        assertEquals(0, compiler.waitFor(), "gcc is needed: apt-get install gcc");
        return stubs;
    }

    @Test
    void noDriver() throws Exception {
        String line = probe(directory, Map.of());
        assertEquals("absent: no NVIDIA driver is installed (libcuda.so.1 cannot be loaded)", line);
    }

    @Test
    void aDriverThatLacksFunctions() throws Exception {
        String line = probe(stub("int cuInit(unsigned flags) { return 0; }"), Map.of());
        assertTrue(line.contains("has no function cuDriverGetVersion; it is too old or a stub"), line);
    }

    @Test
    void aFileThatIsNoLibrary() throws Exception {
        Files.writeString(directory.resolve("libcuda.so.1"), "garbage");
        assertTrue(probe(directory, Map.of()).startsWith("absent: no NVIDIA driver is installed"));
    }

    @Test
    void aDriverThatDoesNotStart() throws Exception {
        assertTrue(probe(emulator(), Map.of("EMULATED_INIT", "34")).contains("is a stub for building programs"));
        assertTrue(probe(emulator(), Map.of("EMULATED_INIT", "803")).contains("restart the machine"));
        assertTrue(probe(emulator(), Map.of("EMULATED_INIT", "999")).contains("cuInit gives 999"));
    }

    @Test
    void aDriverWithoutDevices() throws Exception {
        String line = probe(emulator(), Map.of("CUDA_VISIBLE_DEVICES", ""));
        assertEquals("absent: the NVIDIA driver knows of no device (CUDA_VISIBLE_DEVICES is \"\")", line);
    }

    @Test
    void aDriverThatIsTooOld() throws Exception {
        String line = probe(emulator(), Map.of("EMULATED_DRIVER", "11080"));
        assertEquals(
                "absent: the NVIDIA driver is too old: it supports CUDA 11.8, needed is 12.0; install driver 525.60.13"
                        + " or newer",
                line);
    }

    @Test
    void twoDevicesBesideAGarbageLibraryInTheTemporaryDirectory() throws Exception {
        Path temporary = Files.createDirectory(directory.resolve("tmp"));
        Files.writeString(temporary.resolve("libJCudaDriver-12.6.0-linux-x86_64.so"), "garbage");
        assertEquals(
                "ready: 12000, devices 2",
                probe(emulator(), Map.of("EMULATED_DEVICES", "2"), "-Djava.io.tmpdir=" + temporary));
        assertEquals(
                "ready: 12000, devices 1",
                probe(emulator(), Map.of("EMULATED_DEVICES", "2", "CUDA_VISIBLE_DEVICES", "1")));
    }
}

package xyz.autonomys.farmer.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The emulated device for this JVM: the kernels' sources compiled for the host behind a driver library, which the bindings
 * then find by its name as they would find NVIDIA's.
 */
final class Emulator {
    private static final Path MODULE = Path.of("").toAbsolutePath();
    private static final int COMPILER_MINUTES = 20;
    private static final int REPLAY_MINUTES = 20;
    private static SymbolLookup functions;

    private Emulator() {}

    /** Loads the driver library, compiled if the sources have changed; the same for the whole JVM. */
    static synchronized void load() {
        if (functions == null) {
            Path library = build(MODULE.resolve("target/emulator"), "libcuda.so.1");
            System.load(library.toString());
            functions = SymbolLookup.libraryLookup(library, Arena.global());
        }
        configure(false);
    }

    /** Opens the first device. */
    static CudaDevice open() throws GpuException {
        load();
        return switch (CudaDriver.find()) {
            case CudaDriver.Result.Ready(CudaDriver driver) ->
                CudaDevice.open(driver.devices().getFirst(), driver.version());
            case CudaDriver.Result.Absent(String reason) -> throw new AssertionError(reason);
        };
    }

    /** Compiles what {@code build-emulator} makes, unless it is newer than all sources. */
    static Path build(Path directory, String file, String... options) {
        Path built = directory.resolve(file);
        try {
            if (!Files.exists(built)
                    || newestSource() > Files.getLastModifiedTime(built).toMillis()) {
                List<String> command =
                        new ArrayList<>(List.of(MODULE.resolve("build-emulator").toString(), directory.toString()));
                command.addAll(Arrays.asList(options));
                Process compiler = new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(
                                directory.getParent().resolve(file + ".log").toFile())
                        .start();
                if (!compiler.waitFor(COMPILER_MINUTES, TimeUnit.MINUTES)) {
                    compiler.destroyForcibly();
                }
                assertEquals(
                        0,
                        compiler.waitFor(),
                        () -> "build-emulator failed, see target/" + file + ".log; g++ is needed: apt-get install g++");
            }
            return built;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static long newestSource() throws IOException {
        long newest = 0;
        for (String directory : List.of("src/main/cuda", "src/emulator")) {
            try (Stream<Path> files = Files.list(MODULE.resolve(directory))) {
                for (Path file : files.toList()) {
                    newest = Math.max(newest, Files.getLastModifiedTime(file).toMillis());
                }
            }
        }
        return newest;
    }

    /** In which order the threads of a block take turns. */
    static void configure(boolean descending) {
        call(
                "emulator_configure",
                FunctionDescriptor.ofVoid(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT),
                2,
                descending ? 1 : 0);
    }

    /**
     * Runs a trace again in a process of its own, under sanitizers.
     *
     * @param options {@code descending} for the other order of threads, {@code loose} to compare nothing, the number of a
     *     barrier to leave out
     * @return the exit code: 0 if everything came out as recorded and the sanitizers found nothing
     */
    static int replay(Path trace, String... options) throws IOException, InterruptedException {
        Path replay = build(MODULE.resolve("target/emulator-sanitized"), "replay", "--sanitized");
        List<String> command = new ArrayList<>(List.of(replay.toString(), trace.toString()));
        command.addAll(Arrays.asList(options));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(MODULE.resolve("target/replay.txt").toFile())
                .start();
        if (!process.waitFor(REPLAY_MINUTES, TimeUnit.MINUTES)) {
            process.destroyForcibly();
        }
        return process.waitFor();
    }

    /** Lets the launch after {@code after} more fail on the first device, for good. */
    static void failAfter(int after, int result) {
        call(
                "emulator_fail",
                FunctionDescriptor.ofVoid(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT),
                0,
                after,
                result);
    }

    /** Makes the first device as a new process would find it. */
    static void heal() {
        call("emulator_heal", FunctionDescriptor.ofVoid(ValueLayout.JAVA_INT), 0);
    }

    /** Records what happens from now on, until {@link #endTrace}. */
    static void trace(Path file) {
        try (Arena arena = Arena.ofConfined()) {
            int result = (int) call(
                    "emulator_trace",
                    FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS),
                    arena.allocateFrom(file.toString()));
            assertEquals(0, result, () -> file + " cannot be written");
        }
    }

    static void endTrace() {
        call("emulator_trace", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS), MemorySegment.NULL);
    }

    /** Lets the next T7 of the wide kernels raise these flags of its record, and lose the record's proofs. */
    static void spoilNextRecord(int flags) {
        try (Arena arena = Arena.ofConfined()) {
            call(
                    "emulator_spoil",
                    FunctionDescriptor.ofVoid(
                            ValueLayout.ADDRESS, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT),
                    arena.allocateFrom("grow_7_wide"),
                    6,
                    flags,
                    5);
        }
    }

    /** Bytes allocated on the first device. */
    static long usedBytes() {
        return (long) call("emulator_used", FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT), 0);
    }

    private static Object call(String function, FunctionDescriptor type, Object... arguments) {
        try {
            return Linker.nativeLinker()
                    .downcallHandle(functions.find(function).orElseThrow(), type)
                    .invokeWithArguments(arguments);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }
}

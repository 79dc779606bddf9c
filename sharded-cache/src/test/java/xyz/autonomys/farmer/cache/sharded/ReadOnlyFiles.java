package xyz.autonomys.farmer.cache.sharded;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Lets an open file be read only, as on a disk that takes no writes any more. Linux only. */
final class ReadOnlyFiles {
    private static final int O_RDONLY = 0;
    private static final MethodHandle OPEN = call(
            "open",
            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT),
            Linker.Option.firstVariadicArg(2));
    private static final MethodHandle DUP2 =
            call("dup2", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
    private static final MethodHandle CLOSE =
            call("close", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));

    private ReadOnlyFiles() {}

    /** From now on writes fail to every descriptor with which this process has the file open. */
    static void makeReadOnly(Path file) throws Throwable {
        List<Integer> descriptors = descriptors(file.toRealPath());
        try (Arena arena = Arena.ofConfined()) {
            int readOnly = (int) OPEN.invokeExact(arena.allocateFrom(file.toString()), O_RDONLY);
            boolean done = readOnly >= 0 && !descriptors.isEmpty();
            for (int descriptor : descriptors) {
                done &= (int) DUP2.invokeExact(readOnly, descriptor) == descriptor;
            }
            if (!done || (int) CLOSE.invokeExact(readOnly) != 0) {
                throw new IOException(file + " could not be made read-only");
            }
        }
    }

    private static List<Integer> descriptors(Path file) throws IOException {
        try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
            return all.filter(link -> leadsTo(link, file))
                    .map(link -> Integer.valueOf(link.getFileName().toString()))
                    .toList();
        }
    }

    private static boolean leadsTo(Path link, Path file) {
        try {
            return Files.readSymbolicLink(link).equals(file);
        } catch (IOException e) {
            return false;
        }
    }

    private static MethodHandle call(String name, FunctionDescriptor descriptor, Linker.Option... options) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().find(name).orElseThrow(), descriptor, options);
    }
}

package xyz.autonomys.farmer.store;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Reserves disk space for a file, so that a full disk shows at the start and not in the middle of a fill. */
public final class DiskSpace {
    private static final int O_RDWR_CLOEXEC = 0x80002;
    private static final int EINTR = 4;
    private static final int ENOSPC = 28;
    private static final boolean LINUX = System.getProperty("os.name").equals("Linux");
    private static final MethodHandle OPEN = call(
            "open",
            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT),
            Linker.Option.firstVariadicArg(2));
    private static final MethodHandle CLOSE =
            call("close", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
    private static final MethodHandle ALLOCATE = call(
            "posix_fallocate",
            FunctionDescriptor.of(
                    ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG));

    private DiskSpace() {}

    /** Bytes that this process may still write on the file system of {@code directory}. */
    public static long free(Path directory) throws IOException {
        return Files.getFileStore(directory).getUsableSpace();
    }

    /**
     * Gives {@code file} exactly {@code length} bytes, new ones zero, all of them backed by the disk where the system
     * can do that.
     *
     * @return false if the disk has not enough room; the file keeps its old length then
     */
    public static boolean reserve(Path file, long length) throws IOException {
        long before;
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            before = channel.size();
            channel.truncate(length);
            if (length == 0 || (!LINUX && before >= length)) {
                return true;
            }
            if (!LINUX) {
                channel.write(java.nio.ByteBuffer.allocate(1), length - 1);
                return true;
            }
        }
        int error = allocate(file, length);
        if (error == ENOSPC) {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.truncate(before);
            }
            return false;
        }
        if (error != 0) {
            throw new IOException(file + ": " + length + " bytes cannot be reserved, errno " + error);
        }
        return true;
    }

    private static int allocate(Path file, long length) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocateFrom(file.toString());
            int descriptor = (int) OPEN.invokeExact(name, O_RDWR_CLOEXEC);
            if (descriptor < 0) {
                throw new IOException(file + " cannot be opened for writing");
            }
            int error;
            do {
                error = (int) ALLOCATE.invokeExact(descriptor, 0L, length);
            } while (error == EINTR);
            int closed = (int) CLOSE.invokeExact(descriptor);
            if (closed != 0) {
                throw new IOException(file + " cannot be closed");
            }
            return error;
        } catch (IOException | RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IOException(e);
        }
    }

    private static MethodHandle call(String name, FunctionDescriptor descriptor, Linker.Option... options) {
        if (!LINUX) {
            return null;
        }
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().find(name).orElseThrow(), descriptor, options);
    }
}

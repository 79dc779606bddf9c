package xyz.autonomys.farmer.farm;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.file.Path;

/**
 * The two calls of the operating system that Java has no equal for: {@code flock}, because the locks of
 * {@code FileChannel} do not exclude an upstream farmer, and {@code posix_fallocate}, because a sparse plot can fail for
 * want of space in the middle of a sector. Linux only; elsewhere {@link #AVAILABLE} is false.
 */
final class PosixFile implements AutoCloseable {
    static final boolean AVAILABLE = System.getProperty("os.name").equals("Linux");

    static final int EINTR = 4;
    static final int EWOULDBLOCK = 11;
    static final int EINVAL = 22;
    static final int ENOSPC = 28;
    static final int EOPNOTSUPP = 95;

    private static final int O_RDONLY = 0;
    private static final int O_RDWR = 2;
    private static final int O_CLOEXEC = 0x80000;
    private static final int LOCK_EX_NB = 2 | 4;

    private static final StructLayout CAPTURED = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = CAPTURED.varHandle(MemoryLayout.PathElement.groupElement("errno"));
    private static final MethodHandle OPEN = call(
            "open",
            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT),
            Linker.Option.captureCallState("errno"),
            Linker.Option.firstVariadicArg(2));
    private static final MethodHandle FLOCK = call(
            "flock",
            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT),
            Linker.Option.captureCallState("errno"));
    private static final MethodHandle CLOSE =
            call("close", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
    private static final MethodHandle FALLOCATE = call(
            "posix_fallocate",
            FunctionDescriptor.of(
                    ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG));

    private final Path path;
    private int descriptor;

    private PosixFile(Path path, int descriptor) {
        this.path = path;
        this.descriptor = descriptor;
    }

    /** Opens an existing file. */
    static PosixFile open(Path path, boolean writable) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(CAPTURED);
            int flags = (writable ? O_RDWR : O_RDONLY) | O_CLOEXEC;
            int descriptor = (int) OPEN.invokeExact(state, arena.allocateFrom(path.toString()), flags);
            if (descriptor < 0) {
                throw new IOException(path + " cannot be opened, errno " + (int) ERRNO.get(state, 0L));
            }
            return new PosixFile(path, descriptor);
        } catch (Throwable e) {
            throw asIoException(e);
        }
    }

    /** Takes an exclusive lock without waiting; false if another process or handle has one. */
    boolean tryLock() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(CAPTURED);
            if ((int) FLOCK.invokeExact(state, descriptor, LOCK_EX_NB) == 0) {
                return true;
            }
            int error = (int) ERRNO.get(state, 0L);
            if (error == EWOULDBLOCK) {
                return false;
            }
            throw new IOException(path + " cannot be locked, errno " + error
                    + "; the file system may have no locks: run with farm locking disabled, and one farmer only");
        } catch (Throwable e) {
            throw asIoException(e);
        }
    }

    /** Reserves the first {@code length} bytes on disk. The result is 0 or the error number. */
    int allocate(long length) throws IOException {
        try {
            int error;
            do {
                error = (int) FALLOCATE.invokeExact(descriptor, 0L, length);
            } while (error == EINTR);
            return error;
        } catch (Throwable e) {
            throw asIoException(e);
        }
    }

    @Override
    public void close() throws IOException {
        if (descriptor < 0) {
            return;
        }
        int closing = descriptor;
        descriptor = -1;
        try {
            if ((int) CLOSE.invokeExact(closing) != 0) {
                throw new IOException(path + " cannot be closed");
            }
        } catch (Throwable e) {
            throw asIoException(e);
        }
    }

    private static MethodHandle call(String name, FunctionDescriptor descriptor, Linker.Option... options) {
        if (!AVAILABLE) {
            return null;
        }
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().find(name).orElseThrow(), descriptor, options);
    }

    private static IOException asIoException(Throwable e) {
        return switch (e) {
            case IOException io -> io;
            case RuntimeException runtime -> throw runtime;
            case Error error -> throw error;
            default -> new IOException(e);
        };
    }
}

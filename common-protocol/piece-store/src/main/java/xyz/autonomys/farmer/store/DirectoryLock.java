package xyz.autonomys.farmer.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Set;

/**
 * Exclusive use of a role's directory, from {@link #acquire} until closed. The system drops the lock when the process
 * ends, however it ends.
 */
public final class DirectoryLock implements AutoCloseable {
    /** The file that is locked; it holds the number of the process, for the message to the next one. */
    public static final String FILE_NAME = "lock";

    /**
     * Directories locked by this process. The system's locks belong to the process and end when it closes any handle of
     * the file, so a second attempt from here must not even open it.
     */
    private static final Set<Path> HELD = new HashSet<>();

    private final Path directory;
    private final FileChannel channel;

    private DirectoryLock(Path directory, FileChannel channel) {
        this.directory = directory;
        this.channel = channel;
    }

    /**
     * Locks {@code directory}, which is made if there is none.
     *
     * @throws IOException naming the directory and, if known, the process that uses it
     */
    public static DirectoryLock acquire(Path directory) throws IOException {
        Files.createDirectories(directory);
        Path real = directory.toRealPath();
        synchronized (HELD) {
            if (!HELD.add(real)) {
                throw new IOException(directory + " is given twice to this process; give each path once");
            }
        }
        FileChannel channel = null;
        boolean locked = false;
        try {
            Path file = real.resolve(FILE_NAME);
            channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            FileLock lock = channel.tryLock();
            if (lock == null) {
                String holder = new String(read(channel), StandardCharsets.US_ASCII).strip();
                throw new IOException(directory + " is in use by "
                        + (holder.matches("\\d+") ? "process " + holder : "another process")
                        + "; stop it or choose another path");
            }
            channel.truncate(0);
            channel.write(ByteBuffer.wrap((ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII)));
            locked = true;
            return new DirectoryLock(real, channel);
        } finally {
            if (!locked) {
                release(real, channel);
            }
        }
    }

    private static byte[] read(FileChannel channel) throws IOException {
        ByteBuffer text = ByteBuffer.allocate(32);
        channel.read(text, 0);
        byte[] bytes = new byte[text.flip().remaining()];
        text.get(bytes);
        return bytes;
    }

    private static void release(Path directory, FileChannel channel) throws IOException {
        try {
            if (channel != null) {
                channel.close();
            }
        } finally {
            synchronized (HELD) {
                HELD.remove(directory);
            }
        }
    }

    /** Lets others use the directory. */
    @Override
    public void close() throws IOException {
        release(directory, channel);
    }
}

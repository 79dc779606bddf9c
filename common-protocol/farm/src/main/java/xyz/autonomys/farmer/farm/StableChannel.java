package xyz.autonomys.farmer.farm;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Set;

/**
 * A file channel that an interrupt does not close for everybody. Java closes a {@link FileChannel} when a thread that
 * uses it is interrupted; a farm's files are shared by many threads, so here only the interrupted one fails.
 */
final class StableChannel implements AutoCloseable {
    private final Path path;
    private final Set<OpenOption> options;
    private volatile FileChannel channel;
    private boolean closed;

    StableChannel(Path path, Set<? extends OpenOption> options) throws IOException {
        this.path = path;
        this.channel = FileChannel.open(path, options);
        this.options = new HashSet<>(options);
        this.options.remove(StandardOpenOption.CREATE);
    }

    /** An operation on the open channel. */
    private interface Operation {
        long on(FileChannel channel) throws IOException;
    }

    /** Reads some bytes at {@code position}; -1 at the end of the file. */
    int read(ByteBuffer target, long position) throws IOException {
        int start = target.position();
        return (int) run(open -> {
            target.position(start);
            return open.read(target, position);
        });
    }

    /** Writes some bytes at {@code position}. */
    int write(ByteBuffer source, long position) throws IOException {
        int start = source.position();
        return (int) run(open -> {
            source.position(start);
            return open.write(source, position);
        });
    }

    long size() throws IOException {
        return run(FileChannel::size);
    }

    /** Waits until everything written is on the disk. */
    void force() throws IOException {
        run(open -> {
            open.force(true);
            return 0;
        });
    }

    private long run(Operation operation) throws IOException {
        while (true) {
            FileChannel open = channel;
            try {
                return operation.on(open);
            } catch (ClosedByInterruptException e) {
                reopen(open);
                InterruptedIOException interrupted = new InterruptedIOException(path + ": interrupted");
                interrupted.initCause(e);
                throw interrupted;
            } catch (ClosedChannelException e) {
                reopen(open);
            }
        }
    }

    private synchronized void reopen(FileChannel seen) throws IOException {
        if (closed) {
            throw new ClosedChannelException();
        }
        if (channel == seen) {
            // The interrupt must not close the new channel at once; the caller's status is put back.
            boolean interrupted = Thread.interrupted();
            try {
                channel = FileChannel.open(path, options);
            } finally {
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
        }
    }

    @Override
    public synchronized void close() throws IOException {
        closed = true;
        channel.close();
    }
}

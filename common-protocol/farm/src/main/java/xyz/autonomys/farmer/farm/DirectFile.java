package xyz.autonomys.farmer.farm;

import com.sun.nio.file.ExtendedOpenOption;
import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file read and written past the page cache at any offset and length. Reads are widened to whole pages; a write that
 * does not fill its first or last page reads that page first, so all writes of a file go through one instance, one at a
 * time. Where the file system refuses direct I/O the file is opened the ordinary way.
 *
 * <p>Up to {@value #READERS} reads run at once, each with an aligned buffer of 256 KiB; more wait for a buffer. So a file
 * takes at most 5 MiB of direct memory.
 */
final class DirectFile implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DirectFile.class);
    private static final int PAGE = FarmLayout.PAGE_BYTES;
    private static final int WRITE_BYTES = 1 << 20;
    private static final int READ_BYTES = 256 << 10;
    private static final int READERS = 16;
    private static final int PATIENCE_SECONDS = 60;
    private static final ByteBuffer UNALLOCATED = ByteBuffer.allocate(0);

    private final Path path;
    private final StableChannel channel;
    private final boolean direct;
    private final BlockingQueue<ByteBuffer> readBuffers = new ArrayBlockingQueue<>(READERS);
    private final ReentrantLock writing = new ReentrantLock();
    private ByteBuffer writeBuffer;

    private DirectFile(Path path, StableChannel channel, boolean direct) {
        this.path = path;
        this.channel = channel;
        this.direct = direct;
        for (int i = 0; i < READERS; i++) {
            // Allocated at the first use: most farms are read by one or two threads.
            readBuffers.add(UNALLOCATED);
        }
    }

    /**
     * Opens a file, creating an empty one if {@code writable} and missing.
     *
     * @param direct whether to go past the page cache where possible
     */
    static DirectFile open(Path path, boolean writable, boolean direct) throws IOException {
        Set<OpenOption> options = new HashSet<>(Set.of(StandardOpenOption.READ));
        if (writable) {
            options.add(StandardOpenOption.WRITE);
            options.add(StandardOpenOption.CREATE);
        }
        if (direct) {
            String refusal;
            try {
                Set<OpenOption> directOptions = new HashSet<>(options);
                directOptions.add(ExtendedOpenOption.DIRECT);
                StableChannel channel = new StableChannel(path, directOptions);
                long block = Files.getFileStore(path).getBlockSize();
                if (PAGE % block == 0) {
                    return new DirectFile(path, channel, true);
                }
                channel.close();
                refusal = "the file system wants direct I/O in blocks of " + block + " bytes";
            } catch (UnsupportedOperationException e) {
                refusal = "this platform has no direct I/O";
            } catch (FileSystemException e) {
                if (!String.valueOf(e.getReason()).contains("Invalid argument")) {
                    throw e;
                }
                refusal = "the file system refuses direct I/O";
            }
            LOG.warn("{}: {}, going through the page cache", path, refusal);
        }
        return new DirectFile(path, new StableChannel(path, options), false);
    }

    boolean isDirect() {
        return direct;
    }

    long size() throws IOException {
        return channel.size();
    }

    /** Fills {@code length} bytes of {@code target} from {@code targetOffset} on with the bytes from {@code offset} on. */
    void read(long offset, byte[] target, int targetOffset, int length) throws IOException {
        read(offset, ByteBuffer.wrap(target, targetOffset, length));
    }

    /** Fills the rest of {@code target} from {@code offset} on; the end of the file before that is an error. */
    void read(long offset, ByteBuffer target) throws IOException {
        ByteBuffer buffer = takeBuffer();
        try {
            long at = offset;
            while (target.hasRemaining()) {
                long start = at / PAGE * PAGE;
                int skip = (int) (at - start);
                int length = Math.min(target.remaining(), READ_BYTES - skip);
                fill(buffer, start, skip + length);
                target.put(buffer.slice(skip, length));
                at += length;
            }
        } finally {
            readBuffers.add(buffer);
        }
    }

    /** Writes the rest of {@code source} at {@code offset}. Not durable before {@link #force}. */
    void write(long offset, ByteBuffer source) throws IOException {
        lockForWriting();
        try {
            if (writeBuffer == null) {
                writeBuffer = allocate(WRITE_BYTES);
            }
            long at = offset;
            while (source.hasRemaining()) {
                long start = at / PAGE * PAGE;
                int skip = (int) (at - start);
                int length = Math.min(source.remaining(), WRITE_BYTES - skip);
                int pages = (skip + length + PAGE - 1) / PAGE * PAGE;
                loadEdges(start, skip, length, pages);
                writeBuffer.clear().position(skip);
                writeBuffer.put(source.slice(source.position(), length));
                source.position(source.position() + length);
                // Without direct I/O the file may end inside the last page, and must not grow by the padding.
                int from = direct ? 0 : skip;
                int to = direct ? pages : skip + length;
                writeBuffer.limit(to).position(from);
                long position = start + from;
                while (writeBuffer.hasRemaining()) {
                    position += channel.write(writeBuffer, position);
                }
                at += length;
            }
        } finally {
            writing.unlock();
        }
    }

    /** Waits until everything written is on the disk. */
    void force() throws IOException {
        channel.force();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    /** Brings what the write leaves as it is, in the first and last page, into the write buffer. */
    private void loadEdges(long start, int skip, int length, int pages) throws IOException {
        if (!direct || skip == 0 && length == pages) {
            return;
        }
        writeBuffer.clear();
        for (int i = 0; i < pages; i += PAGE) {
            boolean partly = i < skip || i + PAGE > skip + length;
            if (partly) {
                ByteBuffer page = writeBuffer.slice(i, PAGE);
                int got = 0;
                while (got < PAGE) {
                    int n = channel.read(page, start + i + got);
                    if (n <= 0) {
                        break;
                    }
                    got += n;
                }
                while (page.hasRemaining()) {
                    page.put((byte) 0);
                }
            }
        }
    }

    private void fill(ByteBuffer buffer, long start, int needed) throws IOException {
        int pages = (needed + PAGE - 1) / PAGE * PAGE;
        buffer.clear().limit(pages);
        while (buffer.position() < needed) {
            // A direct read ends inside a page only where the file does.
            boolean atEnd = direct && buffer.position() % PAGE != 0;
            if (atEnd || channel.read(buffer, start + buffer.position()) <= 0) {
                throw new EOFException(path + " ends at byte " + (start + buffer.position()) + ", expected at least "
                        + (start + needed) + " bytes");
            }
        }
    }

    private void lockForWriting() throws IOException {
        try {
            if (!writing.tryLock(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException(path + ": a write has not ended within " + PATIENCE_SECONDS
                        + " s, the disk hangs; look for its errors in the kernel's log");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException(path + ": interrupted while waiting to write");
        }
    }

    private ByteBuffer takeBuffer() throws IOException {
        try {
            ByteBuffer buffer = readBuffers.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (buffer == null) {
                throw new IOException(path + ": no read has ended within " + PATIENCE_SECONDS
                        + " s, the disk hangs; look for its errors in the kernel's log");
            }
            return buffer.capacity() == 0 ? allocateInstead(buffer) : buffer;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException(path + ": interrupted while waiting for a read buffer");
        }
    }

    private ByteBuffer allocateInstead(ByteBuffer placeholder) {
        ByteBuffer allocated = null;
        try {
            allocated = allocate(READ_BYTES);
            return allocated;
        } finally {
            if (allocated == null) {
                readBuffers.add(placeholder);
            }
        }
    }

    private static ByteBuffer allocate(int bytes) {
        return ByteBuffer.allocateDirect(bytes + PAGE).alignedSlice(PAGE).slice(0, bytes);
    }
}

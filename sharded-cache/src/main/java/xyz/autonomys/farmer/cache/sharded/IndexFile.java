package xyz.autonomys.farmer.cache.sharded;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The entries of all cells of one kind: {@code index.bin} for whole pieces, {@code index-K.bin} for fragments of which a
 * slot holds K.
 */
final class IndexFile implements AutoCloseable {
    private static final String PREFIX = "index-";
    private static final String SUFFIX = ".bin";

    private final FileChannel file;
    private volatile boolean dirty;

    IndexFile(Path directory, int parts) throws IOException {
        this.file = FileChannel.open(directory.resolve(name(parts)), StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    static String name(int parts) {
        return parts == 1 ? SlotStore.INDEX_FILE : PREFIX + parts + SUFFIX;
    }

    /** Reads as many entries as {@code target} has room for. */
    void read(int firstCell, ByteBuffer target) throws IOException {
        Files.readFully(file, target, offset(firstCell));
    }

    byte[] read(int cell) throws IOException {
        byte[] entry = new byte[SlotEntry.BYTES];
        read(cell, ByteBuffer.wrap(entry));
        return entry;
    }

    /** Writes an entry; it is on disk after {@link #force}. */
    void write(int cell, byte[] entry) throws IOException {
        dirty = true;
        Files.writeFully(file, ByteBuffer.wrap(entry), offset(cell));
    }

    void force() throws IOException {
        if (dirty) {
            file.force(false);
            dirty = false;
        }
    }

    boolean isOpen() {
        return file.isOpen();
    }

    private static long offset(int cell) {
        return cell * (long) SlotEntry.BYTES;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }

    /** Whole reads and writes. */
    static final class Files {
        private Files() {}

        static void readFully(FileChannel file, ByteBuffer target, long offset) throws IOException {
            long at = offset;
            while (target.hasRemaining()) {
                int count = file.read(target, at);
                if (count < 0) {
                    throw new java.io.EOFException("the file ends at byte " + at);
                }
                at += count;
            }
        }

        static void writeFully(FileChannel file, ByteBuffer source, long offset) throws IOException {
            long at = offset;
            while (source.hasRemaining()) {
                at += file.write(source, at);
            }
        }
    }
}

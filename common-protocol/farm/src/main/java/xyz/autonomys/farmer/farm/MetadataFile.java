package xyz.autonomys.farmer.farm;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.EnumSet;
import java.util.Set;
import xyz.autonomys.farmer.farm.FarmException.Reason;
import xyz.autonomys.farmer.primitives.ProtocolSizes;

/**
 * {@code metadata.bin}: how many sectors count, and a record for each.
 *
 * <table>
 * <caption>Layout, little-endian</caption>
 * <tr><th>offset</th><th>size</th><th>field</th></tr>
 * <tr><td>0</td><td>1</td><td>version, 0</td></tr>
 * <tr><td>1</td><td>2</td><td>sectors that count; records from this one on mean nothing</td></tr>
 * <tr><td>3</td><td>1,048,573</td><td>zero</td></tr>
 * <tr><td>1,048,576 + 131,116·i</td><td>131,116</td><td>record of sector i, see
 *     {@link xyz.autonomys.farmer.sector.SectorMetadata}</td></tr>
 * </table>
 *
 * <p>Goes through the page cache, other than the plot: an audit needs 128 bytes of every record every second, and the
 * system keeps those pages where it has the memory.
 *
 * <p>Source: autonomys/subspace, crates/subspace-farmer/src/single_disk_farm.rs ({@code PlotMetadataHeader}).
 */
final class MetadataFile implements AutoCloseable {
    static final String FILE_NAME = "metadata.bin";
    static final int VERSION = 0;
    static final int HEADER_FIELDS_BYTES = 3;

    /** S-buckets whose sizes are read together. */
    static final int GROUP = 64;

    private static final int SIZES_OFFSET = 4;

    private final Path path;
    private final StableChannel channel;

    private MetadataFile(Path path, StableChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    static MetadataFile open(Path path, boolean writable) throws IOException {
        Set<StandardOpenOption> options = EnumSet.of(StandardOpenOption.READ);
        if (writable) {
            options.add(StandardOpenOption.WRITE);
        }
        return new MetadataFile(path, new StableChannel(path, options));
    }

    Path path() {
        return path;
    }

    long size() throws IOException {
        return channel.size();
    }

    static long recordOffset(int index) {
        return FarmLayout.METADATA_HEADER_BYTES + (long) index * FarmLayout.RECORD_BYTES;
    }

    /**
     * The number of sectors that count.
     *
     * @throws FarmException if the header is cut short or of another version
     */
    int readCount() throws IOException {
        if (size() < FarmLayout.METADATA_HEADER_BYTES) {
            throw new FarmException(
                    Reason.DAMAGED,
                    path + " has " + size() + " bytes, its header alone takes " + FarmLayout.METADATA_HEADER_BYTES
                            + "; restore it from a backup, or wipe the farm");
        }
        byte[] header = new byte[HEADER_FIELDS_BYTES];
        read(0, header, 0, header.length);
        if (header[0] != VERSION) {
            throw new FarmException(
                    Reason.DAMAGED,
                    path + ", byte 0: expected version " + VERSION + ", found version " + (header[0] & 0xFF)
                            + "; open the farm with the program that wrote it, or restore the file from a backup");
        }
        return ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN).getChar(1);
    }

    void writeCount(int count) throws IOException {
        write(
                0,
                ByteBuffer.allocate(HEADER_FIELDS_BYTES)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .put((byte) VERSION)
                        .putChar((char) count)
                        .flip());
    }

    /** Reads the record at {@code index} as it is. */
    void readRecord(int index, byte[] record) throws IOException {
        read(recordOffset(index), record, 0, FarmLayout.RECORD_BYTES);
    }

    void writeRecord(int index, byte[] record) throws IOException {
        write(recordOffset(index), ByteBuffer.wrap(record));
    }

    /** Reads the sizes of s-buckets {@code 64·group … 64·group + 63}, two bytes each. */
    void readSizes(int index, int group, byte[] target) throws IOException {
        if (group < 0 || group >= ProtocolSizes.S_BUCKETS / GROUP) {
            throw new IndexOutOfBoundsException("no group " + group + " of s-buckets");
        }
        read(recordOffset(index) + SIZES_OFFSET + 2L * GROUP * group, target, 0, 2 * GROUP);
    }

    /** Waits until everything written is on the disk. */
    void force() throws IOException {
        channel.force();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    private void read(long offset, byte[] target, int targetOffset, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(target, targetOffset, length);
        long at = offset;
        while (buffer.hasRemaining()) {
            int n = channel.read(buffer, at);
            if (n < 0) {
                throw new EOFException(
                        path + " ends at byte " + at + ", expected at least " + (offset + length) + " bytes");
            }
            at += n;
        }
    }

    private void write(long offset, ByteBuffer source) throws IOException {
        long at = offset;
        while (source.hasRemaining()) {
            at += channel.write(source, at);
        }
    }
}

package xyz.autonomys.farmer.farm;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import xyz.autonomys.farmer.farm.FarmException.Reason;
import xyz.autonomys.farmer.primitives.Blake3Hash;
import xyz.autonomys.farmer.primitives.hash.Blake3Hasher;
import xyz.autonomys.farmer.sector.SectorFormatException;
import xyz.autonomys.farmer.sector.SectorLayout;
import xyz.autonomys.farmer.sector.SectorMetadata;

/**
 * A sector on its way into its place in the plot, so that its bytes are written once. They come in order: first the
 * sector, then its record, which stays in memory until {@link #finish} has found everything right.
 *
 * <p>With the first byte the sector that was there before is given up: a placeholder is its record from then on, also
 * after a crash. What has come can be taken up again by a later process: {@link #checkpoint} says how much is on the disk,
 * {@link #readBack} goes through it for the checksum.
 *
 * <p>Owns a buffer of 1 MiB off heap until it is closed. Used by one thread.
 */
public final class IncomingSector implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(IncomingSector.class);
    private static final int BUFFER_BYTES = 1 << 20;

    private final SectorStore store;
    private final int index;
    private final int piecesInSector;
    private final long start;
    private final long sectorBytes;
    private final long hashedBytes;
    private final Arena arena = Arena.ofShared();
    private final ByteBuffer buffer =
            arena.allocate(BUFFER_BYTES, FarmLayout.PAGE_BYTES).asByteBuffer();
    private final byte[] checksum = new byte[SectorLayout.CHECKSUM_BYTES];
    private final byte[] record = new byte[SectorMetadata.ENCODED_BYTES];
    private Blake3Hasher hasher = Blake3Hasher.create();
    private long position;
    private long written;
    private boolean finished;
    private boolean closed;

    IncomingSector(SectorStore store, FarmLayout layout, int index) {
        this.store = store;
        this.index = index;
        this.piecesInSector = layout.piecesInSector();
        this.sectorBytes = layout.sectorBytes();
        this.start = index * sectorBytes;
        this.hashedBytes = new SectorLayout(piecesInSector).checksumOffset();
        fitBuffer();
    }

    /** Bytes that have come, of sector and record together. */
    public long position() {
        return position;
    }

    /** Bytes of a sector and its record: what has to come. */
    public long length() {
        return sectorBytes + record.length;
    }

    /**
     * Takes the next bytes; with {@code offset} 0 the sector begins anew.
     *
     * @param bytes consumed
     * @param offset where they belong, counted from the first byte of the sector
     * @throws IllegalArgumentException if they are not the next ones, or too many
     */
    public void append(ByteBuffer bytes, long offset) throws IOException {
        if (offset == 0) {
            restart();
        }
        if (offset != position || bytes.remaining() > length() - position || finished) {
            throw new IllegalArgumentException("sector " + index + " goes on at byte " + position + " of " + length()
                    + ", got " + bytes.remaining() + " bytes for " + offset);
        }
        store.retire(index);
        while (bytes.hasRemaining()) {
            if (position < sectorBytes) {
                int count = (int) Math.min(Math.min(bytes.remaining(), buffer.remaining()), sectorBytes - position);
                ByteBuffer part = bytes.slice(bytes.position(), count);
                note(part);
                buffer.put(part);
                if (!buffer.hasRemaining() || position + count == sectorBytes) {
                    flush();
                }
                bytes.position(bytes.position() + count);
                position += count;
            } else {
                int at = (int) (position - sectorBytes);
                int count = bytes.remaining();
                bytes.get(record, at, count);
                position += count;
            }
        }
    }

    /**
     * Puts everything that belongs into the plot on the disk.
     *
     * @return how many bytes a later process can take up again
     */
    public long checkpoint() throws IOException {
        flush();
        store.force();
        return written;
    }

    /**
     * Reads bytes that an earlier process wrote, as if they came now. To be called in order from the first byte on.
     *
     * @param target filled to its limit
     * @param offset of the first byte wanted; what has come so far
     * @throws IllegalStateException if the farm has a sector here, so that these bytes are its own
     */
    public void readBack(ByteBuffer target, long offset) throws IOException {
        if (store.summary(index).isPresent()) {
            throw new IllegalStateException("sector " + index + " is plotted, nothing is on its way to it");
        }
        if (offset != position || offset != written || target.remaining() > sectorBytes - position) {
            throw new IllegalArgumentException(
                    "sector " + index + " of " + sectorBytes + " bytes was read back to byte " + position + ", "
                            + target.remaining() + " bytes at " + offset + " are not the next ones");
        }
        int from = target.position();
        store.readBytes(index, offset, target);
        note(target.slice(from, target.position() - from));
        position += target.position() - from;
        written = position;
        fitBuffer();
    }

    /**
     * Checks sector and record and makes them the farm's. When this returns, a power cut takes nothing of them; when it
     * fails, the sector has to be plotted.
     *
     * @throws FarmException with {@link Reason#BAD_SECTOR} if they are damaged or do not belong together; the sector can
     *     then begin anew
     */
    public SectorSummary finish() throws IOException {
        if (position != length()) {
            throw bad("it has " + position + " bytes of " + length());
        }
        SectorMetadata metadata;
        try {
            metadata = SectorMetadata.decode(record);
        } catch (SectorFormatException e) {
            throw bad("its record, behind byte " + sectorBytes + ": " + e.getMessage());
        }
        Optional<String> mismatch = SectorChecks.recordMismatch(metadata, index, piecesInSector);
        if (mismatch.isPresent()) {
            throw bad(mismatch.get());
        }
        Blake3Hash computed = hasher.finish();
        if (!Arrays.equals(computed.toBytes(), checksum)) {
            throw bad("its bytes hash to " + computed + ", its checksum is " + Blake3Hash.of(checksum));
        }
        LOG.debug("sector {}: bytes written", index);
        store.force();
        LOG.debug("sector {}: bytes on disk", index);
        mismatch = SectorChecks.contentsMismatch(metadata, store.reader(index));
        if (mismatch.isPresent()) {
            throw bad(mismatch.get());
        }
        finished = true;
        return store.commit(index, metadata);
    }

    private FarmException bad(String why) {
        restart();
        return new FarmException(Reason.BAD_SECTOR, "sector " + index + " is not stored: " + why + "; fetch it again");
    }

    private void restart() {
        hasher = Blake3Hasher.create();
        position = 0;
        written = 0;
        fitBuffer();
    }

    /** Hashes what the checksum covers, and keeps the checksum. */
    private void note(ByteBuffer part) {
        int hashed = (int) Math.clamp(hashedBytes - position, 0, part.remaining());
        if (hashed > 0) {
            hasher.update(MemorySegment.ofBuffer(part.slice(part.position(), hashed)));
        }
        if (hashed < part.remaining()) {
            part.get(
                    part.position() + hashed,
                    checksum,
                    (int) (position + hashed - hashedBytes),
                    part.remaining() - hashed);
        }
    }

    private void flush() throws IOException {
        buffer.flip();
        int count = buffer.remaining();
        if (count > 0) {
            store.writeBytes(index, written, buffer);
            written += count;
        }
        fitBuffer();
    }

    /** Ends the buffer with a page of the file, so that only the first and last page are read before they are written. */
    private void fitBuffer() {
        buffer.clear().limit(BUFFER_BYTES - (int) ((start + written) % FarmLayout.PAGE_BYTES));
    }

    /** Gives the place free. What has come stays in the plot, under a placeholder. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            store.end(index);
            arena.close();
        }
    }
}

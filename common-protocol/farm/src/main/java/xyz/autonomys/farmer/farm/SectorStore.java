package xyz.autonomys.farmer.farm;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import xyz.autonomys.farmer.farm.FarmException.Reason;
import xyz.autonomys.farmer.primitives.Blake3Hash;
import xyz.autonomys.farmer.primitives.ProtocolSizes;
import xyz.autonomys.farmer.sector.ReadAt;
import xyz.autonomys.farmer.sector.SectorFormatException;
import xyz.autonomys.farmer.sector.SectorIds;
import xyz.autonomys.farmer.sector.SectorLayout;
import xyz.autonomys.farmer.sector.SectorMetadata;

/**
 * The sectors of a farm: bytes in {@code plot.bin}, records in {@code metadata.bin}, summaries in memory.
 *
 * <p>Order of writing, each step on the disk before the next: (a sector that is replaced: a placeholder as its record),
 * the sector's bytes, its record, the count of sectors. So after a crash the farm holds the sector or has to plot it
 * again, never a record that speaks of other bytes (specification 05 §2.9).
 */
final class SectorStore implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SectorStore.class);
    private static final int PATIENCE_SECONDS = 60;

    private final FarmLayout layout;
    private final SectorLayout sectorLayout;
    private final Blake3Hash publicKeyHash;
    private final MetadataFile metadata;
    private final DirectFile plot;
    private final AtomicReferenceArray<SectorSummary> summaries;
    private final AtomicInteger plotted = new AtomicInteger();
    private final Set<Integer> beingWritten = ConcurrentHashMap.newKeySet();
    private final ReentrantLock committing = new ReentrantLock();
    /** Sectors below {@link #count} whose record is certainly a placeholder, on the disk. */
    private final Set<Integer> placeholders = ConcurrentHashMap.newKeySet();

    private volatile int count;
    /** Sectors that the disk may count, if a write of the count failed. */
    private volatile int mayCount;

    /** Takes over both files. */
    SectorStore(FarmLayout layout, Blake3Hash publicKeyHash, MetadataFile metadata, DirectFile plot) {
        this.layout = layout;
        this.sectorLayout = new SectorLayout(layout.piecesInSector());
        this.publicKeyHash = publicKeyHash;
        this.metadata = metadata;
        this.plot = plot;
        this.summaries = new AtomicReferenceArray<>(layout.sectorCount());
    }

    /** Reads the records of all sectors that count. One that cannot be used is logged and its sector to be plotted again. */
    void load() throws IOException {
        count = Math.min(metadata.readCount(), layout.sectorCount());
        for (int index = 0; index < count; index++) {
            try {
                SectorMetadata record = readRecord(index);
                if (SectorSummary.isPlaceholder(record)) {
                    placeholders.add(index);
                } else {
                    keep(record);
                }
            } catch (IOException e) {
                LOG.warn("{}; sector {} will be plotted again", e.getMessage(), index);
            }
        }
    }

    private void keep(SectorMetadata record) {
        SectorSummary summary = new SectorSummary(
                SectorIds.sectorId(publicKeyHash, record.sectorIndex(), record.historySize()), record);
        if (summaries.getAndSet(record.sectorIndex(), summary) == null) {
            plotted.incrementAndGet();
        }
    }

    int plotted() {
        return plotted.get();
    }

    Optional<SectorSummary> summary(int index) {
        return Optional.ofNullable(summaries.get(index));
    }

    /**
     * Reads and checks a record.
     *
     * @throws FarmException saying where it is and what is wrong with it
     */
    SectorMetadata readRecord(int index) throws IOException {
        byte[] bytes = new byte[FarmLayout.RECORD_BYTES];
        metadata.readRecord(index, bytes);
        String fault;
        try {
            SectorMetadata record = SectorMetadata.decode(bytes);
            Optional<String> mismatch = SectorChecks.recordMismatch(record, index, layout.piecesInSector());
            if (mismatch.isEmpty()) {
                return record;
            }
            fault = mismatch.get();
        } catch (SectorFormatException e) {
            fault = e.getMessage();
        }
        throw new FarmException(
                Reason.DAMAGED,
                metadata.path() + ", record of sector " + index + " at byte " + MetadataFile.recordOffset(index) + ": "
                        + fault);
    }

    ReadAt reader(int index) {
        long start = index * layout.sectorBytes();
        long end = layout.sectorBytes();
        return (offset, target, targetOffset, length) -> {
            if (offset < 0 || offset + length > end) {
                throw new IndexOutOfBoundsException(
                        "a sector of " + end + " bytes has no " + length + " bytes at offset " + offset);
            }
            plot.read(start + offset, target, targetOffset, length);
        };
    }

    /** The chunks of one s-bucket, in a buffer that is used again and again. */
    static final class Bucket {
        private final byte[] sizes = new byte[2 * MetadataFile.GROUP];
        private byte[] chunks = new byte[0];
        private int count;

        byte[] chunks() {
            return chunks;
        }

        int count() {
            return count;
        }
    }

    /** Reads an s-bucket of a sector. */
    void readBucket(SectorSummary summary, int sBucket, Bucket into) throws IOException {
        int group = sBucket / MetadataFile.GROUP;
        metadata.readSizes(summary.sectorIndex(), group, into.sizes);
        long chunk = summary.groupOffset(group);
        int within = sBucket % MetadataFile.GROUP;
        for (int below = 0; below < within; below++) {
            chunk += size(into.sizes, below);
        }
        into.count = size(into.sizes, within);
        int length = into.count * ProtocolSizes.CHUNK_BYTES;
        if (into.chunks.length < length) {
            into.chunks = new byte[length];
        }
        plot.read(
                summary.sectorIndex() * layout.sectorBytes() + sectorLayout.chunkOffset(chunk), into.chunks, 0, length);
    }

    private static int size(byte[] sizes, int bucket) {
        return sizes[2 * bucket] & 0xFF | (sizes[2 * bucket + 1] & 0xFF) << 8;
    }

    /**
     * Makes room for a sector that comes piece by piece. Nothing changes before its first byte is there.
     *
     * @throws IllegalStateException if a sector is being written at this index
     */
    IncomingSector begin(int index) {
        if (!beingWritten.add(index)) {
            throw new IllegalStateException("sector " + index + " is being written already");
        }
        return new IncomingSector(this, layout, index);
    }

    /** The place of a sector is free for another attempt. */
    void end(int index) {
        beingWritten.remove(index);
    }

    /** Writes bytes of an incoming sector; durable after {@link #force}. */
    void writeBytes(int index, long offset, ByteBuffer bytes) throws IOException {
        plot.write(index * layout.sectorBytes() + offset, bytes);
    }

    /** Waits until all bytes written are on the disk. */
    void force() throws IOException {
        plot.force();
    }

    /** Reads bytes of an incoming sector back. */
    void readBytes(int index, long offset, ByteBuffer target) throws IOException {
        plot.read(index * layout.sectorBytes() + offset, target);
    }

    /**
     * Makes the old sector a placeholder, so that its record never speaks of the bytes that follow. To be called again
     * before any byte is written if it fails.
     */
    void retire(int index) throws IOException {
        if (index >= Math.max(count, mayCount) || placeholders.contains(index)) {
            return;
        }
        lockForCommit();
        try {
            if (summaries.getAndSet(index, null) != null) {
                plotted.decrementAndGet();
            }
            metadata.writeRecord(
                    index, SectorMetadata.dummy(index, layout.piecesInSector()).encode());
            LOG.debug("sector {}: placeholder written", index);
            metadata.force();
            placeholders.add(index);
            LOG.debug("sector {}: placeholder on disk", index);
        } finally {
            committing.unlock();
        }
    }

    /** The bytes are on the disk: their record follows. */
    SectorSummary commit(int index, SectorMetadata record) throws IOException {
        lockForCommit();
        try {
            // Sectors may be finished in any order; those left out so far count as placeholders.
            for (int skipped = count; skipped < index; skipped++) {
                metadata.writeRecord(
                        skipped,
                        SectorMetadata.dummy(skipped, layout.piecesInSector()).encode());
            }
            placeholders.remove(index);
            metadata.writeRecord(index, record.encode());
            LOG.debug("sector {}: record written", index);
            metadata.force();
            LOG.debug("sector {}: record on disk", index);
            if (index >= count) {
                mayCount = Math.max(mayCount, index + 1);
                metadata.writeCount(index + 1);
                LOG.debug("sector {}: count written", index);
                metadata.force();
                for (int skipped = count; skipped < index; skipped++) {
                    placeholders.add(skipped);
                }
                count = index + 1;
                LOG.debug("sector {}: count on disk", index);
            }
            keep(record);
            return summaries.get(index);
        } finally {
            committing.unlock();
        }
    }

    private void lockForCommit() throws IOException {
        try {
            if (!committing.tryLock(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException(metadata.path() + ": a write has not ended within " + PATIENCE_SECONDS
                        + " s, the disk hangs; look for its errors in the kernel's log");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException(metadata.path() + ": interrupted while waiting to write");
        }
    }

    @Override
    public void close() throws IOException {
        try (metadata) {
            plot.close();
        }
    }
}

package xyz.autonomys.farmer.sector.plot;

import java.io.IOException;
import java.nio.channels.WritableByteChannel;
import java.util.List;
import xyz.autonomys.farmer.primitives.Blake3Hash;
import xyz.autonomys.farmer.primitives.SectorId;

/**
 * Makes the bytes of a sector from its records. Every implementation gives the same bytes. May be called from several
 * threads, each with a sector of its own.
 */
public interface SectorEncoder extends AutoCloseable {
    /**
     * What is known of a sector once its bytes are written.
     *
     * @param sBucketSizes chunks of every s-bucket, 65,536 entries; not copied
     * @param checksum BLAKE3 of all its bytes but the last 32, which are this checksum
     */
    @SuppressWarnings("ArrayRecordComponent") // Goes straight into the sector's metadata.
    record Encoded(char[] sBucketSizes, Blake3Hash checksum) {}

    /**
     * Encodes the records, in place or not, and writes the sector's bytes to {@code out}, front to back.
     *
     * @throws PlottingException if a record has a chunk that is no scalar
     * @throws IOException if {@code out} fails
     * @throws InterruptedException if the calling thread is interrupted; nothing keeps running
     */
    Encoded encode(SectorId sectorId, SectorRecords records, WritableByteChannel out, PlotListener listener)
            throws PlottingException, IOException, InterruptedException;

    /** What encodes, for logs and the console. */
    String describe();

    /** The kind of hardware that encodes, as figures name it: {@code cpu} or {@code gpu-cuda}. */
    default String kind() {
        return "cpu";
    }

    /** The devices that encode, each a sector of its own; none if all threads of the processor work on each sector. */
    default List<EncodingDevice> devices() {
        return List.of();
    }

    /** Sectors in work that keep it busy: while some gather their pieces, others are encoded or written. */
    default int sectorsAtATime() {
        return 2;
    }

    /** Ends its threads; to be called when nothing is being encoded. */
    @Override
    void close();
}

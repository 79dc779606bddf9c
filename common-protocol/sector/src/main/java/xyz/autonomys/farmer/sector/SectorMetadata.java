package xyz.autonomys.farmer.sector;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import xyz.autonomys.farmer.primitives.Blake3Hash;
import xyz.autonomys.farmer.primitives.ProtocolSizes;
import xyz.autonomys.farmer.primitives.hash.Blake3;

/**
 * What a farm keeps of a sector beside its bytes: how many chunks each s-bucket holds (specification 04 §9).
 *
 * <table>
 * <caption>Encoding, little-endian</caption>
 * <tr><th>offset</th><th>size</th><th>field</th></tr>
 * <tr><td>0</td><td>2</td><td>sector index</td></tr>
 * <tr><td>2</td><td>2</td><td>pieces in sector</td></tr>
 * <tr><td>4</td><td>131,072</td><td>chunks of s-bucket 0, 1, … 65535, two bytes each</td></tr>
 * <tr><td>131,076</td><td>8</td><td>history size, not zero</td></tr>
 * <tr><td>131,084</td><td>32</td><td>BLAKE3 of all bytes before</td></tr>
 * </table>
 *
 * <p>Source: autonomys/subspace, crates/subspace-farmer-components/src/sector.rs ({@code SectorMetadataChecksummed}).
 */
public final class SectorMetadata {
    /** Bytes of the encoding with its checksum. */
    public static final int ENCODED_BYTES = 131_116;

    private static final int SIZES_OFFSET = 4;
    private static final int HISTORY_SIZE_OFFSET = SIZES_OFFSET + 2 * ProtocolSizes.S_BUCKETS;
    private static final int CHECKSUM_OFFSET = HISTORY_SIZE_OFFSET + 8;
    private static final int GROUP = 64;

    private static final VarHandle U16 = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle U64 = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final int sectorIndex;
    private final int piecesInSector;
    private final long historySize;
    private final char[] sizes;
    private final int[] groupOffsets = new int[ProtocolSizes.S_BUCKETS / GROUP];

    /**
     * Metadata of these values; {@code sBucketSizes} is copied.
     *
     * @param sectorIndex unsigned 16 bits
     * @param piecesInSector unsigned 16 bits
     * @param historySize unsigned, not zero
     * @param sBucketSizes 65,536 numbers of chunks, unsigned
     */
    public SectorMetadata(int sectorIndex, int piecesInSector, long historySize, char[] sBucketSizes) {
        SectorIds.u16("sector index", sectorIndex);
        SectorIds.u16("pieces in sector", piecesInSector);
        if (historySize == 0 || sBucketSizes.length != ProtocolSizes.S_BUCKETS) {
            throw new IllegalArgumentException("sector metadata takes a history size above 0 and 65536 sizes, got "
                    + Long.toUnsignedString(historySize) + " and " + sBucketSizes.length + " sizes");
        }
        this.sectorIndex = sectorIndex;
        this.piecesInSector = piecesInSector;
        this.historySize = historySize;
        this.sizes = sBucketSizes.clone();
        int chunks = 0;
        for (int sBucket = 0; sBucket < sizes.length; sBucket++) {
            if (sBucket % GROUP == 0) {
                groupOffsets[sBucket / GROUP] = chunks;
            }
            chunks += sizes[sBucket];
        }
    }

    /** The stand-in for a record that cannot be read: no chunks, so never audited, and soon expired. */
    public static SectorMetadata dummy(int sectorIndex, int piecesInSector) {
        return new SectorMetadata(sectorIndex, piecesInSector, 1, new char[ProtocolSizes.S_BUCKETS]);
    }

    /**
     * Reads an encoding.
     *
     * @throws SectorFormatException if the length, the checksum or the history size is wrong
     */
    public static SectorMetadata decode(byte[] encoded) throws SectorFormatException {
        if (encoded.length != ENCODED_BYTES) {
            throw new SectorFormatException(
                    SectorFormatException.Kind.INVALID_LENGTH,
                    "sector metadata has " + ENCODED_BYTES + " bytes, got " + encoded.length);
        }
        Blake3Hash expected = Blake3.hash(encoded, 0, CHECKSUM_OFFSET);
        Blake3Hash found = Blake3Hash.of(encoded, CHECKSUM_OFFSET);
        if (!expected.equals(found)) {
            throw new SectorFormatException(
                    SectorFormatException.Kind.CHECKSUM_MISMATCH,
                    "sector metadata: its bytes hash to " + expected + ", its checksum is " + found);
        }
        long historySize = (long) U64.get(encoded, HISTORY_SIZE_OFFSET);
        if (historySize == 0) {
            throw new SectorFormatException(
                    SectorFormatException.Kind.ZERO_HISTORY_SIZE, "sector metadata: history size is 0");
        }
        char[] sizes = new char[ProtocolSizes.S_BUCKETS];
        for (int sBucket = 0; sBucket < sizes.length; sBucket++) {
            sizes[sBucket] = (char) (short) U16.get(encoded, SIZES_OFFSET + 2 * sBucket);
        }
        return new SectorMetadata(
                Short.toUnsignedInt((short) U16.get(encoded, 0)),
                Short.toUnsignedInt((short) U16.get(encoded, 2)),
                historySize,
                sizes);
    }

    /** The encoding with its checksum, {@value #ENCODED_BYTES} bytes. */
    public byte[] encode() {
        byte[] encoded = new byte[ENCODED_BYTES];
        U16.set(encoded, 0, (short) sectorIndex);
        U16.set(encoded, 2, (short) piecesInSector);
        for (int sBucket = 0; sBucket < sizes.length; sBucket++) {
            U16.set(encoded, SIZES_OFFSET + 2 * sBucket, (short) sizes[sBucket]);
        }
        U64.set(encoded, HISTORY_SIZE_OFFSET, historySize);
        Blake3.hashInto(encoded, 0, CHECKSUM_OFFSET, encoded, CHECKSUM_OFFSET);
        return encoded;
    }

    /** Index of the sector in its farm. */
    public int sectorIndex() {
        return sectorIndex;
    }

    /** Pieces in the sector. */
    public int piecesInSector() {
        return piecesInSector;
    }

    /** History size at which the sector was plotted, unsigned. */
    public long historySize() {
        return historySize;
    }

    /** Chunks in an s-bucket. */
    public int sBucketSize(int sBucket) {
        return sizes[sBucket];
    }

    /** Chunks in all s-buckets below this one. */
    public int sBucketOffset(int sBucket) {
        int offset = groupOffsets[sBucket / GROUP];
        for (int below = sBucket / GROUP * GROUP; below < sBucket; below++) {
            offset += sizes[below];
        }
        return offset;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SectorMetadata that
                && sectorIndex == that.sectorIndex
                && piecesInSector == that.piecesInSector
                && historySize == that.historySize
                && Arrays.equals(sizes, that.sizes);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * sectorIndex + Long.hashCode(historySize)) + Arrays.hashCode(sizes);
    }

    @Override
    public String toString() {
        return "sector " + sectorIndex + " of " + piecesInSector + " pieces, history size "
                + Long.toUnsignedString(historySize);
    }
}

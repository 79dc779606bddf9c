package xyz.autonomys.farmer.sector;

import xyz.autonomys.farmer.primitives.ProtocolSizes;

/**
 * Where everything lies in the bytes of a sector of N pieces (specification 04 §8).
 *
 * <table>
 * <caption>Layout</caption>
 * <tr><th>offset</th><th>size</th><th>region</th></tr>
 * <tr><td>0</td><td>8,192·N + 32</td><td>contents map and its checksum</td></tr>
 * <tr><td>8,192·N + 32</td><td>1,048,576·N</td><td>chunks, by s-bucket, in it by record</td></tr>
 * <tr><td>1,056,768·N + 32</td><td>128·N</td><td>record metadata: commitment, witness, piece checksum</td></tr>
 * <tr><td>1,056,896·N + 32</td><td>32</td><td>BLAKE3 of all bytes before</td></tr>
 * </table>
 *
 * <p>Source: autonomys/subspace, crates/subspace-farmer-components/src/sector.rs.
 *
 * @param piecesInSector N, 1 to 65535
 */
public record SectorLayout(int piecesInSector) {
    /** Bytes of one record's bitmap of s-buckets. */
    public static final int BITMAP_BYTES = ProtocolSizes.S_BUCKETS / 8;

    /** Bytes of a checksum. */
    public static final int CHECKSUM_BYTES = 32;

    /** Bytes of one record's metadata. */
    public static final int RECORD_METADATA_BYTES = 128;

    /** Rejects a number of pieces outside 1 to 65535. */
    public SectorLayout {
        if (piecesInSector < 1 || piecesInSector > 0xFFFF) {
            throw new IllegalArgumentException("a sector has 1 to 65535 pieces, got " + piecesInSector);
        }
    }

    /** Bytes of the contents map with its checksum. */
    public int contentsMapBytes() {
        return BITMAP_BYTES * piecesInSector + CHECKSUM_BYTES;
    }

    /** Where the chunks begin. */
    public long chunksOffset() {
        return contentsMapBytes();
    }

    /** Where the chunk with this number, counted over the whole sector, begins. */
    public long chunkOffset(long chunkNumber) {
        return chunksOffset() + ProtocolSizes.CHUNK_BYTES * chunkNumber;
    }

    /** Where the metadata of the record at {@code pieceOffset} begins. */
    public long recordMetadataOffset(int pieceOffset) {
        return chunksOffset()
                + (long) ProtocolSizes.RECORD_BYTES * piecesInSector
                + (long) RECORD_METADATA_BYTES * pieceOffset;
    }

    /** Where the sector's checksum begins, that is how many bytes it covers. */
    public long checksumOffset() {
        return recordMetadataOffset(piecesInSector);
    }

    /** Bytes of the sector. */
    public long sectorBytes() {
        return checksumOffset() + CHECKSUM_BYTES;
    }
}

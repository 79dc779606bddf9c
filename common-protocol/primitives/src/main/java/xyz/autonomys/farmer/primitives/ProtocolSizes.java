package xyz.autonomys.farmer.primitives;

/**
 * Sizes and counts fixed by the protocol, named once.
 *
 * <p>Source: autonomys/subspace, crates/subspace-core-primitives/src/{pieces,segments,pos}.rs.
 */
public final class ProtocolSizes {
    /** Bytes of a chunk (one scalar). */
    public static final int CHUNK_BYTES = 32;

    /** Bytes of raw history in a source chunk; the leading byte of the scalar is zero. */
    public static final int SAFE_CHUNK_BYTES = 31;

    /** Chunks of a record, 2^15. */
    public static final int RECORD_CHUNKS = 1 << 15;

    /** S-buckets of a sector, 2^16: source and parity chunks of a record. */
    public static final int S_BUCKETS = 1 << 16;

    /** Bytes of a record: 1 MiB. */
    public static final int RECORD_BYTES = RECORD_CHUNKS * CHUNK_BYTES;

    /** Raw history bytes in one source record. */
    public static final int RAW_RECORD_BYTES = RECORD_CHUNKS * SAFE_CHUNK_BYTES;

    /** Bytes of a compressed G1 point. */
    public static final int G1_BYTES = 48;

    /** Bytes of a piece: record, commitment, witness. */
    public static final int PIECE_BYTES = RECORD_BYTES + 2 * G1_BYTES;

    /** Source records of a segment. */
    public static final int SOURCE_RECORDS = 128;

    /** Pieces of a segment: source and parity interleaved, even positions are source. */
    public static final int SEGMENT_PIECES = 256;

    /** Bytes of raw history in a segment. */
    public static final int RECORDED_HISTORY_SEGMENT_BYTES = SOURCE_RECORDS * RAW_RECORD_BYTES;

    private ProtocolSizes() {}
}

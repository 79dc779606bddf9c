package xyz.autonomys.farmer.archiving;

import xyz.autonomys.farmer.primitives.ProtocolSizes;

/**
 * Arithmetic of piece indexes. A piece index is an unsigned 64-bit number; segment k owns the 256 indexes from 256·k
 * on. Inside a segment source and parity pieces alternate: even positions are source, odd ones parity.
 *
 * <p>Source: autonomys/subspace, crates/subspace-core-primitives/src/pieces.rs (spec 03 §11).
 */
public final class PieceIndexes {
    private static final int SEGMENT_BITS = 8;
    private static final long POSITION_MASK = ProtocolSizes.SEGMENT_PIECES - 1;

    private PieceIndexes() {}

    /** The segment (u64) that owns {@code pieceIndex}. */
    public static long segmentIndex(long pieceIndex) {
        return pieceIndex >>> SEGMENT_BITS;
    }

    /** The position of the piece in its segment, 0 to 255. */
    public static int position(long pieceIndex) {
        return (int) (pieceIndex & POSITION_MASK);
    }

    /** Whether the piece carries history itself; else it is a parity piece. */
    public static boolean isSource(long pieceIndex) {
        return (pieceIndex & 1) == 0;
    }

    /**
     * Which source record of its segment the piece carries, 0 to 127.
     *
     * @throws IllegalArgumentException for a parity piece, which has no source position
     */
    public static int sourcePosition(long pieceIndex) {
        requireSource(pieceIndex);
        return position(pieceIndex) >>> 1;
    }

    /**
     * The index of the source piece that follows, in the next segment after the last of a segment.
     *
     * @throws IllegalArgumentException for a parity piece
     */
    public static long nextSource(long pieceIndex) {
        requireSource(pieceIndex);
        return pieceIndex + 2;
    }

    /** The index of the piece at {@code position}, 0 to 255, of the segment. */
    public static long of(long segmentIndex, int position) {
        if (position < 0 || position >= ProtocolSizes.SEGMENT_PIECES) {
            throw new IllegalArgumentException("a segment has " + ProtocolSizes.SEGMENT_PIECES + " pieces, position "
                    + position + " does not exist");
        }
        return firstOf(segmentIndex) + position;
    }

    /** The index of the first piece of the segment. */
    public static long firstOf(long segmentIndex) {
        return segmentIndex << SEGMENT_BITS;
    }

    /** The number of pieces (u64) in a history of {@code segments} (u64), at most 2^64 − 1. */
    public static long piecesInHistory(long segments) {
        return segments >>> (Long.SIZE - SEGMENT_BITS) == 0 ? segments << SEGMENT_BITS : -1L;
    }

    /** All 256 indexes of the segment: the source pieces in ascending order, then the parity pieces. */
    public static long[] sourceFirst(long segmentIndex) {
        long[] indexes = new long[ProtocolSizes.SEGMENT_PIECES];
        long first = firstOf(segmentIndex);
        for (int i = 0; i < ProtocolSizes.SOURCE_RECORDS; i++) {
            indexes[i] = first + 2L * i;
            indexes[ProtocolSizes.SOURCE_RECORDS + i] = first + 2L * i + 1;
        }
        return indexes;
    }

    private static void requireSource(long pieceIndex) {
        if (!isSource(pieceIndex)) {
            throw new IllegalArgumentException("piece " + Long.toUnsignedString(pieceIndex)
                    + " is a parity piece, only source pieces (even indexes) have a source position");
        }
    }
}

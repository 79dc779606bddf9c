package xyz.autonomys.farmer.sector;

import xyz.autonomys.farmer.primitives.Blake3Hash;
import xyz.autonomys.farmer.primitives.FarmerProtocolInfo;
import xyz.autonomys.farmer.primitives.ProtocolSizes;
import xyz.autonomys.farmer.primitives.SectorId;
import xyz.autonomys.farmer.primitives.hash.Blake3;

/**
 * Which piece of history a sector holds at which offset (specification 04 §4): most come from the whole history, the
 * odd offsets at the front from its recent part once the history is long enough.
 *
 * <p>Source: autonomys/subspace, crates/subspace-core-primitives/src/sectors.rs ({@code derive_piece_index}).
 */
public final class PieceSelection {
    private static final int KEY_BYTES = 32;

    private PieceSelection() {}

    /**
     * The index of the piece at {@code pieceOffset}, unsigned.
     *
     * @param historySize the history size in the sector's id, which may differ from the protocol's current one
     * @param maxPiecesInSector the protocol's limit, not the number of pieces of this farm's sectors
     * @param recentSegments segments that count as recent
     * @param recentNumerator share of recent pieces, numerator
     * @param recentDenominator share of recent pieces, denominator
     */
    public static long pieceIndex(
            SectorId sectorId,
            int pieceOffset,
            long historySize,
            int maxPiecesInSector,
            long recentSegments,
            long recentNumerator,
            long recentDenominator) {
        Blake3Hash input = input(sectorId, pieceOffset);
        long recentPieces = pieces(recentSegments);
        long minHistory = Long.divideUnsigned(recentPieces * pieces(recentDenominator), pieces(recentNumerator));
        long history = pieces(historySize);
        long share = Long.divideUnsigned(maxPiecesInSector * pieces(recentNumerator), pieces(recentDenominator));
        long doubled = share * 2;
        long interleaved = doubled == 0 ? 1 : doubled;
        boolean recent = Long.compareUnsigned(history, minHistory) > 0
                && Long.compareUnsigned(pieceOffset, interleaved) < 0
                && (pieceOffset & 1) == 1;
        return recent
                ? LittleEndianHashes.remainder(input, recentPieces) + (history - recentPieces)
                : LittleEndianHashes.remainder(input, history);
    }

    /** The same with the protocol's values taken from {@code protocol}, whose own history size is not looked at. */
    public static long pieceIndex(SectorId sectorId, int pieceOffset, long historySize, FarmerProtocolInfo protocol) {
        return pieceIndex(
                sectorId,
                pieceOffset,
                historySize,
                protocol.maxPiecesInSector(),
                protocol.recentSegments(),
                protocol.recentHistoryNumerator(),
                protocol.recentHistoryDenominator());
    }

    /** The piece indexes of offsets 0 to {@code piecesInSector - 1}; the same piece may appear more than once. */
    public static long[] pieceIndexes(
            SectorId sectorId, int piecesInSector, long historySize, FarmerProtocolInfo protocol) {
        long[] indexes = new long[piecesInSector];
        for (int offset = 0; offset < piecesInSector; offset++) {
            indexes[offset] = pieceIndex(sectorId, offset, historySize, protocol);
        }
        return indexes;
    }

    private static Blake3Hash input(SectorId sectorId, int pieceOffset) {
        SectorIds.u16("piece offset", pieceOffset);
        byte[] key = new byte[KEY_BYTES];
        key[0] = (byte) pieceOffset;
        key[1] = (byte) (pieceOffset >>> 8);
        return Blake3.keyedHash(key, sectorId.toBytes());
    }

    /** Segments in pieces, saturating like the protocol's arithmetic. */
    private static long pieces(long segments) {
        long high = Math.unsignedMultiplyHigh(segments, ProtocolSizes.SEGMENT_PIECES);
        return high != 0 ? -1L : segments * ProtocolSizes.SEGMENT_PIECES;
    }
}

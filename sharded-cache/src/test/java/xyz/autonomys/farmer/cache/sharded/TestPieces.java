package xyz.autonomys.farmer.cache.sharded;

import java.util.Random;
import xyz.autonomys.farmer.cluster.pieces.VerifiedPiece;
import xyz.autonomys.farmer.primitives.Piece;
import xyz.autonomys.farmer.primitives.ProtocolSizes;

/** Pieces whose content follows from their index. */
final class TestPieces {
    private TestPieces() {}

    static VerifiedPiece piece(long index) {
        byte[] bytes = new byte[ProtocolSizes.PIECE_BYTES];
        new Random(index).nextBytes(bytes);
        return new VerifiedPiece(index, Piece.wrap(bytes));
    }
}

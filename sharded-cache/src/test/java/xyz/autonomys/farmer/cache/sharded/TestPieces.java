package xyz.autonomys.farmer.cache.sharded;

import java.util.Random;
import xyz.autonomys.farmer.cluster.parity.PieceFragment;
import xyz.autonomys.farmer.primitives.Piece;
import xyz.autonomys.farmer.primitives.ProtocolSizes;
import xyz.autonomys.farmer.primitives.hash.Blake3;

/** Pieces whose content follows from their index. */
final class TestPieces {
    private TestPieces() {}

    static CacheItem.Content piece(long index) {
        byte[] bytes = new byte[ProtocolSizes.PIECE_BYTES];
        new Random(index).nextBytes(bytes);
        return new CacheItem.Content(CacheItem.whole(index), bytes);
    }

    static CacheItem.Content fragment(long index, int parts, int number) {
        Piece piece = Piece.wrap(piece(index).bytes());
        return new CacheItem.Content(
                new CacheItem(index, parts, number),
                PieceFragment.cut(piece, Blake3.hash(piece.array()), parts, number)
                        .bytes());
    }
}

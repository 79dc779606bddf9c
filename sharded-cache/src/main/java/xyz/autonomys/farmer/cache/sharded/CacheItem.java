package xyz.autonomys.farmer.cache.sharded;

import xyz.autonomys.farmer.cluster.parity.PieceFragment;
import xyz.autonomys.farmer.primitives.ProtocolSizes;

/**
 * What a cell of a store can hold: a whole piece or a fragment.
 *
 * @param piece piece index (u64)
 * @param parts 1 for the whole piece, else the data fragments of the piece
 * @param number number of the fragment, 0 for the whole piece
 */
record CacheItem(long piece, int parts, int number) {
    static CacheItem whole(long piece) {
        return new CacheItem(piece, 1, 0);
    }

    /** Bytes of an item of which a slot takes {@code parts}. */
    static int bytesOf(int parts) {
        return parts == 1 ? ProtocolSizes.PIECE_BYTES : PieceFragment.bytesOf(parts);
    }

    @Override
    public String toString() {
        String index = Long.toUnsignedString(piece);
        return parts == 1 ? "piece " + index : "fragment " + number + " of piece " + index;
    }

    /**
     * An item with its bytes.
     *
     * @param item which
     * @param bytes of length {@link #bytesOf}
     */
    record Content(CacheItem item, byte[] bytes) {}
}

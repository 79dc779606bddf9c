package xyz.autonomys.farmer.cluster.control;

/**
 * In which form the caches of a map keep a piece.
 *
 * @param itemType {@link #PIECE} or {@link #SPLIT_PARITY_PIECE}
 * @param replicas caches that hold each whole piece; 1 for split pieces
 * @param dataFragments fragments that suffice to rebuild a split piece, each of them a part of it as large as the piece
 *     divided by this number; 0 for whole pieces
 * @param parityFragments further fragments of a split piece: as many may be lost; 0 for whole pieces
 */
public record CacheLayout(String itemType, int replicas, int dataFragments, int parityFragments) {
    /** Item type of whole pieces. */
    public static final String PIECE = "piece";

    /** Item type of pieces in fragments. */
    public static final String SPLIT_PARITY_PIECE = "split-parity-piece";

    /** Data fragments if nothing else is asked for: with one parity fragment a cluster of three hosts is used fully. */
    public static final int DEFAULT_DATA_FRAGMENTS = 2;

    /** Parity fragments if nothing else is asked for. */
    public static final int DEFAULT_PARITY_FRAGMENTS = 1;

    /** The most data fragments: a slot of a cache is divided into so many parts at most. */
    public static final int MAX_DATA_FRAGMENTS = 16;

    private static final int MAX_COPIES = 32;

    /** Checks the figures. */
    public CacheLayout {
        switch (itemType) {
            case PIECE -> {
                if (replicas < 1 || replicas > MAX_COPIES || dataFragments != 0 || parityFragments != 0) {
                    throw new IllegalArgumentException("whole pieces have 1 to " + MAX_COPIES
                            + " replicas and no fragments, got " + replicas + " replicas and " + dataFragments + " + "
                            + parityFragments + " fragments");
                }
            }
            case SPLIT_PARITY_PIECE -> {
                if (replicas != 1
                        || dataFragments < 2
                        || dataFragments > MAX_DATA_FRAGMENTS
                        || parityFragments < 1
                        || dataFragments + parityFragments > MAX_COPIES) {
                    throw new IllegalArgumentException("split pieces have 2 to " + MAX_DATA_FRAGMENTS
                            + " data fragments, 1 or more parity fragments, at most " + MAX_COPIES
                            + " together, and 1 replica, got " + dataFragments + " + " + parityFragments
                            + " fragments and " + replicas + " replicas");
                }
            }
            case null, default ->
                throw new IllegalArgumentException("cache item type \"" + itemType + "\" is unknown; known are \""
                        + PIECE + "\" and \"" + SPLIT_PARITY_PIECE + "\"");
        }
    }

    /** Whole pieces on this many caches. */
    public static CacheLayout pieces(int replicas) {
        return new CacheLayout(PIECE, replicas, 0, 0);
    }

    /** Pieces in fragments. */
    public static CacheLayout splitParity(int dataFragments, int parityFragments) {
        return new CacheLayout(SPLIT_PARITY_PIECE, 1, dataFragments, parityFragments);
    }

    /** Whether pieces are kept in fragments. */
    public boolean isSplit() {
        return dataFragments > 0;
    }

    /** Items that there are of one piece, on as many caches if there are so many. */
    public int copies() {
        return isSplit() ? dataFragments + parityFragments : replicas;
    }

    /** Parts into which a slot for a whole piece is divided for items of this layout. */
    public int partsOfSlot() {
        return isSplit() ? dataFragments : 1;
    }

    /** How many of this number of caches may be lost, whichever they are, so that every piece can still be had. */
    public int survivableLosses(int caches) {
        if (caches == 0) {
            return 0;
        }
        if (!isSplit()) {
            return Math.min(replicas, caches) - 1;
        }
        int left = parityFragments;
        int lost = 0;
        int most = Math.ceilDiv(copies(), caches);
        int withMost = copies() - (most - 1) * caches;
        for (int cache = 0; cache < caches; cache++) {
            left -= cache < withMost ? most : most - 1;
            if (left < 0) {
                break;
            }
            lost++;
        }
        return lost;
    }

    @Override
    public String toString() {
        return isSplit()
                ? itemType + " with " + dataFragments + " + " + parityFragments + " fragments"
                : itemType + " with " + replicas + (replicas == 1 ? " replica" : " replicas");
    }
}

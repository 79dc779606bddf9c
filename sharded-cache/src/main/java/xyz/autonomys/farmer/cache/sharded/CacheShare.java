package xyz.autonomys.farmer.cache.sharded;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.stream.IntStream;
import xyz.autonomys.farmer.archiving.PieceIndexes;
import xyz.autonomys.farmer.cluster.control.MemberId;
import xyz.autonomys.farmer.cluster.control.Placement;

/**
 * The pieces of which this cache should hold something: those that placement gives it, as far as history goes and its
 * slots suffice; when they do not, the oldest ones. A bit for each piece of history. Changed by one thread, read by any.
 */
final class CacheShare {
    private static final int CHUNK = 1 << 16;

    private final MemberId self;
    private final int slots;
    private volatile State state = new State(null, 0, new BitSet(), 0, 0, 0);

    /**
     * The share at one time; never changed.
     *
     * @param placement of the map it follows, null if there is none yet
     * @param segments of history that are placed
     * @param pieces a bit for each piece of the share
     * @param count of these
     * @param items that these are in this cache
     * @param beyond pieces that have no slot
     */
    private record State(Placement placement, long segments, BitSet pieces, int count, long items, long beyond) {}

    CacheShare(MemberId self, int slots) {
        this.self = self;
        this.slots = slots;
    }

    /** Places everything anew by a newer cache map. */
    void place(Placement placement) {
        state = extend(new State(placement, 0, new BitSet(), 0, 0, 0), state.segments());
    }

    /** Follows history to its new length. */
    void grow(long segments) {
        State before = state;
        if (segments <= before.segments()) {
            return;
        }
        state = before.placement() == null
                ? new State(null, segments, before.pieces(), 0, 0, 0)
                : extend(before, segments);
    }

    /** Adds the share of further segments, and counts the pieces for which there is no slot. */
    private State extend(State before, long segments) {
        Placement placement = before.placement();
        int from = Math.toIntExact(PieceIndexes.firstOf(before.segments()));
        int to = Math.toIntExact(PieceIndexes.firstOf(segments));
        List<BitSet> chunks = IntStream.range(0, Math.ceilDiv(to - from, CHUNK))
                .parallel()
                .mapToObj(chunk -> owned(placement, from + chunk * CHUNK, Math.min(to, from + (chunk + 1) * CHUNK)))
                .toList();
        long capacity = (long) slots * placement.layout().partsOfSlot();
        boolean several = placement.map().members().size() < placement.layout().copies();
        BitSet pieces = (BitSet) before.pieces().clone();
        int count = before.count();
        long items = before.items();
        long beyond = before.beyond();
        for (int i = 0; i < chunks.size(); i++) {
            BitSet owned = chunks.get(i);
            for (int bit = owned.nextSetBit(0); bit >= 0; bit = owned.nextSetBit(bit + 1)) {
                int piece = from + i * CHUNK + bit;
                int more = several ? placement.fragments(self, piece).length : 1;
                if (items + more <= capacity) {
                    pieces.set(piece);
                    count++;
                    items += more;
                } else {
                    beyond++;
                }
            }
        }
        return new State(placement, segments, pieces, count, items, beyond);
    }

    private BitSet owned(Placement placement, int from, int to) {
        BitSet owned = new BitSet(CHUNK);
        int position = placement.position(self);
        for (int piece = from; piece < to && position >= 0; piece++) {
            if (placement.isHolder(position, piece)) {
                owned.set(piece - from);
            }
        }
        return owned;
    }

    boolean contains(long piece) {
        return piece >= 0 && piece < Integer.MAX_VALUE && state.pieces().get((int) piece);
    }

    /** Calls {@code each} with every piece of the share, in ascending order. */
    void forEach(LongConsumer each) {
        BitSet pieces = state.pieces();
        for (int piece = pieces.nextSetBit(0); piece >= 0; piece = pieces.nextSetBit(piece + 1)) {
            each.accept(piece);
        }
    }

    /** What this cache should hold of a piece; nothing if the piece is not of its share. */
    List<CacheItem> items(long piece) {
        State now = state;
        if (!contains(piece)) {
            return List.of();
        }
        List<CacheItem> items = new ArrayList<>(1);
        for (int fragment : now.placement().fragments(self, piece)) {
            items.add(new CacheItem(piece, now.placement().layout().partsOfSlot(), fragment));
        }
        return items;
    }

    /** The placement that the share follows, null if there is none yet. */
    Placement placement() {
        return state.placement();
    }

    /** Number of the map that the share follows, 0 if there is none yet. */
    long epoch() {
        Placement placement = state.placement();
        return placement == null ? 0 : placement.map().epoch();
    }

    /** Pieces of the share. */
    int size() {
        return state.count();
    }

    /** Pieces that placement gives to this cache and that do not fit. */
    long beyondSlots() {
        return state.beyond();
    }
}

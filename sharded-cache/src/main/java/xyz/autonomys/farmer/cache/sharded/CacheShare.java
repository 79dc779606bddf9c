package xyz.autonomys.farmer.cache.sharded;

import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import xyz.autonomys.farmer.archiving.PieceIndexes;
import xyz.autonomys.farmer.cluster.control.MemberId;
import xyz.autonomys.farmer.cluster.control.Placement;

/**
 * The pieces that this cache should hold: those that placement gives it, as far as history goes and its slots suffice;
 * when they do not, the oldest ones. Changed by one thread, read by any.
 */
final class CacheShare {
    private final MemberId self;
    private final int slots;
    private final Set<Long> pieces = ConcurrentHashMap.newKeySet();
    private Placement placement;
    private long segments;
    private volatile long beyondSlots;

    CacheShare(MemberId self, int slots) {
        this.self = self;
        this.slots = slots;
    }

    /** Places everything anew by a newer cache map. */
    void place(Placement newPlacement) {
        placement = newPlacement;
        Set<Long> share = new TreeSet<>(Long::compareUnsigned);
        long beyond = collect(share, 0, segments, 0);
        pieces.retainAll(share);
        pieces.addAll(share);
        beyondSlots = beyond;
    }

    /** Follows history to its new length. */
    void grow(long newSegments) {
        if (placement != null && newSegments > segments) {
            beyondSlots += collect(pieces, segments, newSegments, pieces.size());
        }
        segments = Math.max(segments, newSegments);
    }

    /** Adds the share of some segments, and counts the pieces for which there is no slot. */
    private long collect(Set<Long> target, long fromSegment, long toSegment, int taken) {
        int room = slots - taken;
        long beyond = 0;
        long end = PieceIndexes.firstOf(toSegment);
        for (long index = PieceIndexes.firstOf(fromSegment); index != end; index++) {
            if (placement.isHolder(self, index)) {
                if (room > 0) {
                    target.add(index);
                    room--;
                } else {
                    beyond++;
                }
            }
        }
        return beyond;
    }

    boolean contains(long pieceIndex) {
        return pieces.contains(pieceIndex);
    }

    /** The pieces themselves, live. */
    Set<Long> pieces() {
        return pieces;
    }

    /** Pieces of the share that do not fit. */
    long beyondSlots() {
        return beyondSlots;
    }
}

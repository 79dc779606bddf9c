package xyz.autonomys.farmer.sector.plot;

import java.util.Set;
import xyz.autonomys.farmer.primitives.Piece;

/** Where pieces come from. What it hands out is not trusted: a {@link PieceCheck} looks at it first. */
@FunctionalInterface
public interface PieceGetter {
    /**
     * Gets pieces and reports each as it arrives, in any order, from any thread; returns when all have been answered or
     * given up, at the latest after a time-out of its own. Called from several threads at once.
     *
     * @param pieceIndexes wanted pieces, unsigned; at most {@link PieceGathering#BATCH} of them
     * @throws InterruptedException if the calling thread is interrupted, which it must be after at most a few seconds
     */
    void get(Set<Long> pieceIndexes, Receiver receiver) throws InterruptedException;

    /** Takes the answers, from any thread. A piece that is never answered counts as failed. */
    interface Receiver {
        /** The piece with this index. */
        void found(long pieceIndex, Piece piece);

        /** No piece this time; {@code reason} says what was asked and what went wrong. */
        void failed(long pieceIndex, String reason);
    }
}

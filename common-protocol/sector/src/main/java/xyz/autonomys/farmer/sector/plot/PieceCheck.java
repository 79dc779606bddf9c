package xyz.autonomys.farmer.sector.plot;

import java.util.BitSet;
import java.util.List;

/**
 * Decides which of the pieces that arrived are what was asked for. It stands between every source and every sector,
 * because one wrong piece makes a record that never wins and is noticed by nobody.
 *
 * <p>Pieces come in batches, since verifying many together costs little more than one.
 */
@FunctionalInterface
public interface PieceCheck {
    /** For sources that hand out nothing they have not verified, such as the farmer's own archiver in memory. */
    PieceCheck SOURCE_HAS_VERIFIED = pieces -> {
        BitSet all = new BitSet(pieces.size());
        all.set(0, pieces.size());
        return all;
    };

    /**
     * The positions in the list of all valid pieces. Called from several threads.
     *
     * @throws InterruptedException if the caller gives up
     */
    BitSet valid(List<IndexedPiece> pieces) throws InterruptedException;
}

package xyz.autonomys.farmer.cluster.pieces;

import java.io.IOException;
import java.util.List;

/** Where a fill puts pieces. Called by one thread at a time, which is never interrupted. */
@FunctionalInterface
public interface PieceKeeper {
    /**
     * Stores pieces for good; when it returns, not even a power cut takes them.
     *
     * @throws IOException if they cannot be stored now; the text says what helps
     */
    void store(List<VerifiedPiece> pieces) throws IOException;
}

package xyz.autonomys.farmer.sector.verify;

/**
 * What the network says of a solution: its distance, or the first check that failed. {@link #text()} is what a node
 * reports.
 *
 * <p>Source: autonomys/subspace, crates/subspace-verification/src/lib.rs ({@code Error}).
 */
public sealed interface SolutionVerdict {
    /** The verdict in words. */
    String text();

    /**
     * All checks passed.
     *
     * @param distance of the chunk from the global challenge, unsigned
     */
    record Valid(long distance) implements SolutionVerdict {
        @Override
        public String text() {
            return "Solution distance " + Long.toUnsignedString(distance);
        }
    }

    /** A check failed. */
    sealed interface Rejected extends SolutionVerdict {}

    /** The proof is not one of this sector, offset and s-bucket. Most wrong fields end here, because it comes first. */
    record InvalidProofOfSpace() implements Rejected {
        @Override
        public String text() {
            return "Invalid proof of space";
        }
    }

    /**
     * The chunk is too far from the challenge.
     *
     * @param half half of the solution range, unsigned
     * @param distance the chunk's distance, unsigned
     */
    record OutsideSolutionRange(long half, long distance) implements Rejected {
        @Override
        public String text() {
            return "Solution distance " + Long.toUnsignedString(distance) + " is outside of solution range "
                    + Long.toUnsignedString(half) + " (half of actual solution range)";
        }
    }

    /** The chunk is no canonical scalar. */
    record InvalidChunk() implements Rejected {
        @Override
        public String text() {
            return "Invalid chunk: Invalid scalar";
        }
    }

    /** The chunk is not in the record, or the record commitment or the witness is no point. */
    record InvalidChunkWitness() implements Rejected {
        @Override
        public String text() {
            return "Invalid chunk witness";
        }
    }

    /**
     * The sector claims more history than there is.
     *
     * @param currentHistorySize the chain's, unsigned; one more would be accepted
     * @param historySize the sector's, unsigned
     */
    record FutureHistorySize(long currentHistorySize, long historySize) implements Rejected {
        @Override
        public String text() {
            return "History size " + Long.toUnsignedString(historySize) + " is in the future, current is "
                    + Long.toUnsignedString(currentHistorySize);
        }
    }

    /**
     * No sector has this offset.
     *
     * @param pieceOffset the solution's
     * @param maxPiecesInSector the protocol's limit
     */
    record InvalidPieceOffset(int pieceOffset, int maxPiecesInSector) implements Rejected {
        @Override
        public String text() {
            return "Piece verification failed";
        }
    }

    /** The sector's lifetime exceeds 64 bits. */
    record InvalidHistorySize() implements Rejected {
        @Override
        public String text() {
            return "Invalid history size";
        }
    }

    /**
     * The sector has expired.
     *
     * @param expirationHistorySize history size from which on it counts no more, unsigned
     * @param currentHistorySize the chain's, unsigned
     */
    record SectorExpired(long expirationHistorySize, long currentHistorySize) implements Rejected {
        @Override
        public String text() {
            return "Sector expired";
        }
    }

    /** The record is not the piece of history that the sector must have there. */
    record InvalidPiece() implements Rejected {
        @Override
        public String text() {
            return "Piece verification failed";
        }
    }
}

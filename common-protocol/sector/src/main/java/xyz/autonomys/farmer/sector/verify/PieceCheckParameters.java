package xyz.autonomys.farmer.sector.verify;

import java.util.Optional;
import xyz.autonomys.farmer.primitives.SegmentCommitment;

/**
 * What is needed to check that a solution's record is the right piece of history. All integers are unsigned.
 *
 * @param maxPiecesInSector the protocol's limit (u16)
 * @param segmentCommitment of the segment that has the solution's piece, see {@link SolutionVerifier#pieceIndex}
 * @param recentSegments segments that count as recent history
 * @param recentHistoryNumerator share of pieces from recent history, numerator
 * @param recentHistoryDenominator its denominator
 * @param minSectorLifetime segments after which a sector may expire at the earliest
 * @param currentHistorySize history size of the chain
 * @param expirationCheckCommitment of the segment with index (sector's history size + lifetime − 1), if archived yet
 */
public record PieceCheckParameters(
        int maxPiecesInSector,
        SegmentCommitment segmentCommitment,
        long recentSegments,
        long recentHistoryNumerator,
        long recentHistoryDenominator,
        long minSectorLifetime,
        long currentHistorySize,
        Optional<SegmentCommitment> expirationCheckCommitment) {}

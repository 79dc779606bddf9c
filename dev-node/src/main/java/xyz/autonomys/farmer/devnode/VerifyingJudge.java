package xyz.autonomys.farmer.devnode;

import java.util.Optional;
import xyz.autonomys.farmer.archiving.PieceIndexes;
import xyz.autonomys.farmer.devnode.chain.ChainSettings;
import xyz.autonomys.farmer.devnode.chain.SegmentStore;
import xyz.autonomys.farmer.devnode.chain.SolutionJudge;
import xyz.autonomys.farmer.primitives.PotOutput;
import xyz.autonomys.farmer.primitives.SegmentHeader;
import xyz.autonomys.farmer.primitives.Solution;
import xyz.autonomys.farmer.sector.verify.PieceCheckParameters;
import xyz.autonomys.farmer.sector.verify.SolutionParameters;
import xyz.autonomys.farmer.sector.verify.SolutionVerdict;
import xyz.autonomys.farmer.sector.verify.SolutionVerifier;

/** Judges solutions by the consensus rule against the simulated history (spec 06 §5.3, §12 S6). */
final class VerifyingJudge implements SolutionJudge {
    private final ChainSettings settings;
    private final SegmentStore segments;
    private final SolutionVerifier verifier;

    VerifyingJudge(ChainSettings settings, SegmentStore segments, SolutionVerifier verifier) {
        this.settings = settings;
        this.segments = segments;
        this.verifier = verifier;
    }

    @Override
    public Judgement judge(Solution solution, long slot, PotOutput pot, long votingRange) {
        long piece = SolutionVerifier.pieceIndex(solution, settings.protocolInfo(solution.historySize()));
        Optional<SegmentHeader> segment = segments.get(PieceIndexes.segmentIndex(piece));
        if (segment.isEmpty()) {
            return new Judgement.Invalid("segment " + Long.toUnsignedString(PieceIndexes.segmentIndex(piece))
                    + " of piece " + Long.toUnsignedString(piece) + " is not archived");
        }
        long checkSegment = solution.historySize() + settings.minSectorLifetime() - 1;
        PieceCheckParameters pieceCheck = new PieceCheckParameters(
                settings.maxPiecesInSector(),
                segment.get().segmentCommitment(),
                settings.recentSegments(),
                settings.recentHistoryNumerator(),
                settings.recentHistoryDenominator(),
                settings.minSectorLifetime(),
                segments.size(),
                segments.get(checkSegment).map(SegmentHeader::segmentCommitment));
        return switch (verifier.verify(
                solution, slot, new SolutionParameters(pot, votingRange, Optional.of(pieceCheck)))) {
            case SolutionVerdict.Valid(long distance) -> new Judgement.Valid(distance);
            case SolutionVerdict.SectorExpired expired ->
                new Judgement.Expired(expired.text() + " at " + Long.toUnsignedString(expired.expirationHistorySize())
                        + " of " + Long.toUnsignedString(expired.currentHistorySize()) + " segments");
            case SolutionVerdict.Rejected rejected -> new Judgement.Invalid(rejected.text());
        };
    }
}

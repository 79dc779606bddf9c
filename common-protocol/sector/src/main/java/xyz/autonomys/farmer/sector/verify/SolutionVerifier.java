package xyz.autonomys.farmer.sector.verify;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import xyz.autonomys.farmer.erasure.InvalidScalarException;
import xyz.autonomys.farmer.erasure.Scalar;
import xyz.autonomys.farmer.kzg.Kzg;
import xyz.autonomys.farmer.kzg.KzgCommitment;
import xyz.autonomys.farmer.kzg.KzgOpening;
import xyz.autonomys.farmer.kzg.KzgWitness;
import xyz.autonomys.farmer.pos.PosVerifier;
import xyz.autonomys.farmer.primitives.Blake3Hash;
import xyz.autonomys.farmer.primitives.FarmerProtocolInfo;
import xyz.autonomys.farmer.primitives.PosProof;
import xyz.autonomys.farmer.primitives.PosSeed;
import xyz.autonomys.farmer.primitives.ProtocolSizes;
import xyz.autonomys.farmer.primitives.SectorId;
import xyz.autonomys.farmer.primitives.Solution;
import xyz.autonomys.farmer.primitives.hash.Blake3;
import xyz.autonomys.farmer.sector.PieceSelection;
import xyz.autonomys.farmer.sector.SectorExpiration;
import xyz.autonomys.farmer.sector.SectorIds;
import xyz.autonomys.farmer.sector.SolutionRanges;
import xyz.autonomys.farmer.sector.verify.SolutionVerdict.FutureHistorySize;
import xyz.autonomys.farmer.sector.verify.SolutionVerdict.InvalidChunk;
import xyz.autonomys.farmer.sector.verify.SolutionVerdict.InvalidChunkWitness;
import xyz.autonomys.farmer.sector.verify.SolutionVerdict.InvalidHistorySize;
import xyz.autonomys.farmer.sector.verify.SolutionVerdict.InvalidPiece;
import xyz.autonomys.farmer.sector.verify.SolutionVerdict.InvalidPieceOffset;
import xyz.autonomys.farmer.sector.verify.SolutionVerdict.InvalidProofOfSpace;
import xyz.autonomys.farmer.sector.verify.SolutionVerdict.OutsideSolutionRange;
import xyz.autonomys.farmer.sector.verify.SolutionVerdict.Rejected;
import xyz.autonomys.farmer.sector.verify.SolutionVerdict.SectorExpired;
import xyz.autonomys.farmer.sector.verify.SolutionVerdict.Valid;

/**
 * The consensus check of a solution (specification 04 §15). The first failed check, in the protocol's order, is the
 * verdict. Thread-safe.
 *
 * <p>Both openings of a good solution are checked with one pair of pairings; only when that fails is each looked at alone,
 * to tell which is wrong.
 *
 * <p>Source: autonomys/subspace, crates/subspace-verification/src/lib.rs ({@code verify_solution}).
 */
public final class SolutionVerifier {
    private final Kzg kzg;
    private final ProofOfSpaceRule proofOfSpace;

    /** A verifier for real networks. */
    public SolutionVerifier(Kzg kzg) {
        this(kzg, PosVerifier::isValid);
    }

    /** A verifier with another proof of space, such as {@code ShimTableBuilder::isValid}; never for real networks. */
    public SolutionVerifier(Kzg kzg, ProofOfSpaceRule proofOfSpace) {
        this.kzg = kzg;
        this.proofOfSpace = proofOfSpace;
    }

    /** Decides about proofs of space. */
    @FunctionalInterface
    public interface ProofOfSpaceRule {
        /** Whether the proof is valid for this seed and s-bucket. */
        boolean isValid(PosSeed seed, int sBucket, PosProof proof);
    }

    /** The id of the sector that a solution claims to come from. */
    public static SectorId sectorId(Solution solution) {
        return SectorIds.sectorId(
                SectorIds.publicKeyHash(solution.publicKey()), solution.sectorIndex(), solution.historySize());
    }

    /**
     * The index of the piece that must be at the solution's offset, unsigned: its segment's commitment goes into
     * {@link PieceCheckParameters}. The history size in {@code protocol} is not looked at.
     */
    public static long pieceIndex(Solution solution, FarmerProtocolInfo protocol) {
        return PieceSelection.pieceIndex(sectorId(solution), solution.pieceOffset(), solution.historySize(), protocol);
    }

    /** The verdict on a solution of {@code slot}, unsigned. */
    public SolutionVerdict verify(Solution solution, long slot, SolutionParameters parameters) {
        SectorId sectorId = sectorId(solution);
        Blake3Hash globalChallenge = SectorIds.globalChallenge(parameters.proofOfTime(), slot);
        Blake3Hash challenge = SectorIds.sectorSlotChallenge(sectorId, globalChallenge);
        int sBucket = SectorIds.sBucket(challenge);
        PosSeed seed = SectorIds.posSeed(sectorId, solution.pieceOffset());
        if (!proofOfSpace.isValid(seed, sBucket, solution.proofOfSpace())) {
            return new InvalidProofOfSpace();
        }
        long distance = SolutionRanges.chunkDistance(globalChallenge, challenge, storedChunk(solution));
        if (!SolutionRanges.isWithin(distance, parameters.solutionRange())) {
            return new OutsideSolutionRange(parameters.solutionRange() >>> 1, distance);
        }
        KzgCommitment commitment = KzgCommitment.of(solution.recordCommitment());
        if (!isCanonical(solution)) {
            return kzg.isPoint(commitment) ? new InvalidChunk() : new InvalidChunkWitness();
        }
        KzgOpening chunk = new KzgOpening(
                commitment, ProtocolSizes.S_BUCKETS, sBucket, solution.chunk(), KzgWitness.of(solution.chunkWitness()));
        Optional<Rejected> rejected =
                parameters.pieceCheck().flatMap(check -> placeInHistory(sectorId, solution, check));
        if (rejected.isPresent() || parameters.pieceCheck().isEmpty()) {
            return kzg.verifyAll(List.of(chunk))
                    ? rejected.<SolutionVerdict>map(verdict -> verdict).orElse(new Valid(distance))
                    : new InvalidChunkWitness();
        }
        KzgOpening record =
                recordOpening(sectorId, solution, parameters.pieceCheck().get());
        if (kzg.verifyAll(List.of(chunk, record))) {
            return new Valid(distance);
        }
        return kzg.verifyAll(List.of(chunk)) ? new InvalidPiece() : new InvalidChunkWitness();
    }

    /** The chunk as the sector stores it: the mask comes from the proof the solution brings. */
    private static byte[] storedChunk(Solution solution) {
        byte[] chunk = solution.chunk().toBytes();
        Blake3Hash mask = Blake3.hash(solution.proofOfSpace().toBytes());
        for (int i = 0; i < chunk.length; i++) {
            chunk[i] ^= mask.byteAt(i);
        }
        return chunk;
    }

    private static boolean isCanonical(Solution solution) {
        try {
            Scalar.of(solution.chunk());
            return true;
        } catch (InvalidScalarException e) {
            return false;
        }
    }

    /** The checks of numbers, which come before the record witness is looked at. */
    private static Optional<Rejected> placeInHistory(SectorId sectorId, Solution solution, PieceCheckParameters check) {
        // A node's segment store can be one segment ahead of the state a block is built on.
        long max = check.currentHistorySize() + 1;
        if (max != 0 && Long.compareUnsigned(solution.historySize(), max) > 0) {
            return Optional.of(new FutureHistorySize(check.currentHistorySize(), solution.historySize()));
        }
        if (solution.pieceOffset() >= check.maxPiecesInSector()) {
            return Optional.of(new InvalidPieceOffset(solution.pieceOffset(), check.maxPiecesInSector()));
        }
        if (check.expirationCheckCommitment().isEmpty()) {
            return Optional.empty();
        }
        OptionalLong expiration = SectorExpiration.expirationHistorySize(
                sectorId,
                solution.historySize(),
                check.minSectorLifetime(),
                check.expirationCheckCommitment().get());
        if (expiration.isEmpty()) {
            return Optional.of(new InvalidHistorySize());
        }
        return SectorExpiration.isExpired(expiration.getAsLong(), check.currentHistorySize())
                ? Optional.of(new SectorExpired(expiration.getAsLong(), check.currentHistorySize()))
                : Optional.empty();
    }

    /** The claim that the segment has the hash of the record's commitment at the piece's position. */
    private static KzgOpening recordOpening(SectorId sectorId, Solution solution, PieceCheckParameters check) {
        long pieceIndex = PieceSelection.pieceIndex(
                sectorId,
                solution.pieceOffset(),
                solution.historySize(),
                check.maxPiecesInSector(),
                check.recentSegments(),
                check.recentHistoryNumerator(),
                check.recentHistoryDenominator());
        return new KzgOpening(
                KzgCommitment.of(check.segmentCommitment()),
                ProtocolSizes.SEGMENT_PIECES,
                (int) Long.remainderUnsigned(pieceIndex, ProtocolSizes.SEGMENT_PIECES),
                Scalar.hash(solution.recordCommitment().toBytes()).toBytes(),
                KzgWitness.of(solution.recordWitness()));
    }
}

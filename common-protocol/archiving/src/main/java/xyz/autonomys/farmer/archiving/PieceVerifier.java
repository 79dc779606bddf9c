package xyz.autonomys.farmer.archiving;

import static xyz.autonomys.farmer.primitives.ProtocolSizes.RECORD_CHUNKS;
import static xyz.autonomys.farmer.primitives.ProtocolSizes.SEGMENT_PIECES;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import xyz.autonomys.farmer.erasure.InvalidScalarException;
import xyz.autonomys.farmer.erasure.Polynomials;
import xyz.autonomys.farmer.erasure.Scalar;
import xyz.autonomys.farmer.kzg.Kzg;
import xyz.autonomys.farmer.kzg.KzgCommitment;
import xyz.autonomys.farmer.kzg.KzgOpening;
import xyz.autonomys.farmer.kzg.KzgWitness;
import xyz.autonomys.farmer.primitives.Piece;
import xyz.autonomys.farmer.primitives.ScalarBytes;

/**
 * Tells pieces of history from anything else: the record must match its commitment, and the commitment's hash must be
 * what the segment's commitment has at the piece's position.
 *
 * <p>Nearly all the cost is one commitment of a record. Since commitments are linear, many pieces together need only one
 * more: a random combination of the records is committed to and compared with the same combination of the commitments;
 * a wrong piece passes with chance 2^−128. A batch that fails is halved until the wrong pieces are found. Thread-safe.
 *
 * <p>Source: autonomys/subspace, crates/subspace-verification/src/lib.rs, is_piece_valid (spec 03 §13; batches: spec 02
 * §13.5).
 */
public final class PieceVerifier {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int WEIGHT_BYTES = 16;

    private final Kzg kzg;
    private final Parallelism parallelism;

    /** Verifies with the given setup and threads. */
    public PieceVerifier(Kzg kzg, Parallelism parallelism) {
        this.kzg = kzg;
        this.parallelism = parallelism;
    }

    /** Whether the claim is true. */
    public boolean isValid(PieceClaim claim) {
        Piece piece = claim.piece();
        KzgCommitment computed;
        try {
            computed = kzg.commit(Polynomials.interpolate(piece.array(), 0, RECORD_CHUNKS));
        } catch (InvalidScalarException e) {
            return false;
        }
        return computed.equals(commitment(piece)) && kzg.verifyAll(List.of(opening(claim)));
    }

    /**
     * Which of the claims are true.
     *
     * @return the set of the indexes of all true ones
     */
    public BitSet verifyAll(List<PieceClaim> claims) {
        BitSet valid = new BitSet(claims.size());
        verify(claims, 0, claims.size(), valid);
        return valid;
    }

    private void verify(List<PieceClaim> claims, int from, int to, BitSet valid) {
        if (to - from <= 1) {
            if (to > from && isValid(claims.get(from))) {
                valid.set(from);
            }
        } else if (holdTogether(claims.subList(from, to))) {
            valid.set(from, to);
        } else {
            int middle = (from + to) >>> 1;
            verify(claims, from, middle, valid);
            verify(claims, middle, to, valid);
        }
    }

    private boolean holdTogether(List<PieceClaim> claims) {
        List<KzgOpening> openings = new ArrayList<>();
        List<KzgCommitment> commitments = new ArrayList<>();
        List<ScalarBytes> weights = new ArrayList<>();
        List<byte[]> records = new ArrayList<>();
        for (PieceClaim claim : claims) {
            byte[] weight = new byte[ScalarBytes.SIZE];
            byte[] random = new byte[WEIGHT_BYTES];
            RANDOM.nextBytes(random);
            System.arraycopy(random, 0, weight, ScalarBytes.SIZE - WEIGHT_BYTES, WEIGHT_BYTES);
            weights.add(ScalarBytes.of(weight));
            openings.add(opening(claim));
            commitments.add(commitment(claim.piece()));
            records.add(claim.piece().array());
        }
        Optional<byte[]> combined = RecordCombination.of(records, weights, parallelism);
        if (combined.isEmpty()) {
            return false;
        }
        Optional<KzgCommitment> expected = kzg.combine(commitments, weights);
        try {
            return expected.isPresent()
                    && expected.get().equals(kzg.commit(Polynomials.interpolate(combined.get(), 0, RECORD_CHUNKS)))
                    && kzg.verifyAll(openings);
        } catch (InvalidScalarException e) {
            throw new IllegalStateException("a combination of canonical scalars is canonical", e);
        }
    }

    private static KzgCommitment commitment(Piece piece) {
        return KzgCommitment.of(piece.commitment().toBytes());
    }

    private static KzgCommitment segmentCommitment(PieceClaim claim) {
        return KzgCommitment.of(claim.segmentCommitment().toBytes());
    }

    /** The claim that the segment's polynomial has the hash of the piece's commitment at the piece's position. */
    private static KzgOpening opening(PieceClaim claim) {
        return new KzgOpening(
                segmentCommitment(claim),
                SEGMENT_PIECES,
                PieceIndexes.position(claim.pieceIndex()),
                Scalar.hash(claim.piece().commitment().toBytes()).toBytes(),
                KzgWitness.of(claim.piece().witness().toBytes()));
    }
}

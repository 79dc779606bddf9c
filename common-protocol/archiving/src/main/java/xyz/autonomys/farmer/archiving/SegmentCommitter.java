package xyz.autonomys.farmer.archiving;

import static xyz.autonomys.farmer.primitives.ProtocolSizes.RECORD_CHUNKS;
import static xyz.autonomys.farmer.primitives.ProtocolSizes.SEGMENT_PIECES;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import xyz.autonomys.farmer.erasure.InvalidScalarException;
import xyz.autonomys.farmer.erasure.Polynomial;
import xyz.autonomys.farmer.erasure.Polynomials;
import xyz.autonomys.farmer.erasure.Scalar;
import xyz.autonomys.farmer.kzg.Kzg;
import xyz.autonomys.farmer.kzg.KzgCommitment;
import xyz.autonomys.farmer.kzg.KzgWitness;
import xyz.autonomys.farmer.primitives.Piece;
import xyz.autonomys.farmer.primitives.ProtocolSizes;
import xyz.autonomys.farmer.primitives.SegmentCommitment;

/**
 * Commitments of records and of segments. A segment's polynomial has at the point of each piece's position the hash of
 * that piece's commitment, so one commitment vouches for all 256 records.
 *
 * <p>Source: autonomys/subspace, crates/subspace-archiving/src/archiver.rs (spec 03 §8, §9).
 */
final class SegmentCommitter {
    /** Polynomials of a mebibyte that wait for their commitments at a time, per thread. */
    private static final int BATCH_PER_THREAD = 4;

    private final Kzg kzg;
    private final Parallelism parallelism;

    SegmentCommitter(Kzg kzg, Parallelism parallelism) {
        this.kzg = kzg;
        this.parallelism = parallelism;
    }

    /**
     * The commitments to some records.
     *
     * @param records arrays that begin with a record each
     * @throws IllegalArgumentException if a chunk is not a canonical scalar
     */
    List<KzgCommitment> commit(List<byte[]> records) {
        List<KzgCommitment> commitments = new ArrayList<>(records.size());
        int batch = BATCH_PER_THREAD * parallelism.threads();
        for (int from = 0; from < records.size(); from += batch) {
            List<byte[]> slice = records.subList(from, Math.min(records.size(), from + batch));
            Polynomial[] polynomials = new Polynomial[slice.size()];
            parallelism.forEach(polynomials.length, i -> polynomials[i] = polynomial(slice.get(i)));
            commitments.addAll(kzg.commitAll(Arrays.asList(polynomials)));
        }
        return commitments;
    }

    private static Polynomial polynomial(byte[] record) {
        try {
            return Polynomials.interpolate(record, 0, RECORD_CHUNKS);
        } catch (InvalidScalarException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    /**
     * Writes the commitments and witnesses into the pieces.
     *
     * @param pieces 256 arrays by position; null ones are left out
     * @param commitments of all 256 records
     * @return the segment's commitment
     */
    SegmentCommitment seal(byte[][] pieces, List<KzgCommitment> commitments) {
        Polynomial hashes = segmentPolynomial(commitments);
        List<KzgWitness> witnesses = kzg.createAllWitnesses(hashes, SEGMENT_PIECES);
        for (int position = 0; position < SEGMENT_PIECES; position++) {
            if (pieces[position] != null) {
                commitments.get(position).copyTo(pieces[position], Piece.COMMITMENT_OFFSET);
                witnesses.get(position).copyTo(pieces[position], Piece.WITNESS_OFFSET);
            }
        }
        return SegmentCommitment.of(kzg.commit(hashes).toBytes());
    }

    /** The witness of one position. */
    KzgWitness witness(List<KzgCommitment> commitments, int position) {
        return kzg.createWitness(segmentPolynomial(commitments), SEGMENT_PIECES, position);
    }

    /** The polynomial with the hash of commitment i at the i-th of 256 points. */
    private static Polynomial segmentPolynomial(List<KzgCommitment> commitments) {
        byte[] hashes = new byte[SEGMENT_PIECES * ProtocolSizes.CHUNK_BYTES];
        for (int position = 0; position < SEGMENT_PIECES; position++) {
            Scalar.hash(commitments.get(position).toBytes())
                    .toBytes()
                    .copyTo(hashes, position * ProtocolSizes.CHUNK_BYTES);
        }
        try {
            return Polynomials.interpolate(hashes, 0, SEGMENT_PIECES);
        } catch (InvalidScalarException e) {
            throw new IllegalStateException("a hash of 254 bits is always canonical", e);
        }
    }
}

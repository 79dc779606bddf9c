package xyz.autonomys.farmer.archiving;

import static xyz.autonomys.farmer.primitives.ProtocolSizes.PIECE_BYTES;
import static xyz.autonomys.farmer.primitives.ProtocolSizes.SEGMENT_PIECES;
import static xyz.autonomys.farmer.primitives.ProtocolSizes.SOURCE_RECORDS;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import xyz.autonomys.farmer.erasure.Scalar;
import xyz.autonomys.farmer.kzg.Kzg;
import xyz.autonomys.farmer.kzg.KzgCommitment;
import xyz.autonomys.farmer.primitives.Piece;
import xyz.autonomys.farmer.primitives.ScalarBytes;

/**
 * Rebuilds missing pieces of a segment from any 128 of its 256, byte for byte. The given pieces must have been verified:
 * their commitments are believed. Missing commitments are combined from the known ones, so no record is committed to.
 * Thread-safe.
 *
 * <p>Source: autonomys/subspace, crates/subspace-archiving/src/piece_reconstructor.rs (spec 03 §14).
 */
public final class PiecesReconstructor {
    private final Kzg kzg;
    private final Parallelism parallelism;
    private final SegmentCommitter committer;

    /** Rebuilds with the given setup and threads. */
    public PiecesReconstructor(Kzg kzg, Parallelism parallelism) {
        this.kzg = kzg;
        this.parallelism = parallelism;
        this.committer = new SegmentCommitter(kzg, parallelism);
    }

    /**
     * All pieces of the segment.
     *
     * @param pieces 256 pieces by position, missing ones null
     * @return the given pieces and the rebuilt ones
     * @throws ReconstructionException if fewer than 128 are there, or they cannot be pieces of one segment
     */
    public List<Piece> reconstructSegment(List<Piece> pieces) throws ReconstructionException {
        int[] known = known(pieces);
        byte[][] arrays = arrays(pieces, known);
        for (int position = 0; position < SEGMENT_PIECES; position++) {
            if (arrays[position] == null) {
                arrays[position] = new byte[PIECE_BYTES];
            }
        }
        recover(arrays, known);
        List<KzgCommitment> commitments = commitments(pieces, known);
        byte[][] rebuilt = new byte[SEGMENT_PIECES][];
        for (int position = 0; position < SEGMENT_PIECES; position++) {
            rebuilt[position] = pieces.get(position) == null ? arrays[position] : null;
        }
        committer.seal(rebuilt, commitments);
        List<Piece> result = new ArrayList<>(SEGMENT_PIECES);
        for (int position = 0; position < SEGMENT_PIECES; position++) {
            Piece given = pieces.get(position);
            result.add(given != null ? given : Piece.wrap(rebuilt[position]));
        }
        return result;
    }

    /**
     * One piece of the segment.
     *
     * @param pieces 256 pieces by position, missing ones null
     * @param position which one, 0 to 255
     * @throws ReconstructionException if fewer than 128 are there, or they cannot be pieces of one segment
     */
    public Piece reconstructPiece(List<Piece> pieces, int position) throws ReconstructionException {
        Objects.checkIndex(position, SEGMENT_PIECES);
        int[] known = known(pieces);
        Piece given = pieces.get(position);
        if (given != null) {
            return given;
        }
        byte[] piece = new byte[PIECE_BYTES];
        try {
            ColumnCode.interpolate(arrays(pieces, known), known, position, piece, parallelism);
        } catch (IllegalArgumentException e) {
            throw new ReconstructionException(e.getMessage(), e);
        }
        List<KzgCommitment> commitments = commitments(pieces, known);
        commitments.get(position).copyTo(piece, Piece.COMMITMENT_OFFSET);
        committer.witness(commitments, position).copyTo(piece, Piece.WITNESS_OFFSET);
        return Piece.wrap(piece);
    }

    private void recover(byte[][] arrays, int... known) throws ReconstructionException {
        try {
            ColumnCode.recover(arrays, known, parallelism);
        } catch (IllegalArgumentException e) {
            throw new ReconstructionException(e.getMessage(), e);
        }
    }

    /** The first 128 positions that are there. */
    static int[] known(List<Piece> pieces) throws ReconstructionException {
        if (pieces.size() != SEGMENT_PIECES) {
            throw new IllegalArgumentException(
                    "a segment has " + SEGMENT_PIECES + " pieces by position, the list has " + pieces.size());
        }
        int[] known = new int[SOURCE_RECORDS];
        int count = 0;
        for (int position = 0; position < SEGMENT_PIECES && count < SOURCE_RECORDS; position++) {
            if (pieces.get(position) != null) {
                known[count++] = position;
            }
        }
        if (count < SOURCE_RECORDS) {
            throw new ReconstructionException("only " + count + " pieces of the segment are there, " + SOURCE_RECORDS
                    + " of " + SEGMENT_PIECES + " are needed to rebuild the others");
        }
        return known;
    }

    private static byte[][] arrays(List<Piece> pieces, int... known) {
        byte[][] arrays = new byte[SEGMENT_PIECES][];
        for (int position : known) {
            arrays[position] = pieces.get(position).array();
        }
        return arrays;
    }

    /** All 256 commitments: the missing source ones from the known ones, the parity ones from the source ones. */
    private List<KzgCommitment> commitments(List<Piece> pieces, int... known) throws ReconstructionException {
        List<KzgCommitment> given = Arrays.stream(known)
                .mapToObj(position ->
                        KzgCommitment.of(pieces.get(position).commitment().toBytes()))
                .toList();
        List<KzgCommitment> sources = new ArrayList<>(SOURCE_RECORDS);
        for (int i = 0; i < SOURCE_RECORDS; i++) {
            Piece piece = pieces.get(2 * i);
            sources.add(piece != null ? KzgCommitment.of(piece.commitment().toBytes()) : combined(given, known, 2 * i));
        }
        try {
            return kzg.extendCommitments(sources);
        } catch (IllegalArgumentException e) {
            throw new ReconstructionException(e.getMessage(), e);
        }
    }

    private KzgCommitment combined(List<KzgCommitment> given, int[] known, int target) throws ReconstructionException {
        List<ScalarBytes> weights = ColumnCode.lagrangeWeights(known, target).stream()
                .map(Scalar::toBytes)
                .toList();
        Optional<KzgCommitment> combined = kzg.combine(given, weights);
        return combined.orElseThrow(() -> new ReconstructionException("a commitment among the pieces at positions "
                + Arrays.toString(known) + " is not a point of the group: the pieces were not verified"));
    }
}

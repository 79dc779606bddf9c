package xyz.autonomys.farmer.archiving;

import static xyz.autonomys.farmer.primitives.ProtocolSizes.CHUNK_BYTES;
import static xyz.autonomys.farmer.primitives.ProtocolSizes.RECORD_CHUNKS;
import static xyz.autonomys.farmer.primitives.ProtocolSizes.SEGMENT_PIECES;
import static xyz.autonomys.farmer.primitives.ProtocolSizes.SOURCE_RECORDS;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import xyz.autonomys.farmer.erasure.ColumnCoding;
import xyz.autonomys.farmer.erasure.ColumnRecovery;
import xyz.autonomys.farmer.erasure.Domain;
import xyz.autonomys.farmer.erasure.Scalar;
import xyz.autonomys.farmer.erasure.ScalarField;

/**
 * Erasure coding across the records of a segment. Chunk k of all 256 pieces is one column: the values of a polynomial of
 * degree below 128 at the powers of the 256th root of unity, position by position. So any 128 pieces determine the rest.
 *
 * <p>The arrays are whole pieces; only their records are read and written. Columns are independent and spread over the
 * threads in tiles.
 *
 * <p>Source: autonomys/subspace, crates/subspace-archiving/src/archiver.rs, piece_reconstructor.rs (spec 03 §7, §14).
 */
final class ColumnCode {
    private static final int TILE_COLUMNS = 512;
    private static final int LIMBS = ScalarField.LIMBS;
    private static final ColumnCoding CODING = ColumnCoding.forSourceChunks(SOURCE_RECORDS);

    private ColumnCode() {}

    /**
     * Computes the 128 parity records.
     *
     * @param pieces 256 arrays by position, the even ones with their records; the odd ones are written
     * @throws IllegalArgumentException if a source chunk is not a canonical scalar
     */
    static void extend(byte[][] pieces, Parallelism parallelism) {
        tiles(parallelism, column -> CODING.extend(pieces, column, column + TILE_COLUMNS));
    }

    /**
     * Computes the records that are missing.
     *
     * @param pieces 256 arrays by position; those of the 128 positions {@code known} hold records, the others, as far
     *     as they are not null, are written
     * @throws IllegalArgumentException if a known chunk is not a canonical scalar
     */
    static void recover(byte[][] pieces, int[] known, Parallelism parallelism) {
        BitSet places = new BitSet(SEGMENT_PIECES);
        for (int position : known) {
            places.set(position);
        }
        ColumnRecovery recovery = CODING.recovery(places);
        tiles(parallelism, column -> recovery.recover(pieces, column, column + TILE_COLUMNS));
    }

    /**
     * Computes one record.
     *
     * @param pieces 256 arrays by position, of which the 128 {@code known} ones hold records
     * @param target whose record is computed
     * @param record receives it
     * @throws IllegalArgumentException if a known chunk is not a canonical scalar
     */
    static void interpolate(byte[][] pieces, int[] known, int target, byte[] record, Parallelism parallelism) {
        long[] weights = new long[known.length * LIMBS];
        List<Scalar> values = lagrangeWeights(known, target);
        for (int i = 0; i < known.length; i++) {
            values.get(i).copyTo(weights, i * LIMBS);
            System.arraycopy(ScalarField.scaled(weights, i * LIMBS), 0, weights, i * LIMBS, LIMBS);
        }
        tiles(parallelism, column -> {
            long[] sums = new long[TILE_COLUMNS * LIMBS];
            long[] term = new long[LIMBS];
            for (int i = 0; i < known.length; i++) {
                for (int k = 0; k < TILE_COLUMNS; k++) {
                    read(pieces[known[i]], known[i], column + k, term);
                    ScalarField.montgomery(term, 0, weights, i * LIMBS, term, 0);
                    ScalarField.add(sums, k * LIMBS, term, 0, sums, k * LIMBS);
                }
            }
            for (int k = 0; k < TILE_COLUMNS; k++) {
                ScalarField.store(sums, k * LIMBS, record, (column + k) * CHUNK_BYTES);
            }
        });
    }

    /**
     * The weights by which the 128 {@code known} positions give the value at {@code target}: the same for every column
     * and, commitments being linear, for the commitments too.
     */
    static List<Scalar> lagrangeWeights(int[] known, int target) {
        Domain domain = Domain.of(SEGMENT_PIECES);
        Scalar[] points = new Scalar[SEGMENT_PIECES];
        for (int i = 0; i < SEGMENT_PIECES; i++) {
            points[i] = domain.point(i);
        }
        List<Scalar> weights = new ArrayList<>(known.length);
        for (int position : known) {
            Scalar numerator = Scalar.ONE;
            Scalar denominator = Scalar.ONE;
            for (int other : known) {
                if (other != position) {
                    numerator = numerator.times(points[target].minus(points[other]));
                    denominator = denominator.times(points[position].minus(points[other]));
                }
            }
            weights.add(numerator.times(denominator.inverse()));
        }
        return weights;
    }

    private static void tiles(Parallelism parallelism, java.util.function.IntConsumer tile) {
        parallelism.forEach(RECORD_CHUNKS / TILE_COLUMNS, i -> tile.accept(i * TILE_COLUMNS));
    }

    private static void read(byte[] piece, int position, int chunk, long[] scalar) {
        if (!ScalarField.load(piece, chunk * CHUNK_BYTES, scalar, 0)) {
            throw new IllegalArgumentException(
                    "chunk " + chunk + " of the piece at position " + position + " is not a canonical scalar");
        }
    }
}

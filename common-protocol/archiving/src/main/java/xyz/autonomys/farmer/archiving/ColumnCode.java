package xyz.autonomys.farmer.archiving;

import static xyz.autonomys.farmer.archiving.ColumnField.LIMBS;
import static xyz.autonomys.farmer.archiving.ColumnField.MODULUS;
import static xyz.autonomys.farmer.primitives.ProtocolSizes.CHUNK_BYTES;
import static xyz.autonomys.farmer.primitives.ProtocolSizes.RECORD_CHUNKS;
import static xyz.autonomys.farmer.primitives.ProtocolSizes.SEGMENT_PIECES;
import static xyz.autonomys.farmer.primitives.ProtocolSizes.SOURCE_RECORDS;

import java.math.BigInteger;

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
    private static final BigInteger SHIFT = BigInteger.valueOf(5);

    private static final ColumnTransform HALF = new ColumnTransform(SOURCE_RECORDS);
    private static final ColumnTransform FULL = new ColumnTransform(SEGMENT_PIECES);
    /** For coefficient j, at its bit-reversed place: ω_256^j / 128, which moves the domain onto the odd positions. */
    private static final long[] TWIST = twist();

    private ColumnCode() {}

    /**
     * Computes the 128 parity records.
     *
     * @param pieces 256 arrays by position, the even ones with their records; the odd ones are written
     * @throws IllegalArgumentException if a source chunk is not a canonical scalar
     */
    static void extend(byte[][] pieces, Parallelism parallelism) {
        tiles(parallelism, column -> {
            long[] values = new long[SOURCE_RECORDS * LIMBS];
            int end = column + TILE_COLUMNS;
            for (int k = column; k < end; k++) {
                for (int i = 0; i < SOURCE_RECORDS; i++) {
                    read(pieces[2 * i], 2 * i, k, values, i);
                }
                HALF.inverse(values);
                for (int i = 0; i < SOURCE_RECORDS; i++) {
                    ColumnField.multiply(values, i * LIMBS, values, i * LIMBS, TWIST, i * LIMBS);
                }
                HALF.forward(values);
                for (int i = 0; i < SOURCE_RECORDS; i++) {
                    ColumnField.write(values, i * LIMBS, pieces[2 * i + 1], k * CHUNK_BYTES);
                }
            }
        });
    }

    /**
     * Computes the records that are missing.
     *
     * @param pieces 256 arrays by position; those of the 128 positions {@code known} hold records, the others, as far
     *     as they are not null, are written
     * @throws IllegalArgumentException if a known chunk is not a canonical scalar
     */
    static void recover(byte[][] pieces, int[] known, Parallelism parallelism) {
        Weights weights = new Weights(known);
        tiles(parallelism, column -> {
            long[] values = new long[SEGMENT_PIECES * LIMBS];
            int end = column + TILE_COLUMNS;
            for (int k = column; k < end; k++) {
                for (int position = 0; position < SEGMENT_PIECES; position++) {
                    if (weights.missing[position]) {
                        java.util.Arrays.fill(values, position * LIMBS, (position + 1) * LIMBS, 0);
                    } else {
                        read(pieces[position], position, k, values, position);
                        weigh(values, weights.vanishing, position);
                    }
                }
                // D·Z is known on the whole domain; divide by Z on a shifted one, where it has no zero.
                FULL.inverse(values);
                weighAll(values, weights.shift);
                FULL.forward(values);
                weighAll(values, weights.inverseVanishingShifted);
                FULL.inverse(values);
                weighAll(values, weights.unshift);
                FULL.forward(values);
                for (int position = 0; position < SEGMENT_PIECES; position++) {
                    if (weights.missing[position] && pieces[position] != null) {
                        ColumnField.write(values, position * LIMBS, pieces[position], k * CHUNK_BYTES);
                    }
                }
            }
        });
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
        BigInteger[] values = lagrangeWeights(known, target);
        for (int i = 0; i < known.length; i++) {
            ColumnField.constant(values[i], weights, i * LIMBS);
        }
        tiles(parallelism, column -> {
            long[] sums = new long[TILE_COLUMNS * LIMBS];
            long[] term = new long[LIMBS];
            for (int i = 0; i < known.length; i++) {
                for (int k = 0; k < TILE_COLUMNS; k++) {
                    read(pieces[known[i]], known[i], column + k, term, 0);
                    ColumnField.multiply(term, 0, term, 0, weights, i * LIMBS);
                    ColumnField.add(sums, k * LIMBS, sums, k * LIMBS, term, 0);
                }
            }
            for (int k = 0; k < TILE_COLUMNS; k++) {
                ColumnField.write(sums, k * LIMBS, record, (column + k) * CHUNK_BYTES);
            }
        });
    }

    /**
     * The weights by which the 128 {@code known} positions give the value at {@code target}: the same for every column
     * and, commitments being linear, for the commitments too.
     */
    static BigInteger[] lagrangeWeights(int[] known, int target) {
        BigInteger root = ColumnField.rootOfUnity(SEGMENT_PIECES);
        BigInteger[] points = new BigInteger[SEGMENT_PIECES];
        points[0] = BigInteger.ONE;
        for (int i = 1; i < SEGMENT_PIECES; i++) {
            points[i] = points[i - 1].multiply(root).mod(MODULUS);
        }
        BigInteger[] weights = new BigInteger[known.length];
        for (int p = 0; p < known.length; p++) {
            BigInteger numerator = BigInteger.ONE;
            BigInteger denominator = BigInteger.ONE;
            for (int other : known) {
                if (other != known[p]) {
                    numerator = numerator
                            .multiply(points[target].subtract(points[other]))
                            .mod(MODULUS);
                    denominator = denominator
                            .multiply(points[known[p]].subtract(points[other]))
                            .mod(MODULUS);
                }
            }
            weights[p] = numerator.multiply(denominator.modInverse(MODULUS)).mod(MODULUS);
        }
        return weights;
    }

    private static void tiles(Parallelism parallelism, java.util.function.IntConsumer tile) {
        parallelism.forEach(RECORD_CHUNKS / TILE_COLUMNS, i -> tile.accept(i * TILE_COLUMNS));
    }

    private static void read(byte[] piece, int position, int chunk, long[] values, int at) {
        if (!ColumnField.read(piece, chunk * CHUNK_BYTES, values, at * LIMBS)) {
            throw new IllegalArgumentException(
                    "chunk " + chunk + " of the piece at position " + position + " is not a canonical scalar");
        }
    }

    private static void weigh(long[] values, long[] weights, int i) {
        ColumnField.multiply(values, i * LIMBS, values, i * LIMBS, weights, i * LIMBS);
    }

    private static void weighAll(long[] values, long[] weights) {
        for (int i = 0; i < SEGMENT_PIECES; i++) {
            weigh(values, weights, i);
        }
    }

    private static long[] twist() {
        long[] twist = new long[SOURCE_RECORDS * LIMBS];
        BigInteger root = ColumnField.rootOfUnity(SEGMENT_PIECES);
        BigInteger power = BigInteger.valueOf(SOURCE_RECORDS).modInverse(MODULUS);
        for (int j = 0; j < SOURCE_RECORDS; j++) {
            ColumnField.constant(power, twist, HALF.reversed(j) * LIMBS);
            power = power.multiply(root).mod(MODULUS);
        }
        return twist;
    }

    /** What all columns share for one set of known positions, Z being the polynomial that vanishes where none is. */
    private static final class Weights {
        private final boolean[] missing = new boolean[SEGMENT_PIECES];
        private final long[] vanishing = new long[SEGMENT_PIECES * LIMBS];
        private final long[] inverseVanishingShifted = new long[SEGMENT_PIECES * LIMBS];
        private final long[] shift = new long[SEGMENT_PIECES * LIMBS];
        private final long[] unshift = new long[SEGMENT_PIECES * LIMBS];

        Weights(int[] known) {
            java.util.Arrays.fill(missing, true);
            for (int position : known) {
                missing[position] = false;
            }
            BigInteger root = ColumnField.rootOfUnity(SEGMENT_PIECES);
            BigInteger size = BigInteger.valueOf(SEGMENT_PIECES).modInverse(MODULUS);
            BigInteger inverseShift = SHIFT.modInverse(MODULUS);
            for (int i = 0; i < SEGMENT_PIECES; i++) {
                BigInteger exponent = BigInteger.valueOf(i);
                BigInteger point = root.modPow(exponent, MODULUS);
                ColumnField.constant(z(root, point), vanishing, i * LIMBS);
                BigInteger shifted = z(root, point.multiply(SHIFT).mod(MODULUS));
                ColumnField.constant(shifted.modInverse(MODULUS), inverseVanishingShifted, i * LIMBS);
                int at = FULL.reversed(i) * LIMBS;
                ColumnField.constant(SHIFT.modPow(exponent, MODULUS).multiply(size), shift, at);
                ColumnField.constant(inverseShift.modPow(exponent, MODULUS).multiply(size), unshift, at);
            }
        }

        private BigInteger z(BigInteger root, BigInteger x) {
            BigInteger product = BigInteger.ONE;
            BigInteger point = BigInteger.ONE;
            for (int i = 0; i < SEGMENT_PIECES; i++) {
                if (missing[i]) {
                    product = product.multiply(x.subtract(point)).mod(MODULUS);
                }
                point = point.multiply(root).mod(MODULUS);
            }
            return product;
        }
    }
}

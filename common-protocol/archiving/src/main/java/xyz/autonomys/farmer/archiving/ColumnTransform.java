package xyz.autonomys.farmer.archiving;

import static xyz.autonomys.farmer.archiving.ColumnField.LIMBS;

import java.math.BigInteger;

/**
 * The discrete Fourier transform of a fixed small size over the scalar field, without the factor 1/n. The first half of
 * a pair of transforms goes from natural to bit-reversed order, the second one back, so nothing is ever reordered.
 */
final class ColumnTransform {
    private final int size;
    private final long[] roots;
    private final long[] inverseRoots;

    /** For {@code size} values, a power of two. */
    ColumnTransform(int size) {
        this.size = size;
        BigInteger root = ColumnField.rootOfUnity(size);
        this.roots = powers(root, size / 2);
        this.inverseRoots = powers(root.modInverse(ColumnField.MODULUS), size / 2);
    }

    /** Where the value of index {@code i} stands in bit-reversed order. */
    int reversed(int i) {
        return size == 1 ? 0 : Integer.reverse(i) >>> (Integer.SIZE - Integer.numberOfTrailingZeros(size));
    }

    /** Values in natural order to coefficients times n in bit-reversed order. */
    void inverse(long[] values) {
        long[] scratch = new long[LIMBS];
        for (int half = size / 2, step = 1; half >= 1; half /= 2, step *= 2) {
            for (int start = 0; start < size; start += 2 * half) {
                for (int j = 0; j < half; j++) {
                    int a = (start + j) * LIMBS;
                    int b = a + half * LIMBS;
                    ColumnField.subtract(scratch, 0, values, a, values, b);
                    ColumnField.add(values, a, values, a, values, b);
                    ColumnField.multiply(values, b, scratch, 0, inverseRoots, j * step * LIMBS);
                }
            }
        }
    }

    /** Coefficients in bit-reversed order to values in natural order. */
    void forward(long[] values) {
        long[] scratch = new long[LIMBS];
        for (int half = 1, step = size / 2; half < size; half *= 2, step /= 2) {
            for (int start = 0; start < size; start += 2 * half) {
                for (int j = 0; j < half; j++) {
                    int a = (start + j) * LIMBS;
                    int b = a + half * LIMBS;
                    ColumnField.multiply(scratch, 0, values, b, roots, j * step * LIMBS);
                    ColumnField.subtract(values, b, values, a, scratch, 0);
                    ColumnField.add(values, a, values, a, scratch, 0);
                }
            }
        }
    }

    private static long[] powers(BigInteger base, int count) {
        long[] powers = new long[Math.max(1, count) * LIMBS];
        BigInteger power = BigInteger.ONE;
        for (int i = 0; i < Math.max(1, count); i++) {
            ColumnField.constant(power, powers, i * LIMBS);
            power = power.multiply(base).mod(ColumnField.MODULUS);
        }
        return powers;
    }
}

package xyz.autonomys.farmer.kzg;

import xyz.autonomys.farmer.erasure.ScalarField;
import xyz.autonomys.farmer.kzg.curve.G1Vector;
import xyz.autonomys.farmer.kzg.curve.WorkCrew;

/**
 * Fourier transforms of points and of scalars over a domain of 2^log roots of unity. The inverse goes from natural to
 * bit-reversed order and leaves out the division by the size; the forward transform goes from bit-reversed to natural
 * order. So a pair of them needs no permutation, and the caller merges the division into a factor it multiplies by.
 */
final class GroupTransform {
    private static final int LIMBS = ScalarField.LIMBS;
    private static final int FULL = 255;

    private final int log;
    private final int size;
    private final WorkCrew crew;
    private final long[] powers;

    GroupTransform(int log, WorkCrew crew) {
        this.log = log;
        this.size = 1 << log;
        this.crew = crew;
        this.powers = new long[LIMBS * size];
        powers[0] = 1;
        long[] root = ScalarField.scaled(ScalarField.domainPoint(log, 1), 0);
        for (int i = 1; i < size; i++) {
            ScalarField.montgomery(powers, LIMBS * (i - 1), root, 0, powers, LIMBS * i);
        }
    }

    /** Σ_j v_j·ω^(−ij) at bit-reversed position i. */
    void inverse(G1Vector points) {
        for (int half = size / 2; half >= 1; half /= 2) {
            int distance = half;
            crew.forEach(size / 2, k -> {
                int at = lower(k, distance);
                points.butterfly(at, at + distance);
                int exponent = size - k % distance * (size / 2 / distance);
                multiply(points, at + distance, exponent % size);
            });
        }
    }

    /** Σ_j v_j·ω^(ij) at position i, v_j being at bit-reversed position j. */
    void forward(G1Vector points) {
        for (int half = 1; half < size; half *= 2) {
            int distance = half;
            crew.forEach(size / 2, k -> {
                int at = lower(k, distance);
                multiply(points, at + distance, k % distance * (size / 2 / distance));
                points.butterfly(at, at + distance);
            });
        }
    }

    private static int lower(int butterfly, int distance) {
        return butterfly / distance * 2 * distance + butterfly % distance;
    }

    private void multiply(G1Vector points, int at, int exponent) {
        if (exponent == size / 2) {
            points.negate(at);
        } else if (exponent != 0) {
            points.multiply(at, points, at, powers, LIMBS * exponent, FULL);
        }
    }

    /** Σ_j v_j·ω^(ij) at bit-reversed position i; scalars in natural order. */
    void forwardScalars(long... values) {
        long[] product = new long[LIMBS];
        for (int half = size / 2; half >= 1; half /= 2) {
            for (int k = 0; k < size / 2; k++) {
                int a = LIMBS * lower(k, half);
                int b = a + LIMBS * half;
                ScalarField.subtract(values, a, values, b, product, 0);
                ScalarField.add(values, a, values, b, values, a);
                ScalarField.multiply(product, 0, powers, LIMBS * (k % half * (size / 2 / half)), values, b);
            }
        }
    }

    /** Puts point i to the position with the reversed bits. */
    void reorder(G1Vector points) {
        for (int i = 0; i < size; i++) {
            int j = reversed(i);
            if (i < j) {
                points.swap(i, j);
            }
        }
    }

    int reversed(int index) {
        return log == 0 ? 0 : Integer.reverse(index) >>> Integer.SIZE - log;
    }
}

package xyz.autonomys.farmer.erasure;

import java.util.Arrays;

/**
 * The monic polynomial that is zero at given points of a domain, by a tree of products. Small products are done by
 * hand, large ones by transforms; as both factors are monic, a product of degree n fits a cyclic transform of size n,
 * where its leading term lands on the constant and is taken back.
 */
final class VanishingPolynomial {
    private static final int LIMBS = ScalarField.LIMBS;
    private static final int BY_HAND = 32;

    private VanishingPolynomial() {}

    /**
     * Π (X − ω_n^i) over the given indices.
     *
     * @return the canonical coefficients without the leading one, ascending: as many as there are indices
     */
    static long[] of(Domain domain, int... indices) {
        long[] points = new long[indices.length * LIMBS];
        long[] all = Domain.powers(domain.point(1), domain.size());
        for (int i = 0; i < indices.length; i++) {
            System.arraycopy(all, indices[i] * LIMBS, points, i * LIMBS, LIMBS);
        }
        return product(points, 0, indices.length);
    }

    /** The product over points[from…to), the points in Montgomery form. */
    private static long[] product(long[] points, int from, int to) {
        if (to - from <= BY_HAND) {
            return byHand(points, from, to);
        }
        // Splitting at a power of two keeps the left factor's transform full.
        int half = Integer.highestOneBit(to - from - 1);
        long[] left = product(points, from, from + half);
        long[] right = product(points, from + half, to);
        return multiply(left, right);
    }

    private static long[] byHand(long[] points, int from, int to) {
        int count = to - from;
        long[] coefficients = new long[count * LIMBS];
        long[] one = {1, 0, 0, 0};
        long[] term = new long[LIMBS];
        for (int degree = 0; degree < count; degree++) {
            int point = (from + degree) * LIMBS;
            // New coefficient k is old k−1 − point·(old k); the old leading coefficient is one.
            ScalarField.montgomery(one, 0, points, point, term, 0);
            long[] carried = new long[LIMBS];
            ScalarField.subtract(carried, 0, term, 0, coefficients, degree * LIMBS);
            if (degree > 0) {
                int top = degree * LIMBS;
                ScalarField.add(coefficients, top - LIMBS, coefficients, top, coefficients, top);
                for (int k = top - LIMBS; k > 0; k -= LIMBS) {
                    ScalarField.montgomery(coefficients, k, points, point, term, 0);
                    ScalarField.subtract(coefficients, k - LIMBS, term, 0, coefficients, k);
                }
                ScalarField.montgomery(coefficients, 0, points, point, term, 0);
                ScalarField.subtract(carried, 0, term, 0, coefficients, 0);
            }
        }
        return coefficients;
    }

    /** The product of two monic polynomials given without their leading ones. */
    private static long[] multiply(long[] left, long[] right) {
        int degree = (left.length + right.length) / LIMBS;
        int size = Integer.highestOneBit(Math.max(1, degree - 1)) << 1;
        if (Integer.bitCount(degree) == 1) {
            size = degree;
        }
        Domain domain = Domain.of(size);
        long[] a = monic(left, size);
        long[] b = monic(right, size);
        domain.forwardToReversed(a);
        domain.forwardToReversed(b);
        for (int i = 0; i < size * LIMBS; i += LIMBS) {
            ScalarField.toMontgomery(a, i, a, i);
            ScalarField.montgomery(a, i, b, i, a, i);
        }
        domain.inverseFromReversed(a);
        for (int i = 0; i < size * LIMBS; i += LIMBS) {
            ScalarField.montgomery(a, i, domain.inverseSize(), 0, a, i);
        }
        if (size == degree) {
            long[] one = {1, 0, 0, 0};
            ScalarField.subtract(a, 0, one, 0, a, 0);
            return a;
        }
        return Arrays.copyOf(a, degree * LIMBS);
    }

    private static long[] monic(long[] coefficients, int size) {
        long[] padded = Arrays.copyOf(coefficients, size * LIMBS);
        padded[coefficients.length] = 1;
        return padded;
    }
}

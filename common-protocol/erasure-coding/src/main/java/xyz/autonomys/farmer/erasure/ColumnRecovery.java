package xyz.autonomys.farmer.erasure;

import java.util.Arrays;
import java.util.BitSet;

/**
 * Recovery of columns of which the same n of 2n places are known, see {@link ColumnCoding#recovery}. As {@link
 * LaneRecovery} does it, with all that depends on the places computed once: Z is zero at the missing points, E = D·Z is
 * known everywhere, and D = E/Z is taken on a coset.
 */
public final class ColumnRecovery {
    private static final int LIMBS = ScalarField.LIMBS;
    private static final Scalar SHIFT = Scalar.ofLong(7);

    private final int n;
    private final BitSet known;
    private final Domain domain;

    /** Z at the even points and at the odd ones. */
    final long[] evenVanishing;

    final long[] oddVanishing;

    /** For the coefficients of E modulo X^n − 1 and X^n + 1 in bit-reversed order: together they give those on the coset. */
    final long[] evenFactors;

    final long[] oddFactors;

    /** 1/Z on the coset. */
    final long[] inverseVanishing;

    /** 7^−i / n, for the coefficients of D in bit-reversed order. */
    final long[] unshift;

    /** 7^i, bit-reversed. */
    private final long[] shift;

    /** ω_2n^i, bit-reversed. */
    private final long[] twist;

    private final LaneColumns.Weights lanes;

    ColumnRecovery(int n, BitSet known) {
        this.n = n;
        this.known = (BitSet) known.clone();
        this.domain = Domain.of(n);
        Domain extended = Domain.of(2 * n);
        evenVanishing = new long[n * LIMBS];
        oddVanishing = new long[n * LIMBS];
        inverseVanishing = new long[n * LIMBS];
        long[] points = Domain.powers(extended.point(1), 2 * n);
        long[] shifted = Domain.geometric(SHIFT, domain.point(1), n);
        for (int i = 0; i < n; i++) {
            vanishing(points, points, 2 * i, evenVanishing, i);
            vanishing(points, points, 2 * i + 1, oddVanishing, i);
            vanishing(points, shifted, i, inverseVanishing, i);
        }
        Recovery.invertAll(inverseVanishing);
        Scalar c = SHIFT.power(n);
        Scalar twice = Scalar.ofLong(2L * n).inverse();
        evenFactors = new long[n * LIMBS];
        long[] factor = Domain.montgomery(Scalar.ONE.plus(c).times(twice));
        for (int i = 0; i < n; i++) {
            System.arraycopy(factor, 0, evenFactors, i * LIMBS, LIMBS);
        }
        oddFactors = ColumnCoding.reversed(Domain.geometric(Scalar.ONE.minus(c).times(twice), extended.point(-1), n));
        unshift = ColumnCoding.reversed(Domain.geometric(Scalar.ofLong(n).inverse(), SHIFT.inverse(), n));
        shift = ColumnCoding.reversed(Domain.powers(SHIFT, n));
        twist = ColumnCoding.reversed(Domain.powers(extended.point(1), n));
        lanes = LaneColumns.takes(n) && LaneSupport.isReady() ? new LaneColumns.Weights(this) : null;
    }

    /** The product of x_at − point over the missing points, in Montgomery form. */
    private void vanishing(long[] points, long[] x, int at, long[] out, int index) {
        long[] product = Domain.montgomery(Scalar.ONE);
        long[] difference = new long[LIMBS];
        for (int i = known.nextClearBit(0); i < 2 * n; i = known.nextClearBit(i + 1)) {
            ScalarField.subtract(x, at * LIMBS, points, i * LIMBS, difference, 0);
            ScalarField.montgomery(product, 0, difference, 0, product, 0);
        }
        System.arraycopy(product, 0, out, index * LIMBS, LIMBS);
    }

    /** Source chunks of a column. */
    int size() {
        return n;
    }

    /** Whether the chunk at a position is known. */
    boolean isKnown(int position) {
        return known.get(position);
    }

    /**
     * Computes the missing chunks of some columns.
     *
     * @param arrays 2n arrays; the known ones are read, of the others those that are not null are written
     * @param from the first column
     * @param to behind the last one
     * @throws IllegalArgumentException naming a known chunk that is not canonical
     */
    public void recover(byte[][] arrays, int from, int to) {
        int column = lanes == null ? from : LaneColumns.of(n).recover(arrays, lanes, from, to);
        for (; column < to; column++) {
            recover(arrays, column);
        }
    }

    private void recover(byte[][] arrays, int column) {
        long[] even = new long[n * LIMBS];
        long[] odd = new long[n * LIMBS];
        for (int i = known.nextSetBit(0); i >= 0; i = known.nextSetBit(i + 1)) {
            ColumnCoding.load(arrays, i, column, i % 2 == 0 ? even : odd, i / 2);
        }
        ColumnCoding.multiply(even, evenVanishing);
        ColumnCoding.multiply(odd, oddVanishing);
        domain.inverseToReversed(even);
        domain.inverseToReversed(odd);
        ColumnCoding.multiply(even, evenFactors);
        ColumnCoding.multiply(odd, oddFactors);
        for (int i = 0; i < even.length; i += LIMBS) {
            ScalarField.add(even, i, odd, i, even, i);
        }
        ColumnCoding.multiply(even, shift);
        domain.forwardFromReversed(even);
        ColumnCoding.multiply(even, inverseVanishing);
        domain.inverseToReversed(even);
        ColumnCoding.multiply(even, unshift);
        odd = Arrays.copyOf(even, even.length);
        domain.forwardFromReversed(even);
        ColumnCoding.multiply(odd, twist);
        domain.forwardFromReversed(odd);
        for (int i = known.nextClearBit(0); i < 2 * n; i = known.nextClearBit(i + 1)) {
            if (arrays[i] != null) {
                long[] values = i % 2 == 0 ? even : odd;
                ScalarField.store(values, i / 2 * LIMBS, arrays[i], column * ScalarField.BYTES);
            }
        }
    }
}

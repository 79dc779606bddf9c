package xyz.autonomys.farmer.erasure;

import static xyz.autonomys.farmer.erasure.Lanes.COUNT;
import static xyz.autonomys.farmer.erasure.Lanes.STEP;

import java.util.BitSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Recovery of a long sequence in vectors when exactly half of its 2n chunks are known, as {@link Recovery} does it: Z
 * vanishes at the missing points, E = D·Z is known everywhere, and D = E/Z is taken where Z is not zero.
 *
 * <p>Everything is done on sequences of n. The values of E at the even points give E mod X^n − 1, those at the odd ones
 * E mod X^n + 1, and with c = 7^n both together E mod X^n − c = ((1 + c)·even + (1 − c)·odd)/2, which has the values of E
 * at 7·ω_n^i. Constants take back that {@link LaneTransform#inverse} multiplies by n.
 */
final class LaneRecovery {
    private static final int BYTES = ScalarField.BYTES;
    private static final int LIMBS = ScalarField.LIMBS;
    private static final Scalar SHIFT = Scalar.ofLong(7);

    /** Chains of products that an inversion of all is done in, in vectors. */
    private static final int CHAINS = 64;

    private static final ConcurrentMap<Integer, LaneRecovery> SHARED = new ConcurrentHashMap<>();

    private final int n;
    private final LaneTransform transform;
    private final LaneTransform.Forward even;
    private final LaneTransform.Forward odd;
    private final LaneTransform.Forward shifted;
    private final LaneVanishing vanishing;

    /** ω_2n^i for all i below 2n. */
    private final double[] points;
    /** Times n: what Z exceeds its remainder modulo X^n − 1 by, at odd points (negated) and at shifted ones. */
    private final double[] oddExcess;

    private final double[] shiftedExcess;
    private final double[] evenFactor;
    /** In the order of coefficients, as the next. */
    private final double[] oddFactors;

    private final double[] unshift;
    /** R^2, which makes an inverse of R·x from one of x/R. */
    private final double[] inverseForm;

    private LaneRecovery(int n) {
        this.n = n;
        Domain extended = Domain.of(2 * n);
        Scalar size = Scalar.ofLong(n);
        Scalar c = SHIFT.power(n);
        this.transform = LaneTransform.whole(n);
        this.even = transform.forward(Scalar.ONE);
        this.odd = transform.forward(extended.point(1));
        this.shifted = transform.forward(SHIFT);
        this.vanishing = new LaneVanishing(n);
        this.points = new double[2 * n * Lanes.DIGITS];
        long[] powers = Domain.powers(extended.point(1), 2 * n);
        for (int i = 0; i < 2 * n; i++) {
            LaneScalars.putConstant(powers, i * LIMBS, points, Lanes.at(i));
        }
        this.oddExcess = LaneScalars.constant(size.plus(size));
        this.shiftedExcess = LaneScalars.constant(c.minus(Scalar.ONE).times(size));
        Scalar twice = size.plus(size).inverse();
        this.evenFactor = LaneScalars.constant(Scalar.ONE.plus(c).times(twice));
        Scalar first = Scalar.ONE.minus(c).times(twice).times(size.inverse());
        this.oddFactors = reversed(Domain.geometric(first, extended.point(-1), n));
        this.unshift = reversed(Domain.powers(SHIFT.inverse(), n));
        this.inverseForm = LaneScalars.constant(LaneScalars.RADIX);
    }

    private double[] reversed(long[] powers) {
        double[] lanes = new double[n * Lanes.DIGITS];
        int unused = Integer.SIZE - Integer.numberOfTrailingZeros(n);
        for (int i = 0; i < n; i++) {
            LaneScalars.putConstant(powers, i * LIMBS, lanes, Lanes.at(Integer.reverse(i) >>> unused));
        }
        return lanes;
    }

    /** The shared one for n source chunks; takes about 10 MB for a record. */
    static LaneRecovery of(int n) {
        return SHARED.computeIfAbsent(n, LaneRecovery::new);
    }

    /** As {@link ErasureCoding#recover}, exactly n known. */
    void recover(byte[] chunks, BitSet known) throws InvalidScalarException {
        double[] evens = coefficients(chunks, known);
        double[] odds = evens.clone();
        even.apply(evens, 0);
        odd.apply(odds, 0);
        long[] limbs = new long[LIMBS];
        for (int i = known.nextClearBit(0); i < 2 * n; i = known.nextClearBit(i + 1)) {
            LaneScalars.take(i % 2 == 0 ? evens : odds, Lanes.at(i / 2), 0, limbs, 0);
            ScalarField.store(limbs, 0, chunks, i * BYTES);
        }
    }

    /** As {@link ErasureCoding#recoverSource}, exactly n known. */
    void recoverSource(byte[] chunks, BitSet known, byte[] sourceChunks) throws InvalidScalarException {
        double[] evens = coefficients(chunks, known);
        even.apply(evens, 0);
        long[] limbs = new long[LIMBS];
        for (int i = 0; i < n; i++) {
            LaneScalars.take(evens, Lanes.at(i), 0, limbs, 0);
            ScalarField.store(limbs, 0, sourceChunks, i * BYTES);
        }
    }

    /** As {@link ErasureCoding#recoverPolynomial}, exactly n known; with trailing zeros. */
    Polynomial recoverPolynomial(byte[] chunks, BitSet known) throws InvalidScalarException {
        return LaneRecord.coefficients(coefficients(chunks, known), 0);
    }

    /** The coefficients of D, bit-reversed. */
    private double[] coefficients(byte[] chunks, BitSet known) throws InvalidScalarException {
        double[] evens = new double[n * Lanes.DIGITS];
        double[] odds = new double[n * Lanes.DIGITS];
        for (int i = known.nextSetBit(0); i >= 0; i = known.nextSetBit(i + 1)) {
            if (!LaneScalars.load(chunks, i * BYTES, i % 2 == 0 ? evens : odds, Lanes.at(i / 2))) {
                throw new InvalidScalarException(i);
            }
        }
        int vectors = n / COUNT;
        double[] z = vanishing.values(missingPoints(known));
        multiply(evens, z, STEP, vectors);
        transform.inverse(z, 0);
        double[] zAtOdd = z.clone();
        addToFirst(zAtOdd, oddExcess, -1);
        odd.apply(zAtOdd, 0);
        multiply(odds, zAtOdd, STEP, vectors);
        addToFirst(z, shiftedExcess, 1);
        shifted.apply(z, 0);

        transform.inverse(evens, 0);
        transform.inverse(odds, 0);
        multiply(evens, evenFactor, 0, vectors);
        multiply(odds, oddFactors, STEP, vectors);
        LaneArithmetic.add(evens, 0, odds, 0, evens, 0, vectors);
        LaneArithmetic.reduce(evens, 0, STEP, vectors);
        shifted.apply(evens, 0);
        invertAll(z, vectors);
        multiply(evens, z, STEP, vectors);
        transform.inverse(evens, 0);
        multiply(evens, unshift, STEP, vectors);
        return evens;
    }

    private double[] missingPoints(BitSet known) {
        double[] roots = new double[n * Lanes.DIGITS];
        for (int i = known.nextClearBit(0), k = 0; i < 2 * n; i = known.nextClearBit(i + 1), k++) {
            for (int digit = 0; digit < STEP; digit += COUNT) {
                roots[Lanes.at(k) + digit] = points[Lanes.at(i) + digit];
            }
        }
        return roots;
    }

    private static void multiply(double[] data, double[] factors, int factorStep, int vectors) {
        LaneArithmetic.multiply(data, 0, STEP, factors, 0, factorStep, data, 0, STEP, vectors);
    }

    private static void addToFirst(double[] data, double[] constant, int sign) {
        for (int digit = 0; digit < STEP; digit += COUNT) {
            data[digit] += sign * constant[digit];
        }
    }

    /** Inverts values in Montgomery form, none of them zero, by products along chains, an inversion, and back. */
    private void invertAll(double[] values, int vectors) {
        int width = Math.min(CHAINS, vectors) * STEP;
        int chains = width / STEP;
        double[] products = values.clone();
        for (int at = width; at < products.length; at += width) {
            LaneArithmetic.multiply(products, at - width, STEP, values, at, STEP, products, at, STEP, chains);
            LaneArithmetic.reduce(products, at, STEP, chains);
        }
        double[] inverse = invert(products, products.length - width, width);
        double[] next = new double[width];
        for (int at = products.length - width; at > 0; at -= width) {
            LaneArithmetic.multiply(inverse, 0, STEP, values, at, STEP, next, 0, STEP, chains);
            LaneArithmetic.reduce(next, 0, STEP, chains);
            LaneArithmetic.multiply(inverse, 0, STEP, products, at - width, STEP, values, at, STEP, chains);
            LaneArithmetic.reduce(values, at, STEP, chains);
            double[] used = inverse;
            inverse = next;
            next = used;
        }
        System.arraycopy(inverse, 0, values, 0, width);
    }

    private double[] invert(double[] values, int from, int width) {
        int count = width / Lanes.DIGITS;
        long[] limbs = new long[count * LIMBS];
        for (int i = 0; i < count; i++) {
            LaneScalars.take(values, from + Lanes.at(i), 0, limbs, i * LIMBS);
            ScalarField.toMontgomery(limbs, i * LIMBS, limbs, i * LIMBS);
        }
        Recovery.invertAll(limbs);
        double[] inverse = new double[width];
        for (int i = 0; i < count; i++) {
            LaneScalars.putConstant(limbs, i * LIMBS, inverse, Lanes.at(i));
        }
        LaneArithmetic.multiply(inverse, 0, STEP, inverseForm, 0, 0, inverse, 0, STEP, width / STEP);
        LaneArithmetic.reduce(inverse, 0, STEP, width / STEP);
        return inverse;
    }
}

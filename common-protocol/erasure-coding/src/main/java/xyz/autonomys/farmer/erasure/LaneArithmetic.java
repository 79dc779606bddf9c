package xyz.autonomys.farmer.erasure;

import static xyz.autonomys.farmer.erasure.Lanes.COUNT;
import static xyz.autonomys.farmer.erasure.Lanes.DIGITS;
import static xyz.autonomys.farmer.erasure.Lanes.DIGIT_BITS;
import static xyz.autonomys.farmer.erasure.Lanes.DOUBLES;
import static xyz.autonomys.farmer.erasure.Lanes.LONGS;
import static xyz.autonomys.farmer.erasure.Lanes.STEP;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Arithmetic modulo r on vectors of scalars, {@link Lanes} says how they are laid out. Exact: every rounding that
 * happens is one that is taken back.
 *
 * <p><b>Products.</b> Adding 1.5·2^103 to a product of two digits leaves its multiple of 2^51 nearest to it in the low
 * bits of the sum's bit pattern; subtracting that multiple and adding 1.5·2^52 leaves the remainder there. So bit
 * patterns are summed as integers, and the patterns of the two constants are subtracted beforehand. This needs digits
 * whose products stay below 2^102.
 *
 * <p><b>Reduction</b> is Montgomery's with R = 2^255, digit by digit: r ≡ 1 − 2^32 mod 2^64, so the multiple of r to
 * subtract is t·(1 + 2^32) mod 2^51. With balanced digits |a·b/R| ≤ r/2 + |a|·|b|/R, and r/R = 0.906.
 *
 * <p><b>Bounds.</b> "Reduced" means |v| ≤ r/2 and a hair, digits at most 2^50 + 4. Constants are reduced and balanced. A
 * multiplication takes anything whose digits stay below 2^52 and that is below 4r. {@link #reduce} takes digits below
 * 2^52 and values below 4.5r. So sums need reduction at every second level of a transform.
 */
final class LaneArithmetic {
    /** Strips of vectors longer than this gain nothing. */
    static final int STRIP = 32;

    private static final double SPLIT_VALUE = 0x1.8p103;
    private static final double ROUND_VALUE = 0x1.8p52;
    private static final long LOW_BITS = (1L << DIGIT_BITS) - 1;
    private static final long HALF_DIGIT = 1L << DIGIT_BITS - 1;
    private static final long INTEGER_BITS = Double.doubleToRawLongBits(0x1p52);

    private static final DoubleVector SPLIT = DoubleVector.broadcast(DOUBLES, SPLIT_VALUE);
    private static final DoubleVector SPLIT_LOW = DoubleVector.broadcast(DOUBLES, SPLIT_VALUE + ROUND_VALUE);
    private static final DoubleVector ROUND = DoubleVector.broadcast(DOUBLES, ROUND_VALUE);
    private static final LongVector LOW = LongVector.broadcast(LONGS, LOW_BITS);
    private static final LongVector INTEGER = LongVector.broadcast(LONGS, INTEGER_BITS);
    private static final LongVector CENTRED = LongVector.broadcast(LONGS, INTEGER_BITS | HALF_DIGIT);
    private static final DoubleVector CENTRE = DoubleVector.broadcast(DOUBLES, 0x1p52 + HALF_DIGIT);
    private static final DoubleVector DOWN = DoubleVector.broadcast(DOUBLES, 0x1p-51);
    private static final DoubleVector UP = DoubleVector.broadcast(DOUBLES, -0x1p51);

    /** The digits of −r. */
    private static final DoubleVector N0 = modulus(0);

    private static final DoubleVector N1 = modulus(1);
    private static final DoubleVector N2 = modulus(2);
    private static final DoubleVector N3 = modulus(3);
    private static final DoubleVector N4 = modulus(4);

    /** 2^204 / r: times the top digit, how often r goes into a value. */
    private static final DoubleVector QUOTIENT = DoubleVector.broadcast(DOUBLES, LaneScalars.TOP_DIGIT_PER_MODULUS);

    /** What the ten columns of a product start from. */
    private static final long[] START = start();

    private LaneArithmetic() {}

    private static DoubleVector modulus(int digit) {
        return DoubleVector.broadcast(DOUBLES, -LaneScalars.MODULUS_DIGITS[digit]);
    }

    private static long[] start() {
        long split = Double.doubleToRawLongBits(SPLIT_VALUE);
        long round = Double.doubleToRawLongBits(ROUND_VALUE);
        long[] column = new long[2 * DIGITS];
        for (int i = 0; i < DIGITS; i++) {
            for (int j = 0; j < DIGITS; j++) {
                // Twice: the product itself and the multiple of r.
                column[i + j] -= 2 * round;
                column[i + j + 1] -= 2 * split;
            }
        }
        // Columns are made positive so that a logical shift carries; the next column gives it back.
        long positive = 1L << 62;
        for (int k = 0; k < column.length - 1; k++) {
            column[k] += positive;
            column[k + 1] -= positive >>> DIGIT_BITS;
        }
        // Digits of the result are balanced: half a digit more, taken away again when they become doubles.
        for (int k = DIGITS; k < column.length - 1; k++) {
            column[k] += HALF_DIGIT;
        }
        column[2 * DIGITS - 1] += round;
        long[] start = new long[2 * DIGITS * COUNT];
        for (int i = 0; i < start.length; i++) {
            start[i] = column[i / COUNT];
        }
        return start;
    }

    /**
     * out = x · w / 2^255 for {@code count} vectors of scalars. Steps are in doubles and may be zero for w. The result has
     * balanced digits and is at most r/2 + 0.906·|x|·|w|/r. The places may be the same.
     */
    static void multiply(
            double[] x,
            int xAt,
            int xStep,
            double[] w,
            int wAt,
            int wStep,
            double[] out,
            int outAt,
            int outStep,
            int count) {
        for (int n = 0, xi = xAt, wi = wAt, oi = outAt; n < count; n++, xi += xStep, wi += wStep, oi += outStep) {
            DoubleVector w0 = DoubleVector.fromArray(DOUBLES, w, wi);
            DoubleVector w1 = DoubleVector.fromArray(DOUBLES, w, wi + COUNT);
            DoubleVector w2 = DoubleVector.fromArray(DOUBLES, w, wi + 2 * COUNT);
            DoubleVector w3 = DoubleVector.fromArray(DOUBLES, w, wi + 3 * COUNT);
            DoubleVector w4 = DoubleVector.fromArray(DOUBLES, w, wi + 4 * COUNT);
            LongVector t0 = LongVector.fromArray(LONGS, START, 0);
            LongVector t1 = LongVector.fromArray(LONGS, START, COUNT);
            LongVector t2 = LongVector.fromArray(LONGS, START, 2 * COUNT);
            LongVector t3 = LongVector.fromArray(LONGS, START, 3 * COUNT);
            LongVector t4 = LongVector.fromArray(LONGS, START, 4 * COUNT);
            // One digit of x at a time: add its product with w, then the multiple of r that clears the lowest column.
            for (int i = 0; i < STEP; i += COUNT) {
                DoubleVector d = DoubleVector.fromArray(DOUBLES, x, xi + i);
                DoubleVector h = d.fma(w0, SPLIT);
                t0 = t0.add(d.fma(w0, SPLIT_LOW.sub(h)).reinterpretAsLongs());
                t1 = t1.add(h.reinterpretAsLongs());
                h = d.fma(w1, SPLIT);
                t1 = t1.add(d.fma(w1, SPLIT_LOW.sub(h)).reinterpretAsLongs());
                t2 = t2.add(h.reinterpretAsLongs());
                h = d.fma(w2, SPLIT);
                t2 = t2.add(d.fma(w2, SPLIT_LOW.sub(h)).reinterpretAsLongs());
                t3 = t3.add(h.reinterpretAsLongs());
                h = d.fma(w3, SPLIT);
                t3 = t3.add(d.fma(w3, SPLIT_LOW.sub(h)).reinterpretAsLongs());
                t4 = t4.add(h.reinterpretAsLongs());
                h = d.fma(w4, SPLIT);
                t4 = t4.add(d.fma(w4, SPLIT_LOW.sub(h)).reinterpretAsLongs());
                LongVector t5 = h.reinterpretAsLongs().add(LongVector.fromArray(LONGS, START, i + STEP));
                d = t0.add(t0.lanewise(VectorOperators.LSHL, 32))
                        .and(LOW)
                        .lanewise(VectorOperators.XOR, CENTRED)
                        .reinterpretAsDoubles()
                        .sub(CENTRE);
                h = d.fma(N0, SPLIT);
                t0 = t0.add(d.fma(N0, SPLIT_LOW.sub(h)).reinterpretAsLongs())
                        .lanewise(VectorOperators.LSHR, DIGIT_BITS)
                        .add(t1.add(h.reinterpretAsLongs()));
                h = d.fma(N1, SPLIT);
                t0 = t0.add(d.fma(N1, SPLIT_LOW.sub(h)).reinterpretAsLongs());
                t1 = t2.add(h.reinterpretAsLongs());
                h = d.fma(N2, SPLIT);
                t1 = t1.add(d.fma(N2, SPLIT_LOW.sub(h)).reinterpretAsLongs());
                t2 = t3.add(h.reinterpretAsLongs());
                h = d.fma(N3, SPLIT);
                t2 = t2.add(d.fma(N3, SPLIT_LOW.sub(h)).reinterpretAsLongs());
                t3 = t4.add(h.reinterpretAsLongs());
                h = d.fma(N4, SPLIT);
                t3 = t3.add(d.fma(N4, SPLIT_LOW.sub(h)).reinterpretAsLongs());
                t4 = t5.add(h.reinterpretAsLongs());
            }
            t1 = t1.add(t0.lanewise(VectorOperators.LSHR, DIGIT_BITS));
            t2 = t2.add(t1.lanewise(VectorOperators.LSHR, DIGIT_BITS));
            t3 = t3.add(t2.lanewise(VectorOperators.LSHR, DIGIT_BITS));
            t4 = t4.add(t3.lanewise(VectorOperators.LSHR, DIGIT_BITS));
            t0.and(LOW).or(INTEGER).reinterpretAsDoubles().sub(CENTRE).intoArray(out, oi);
            t1.and(LOW).or(INTEGER).reinterpretAsDoubles().sub(CENTRE).intoArray(out, oi + COUNT);
            t2.and(LOW).or(INTEGER).reinterpretAsDoubles().sub(CENTRE).intoArray(out, oi + 2 * COUNT);
            t3.and(LOW).or(INTEGER).reinterpretAsDoubles().sub(CENTRE).intoArray(out, oi + 3 * COUNT);
            t4.reinterpretAsDoubles().sub(ROUND).intoArray(out, oi + 4 * COUNT);
        }
    }

    /** (a, b) → (a + t, a − t) in place, not reduced. */
    static void butterflies(double[] data, int aAt, int bAt, int step, double[] t, int tAt, int tStep, int count) {
        for (int n = 0, ai = aAt, bi = bAt, ti = tAt; n < count; n++, ai += step, bi += step, ti += tStep) {
            for (int i = 0; i < STEP; i += COUNT) {
                DoubleVector a = DoubleVector.fromArray(DOUBLES, data, ai + i);
                DoubleVector b = DoubleVector.fromArray(DOUBLES, t, ti + i);
                a.add(b).intoArray(data, ai + i);
                a.sub(b).intoArray(data, bi + i);
            }
        }
    }

    /** (a, b) → (a + t, a − t) in place, reduced. */
    static void reducedButterflies(
            double[] data, int aAt, int bAt, int step, double[] t, int tAt, int tStep, int count) {
        butterflies(data, aAt, bAt, step, t, tAt, tStep, count);
        reduce(data, aAt, step, count);
        reduce(data, bAt, step, count);
    }

    /** out = a + b, not reduced. */
    static void add(double[] a, int aAt, double[] b, int bAt, double[] out, int outAt, int count) {
        for (int i = 0; i < count * STEP; i += COUNT) {
            DoubleVector.fromArray(DOUBLES, a, aAt + i)
                    .add(DoubleVector.fromArray(DOUBLES, b, bAt + i))
                    .intoArray(out, outAt + i);
        }
    }

    /** out = a − b, not reduced; b is one vector of scalars for all. */
    static void subtractOne(double[] a, int aAt, double[] b, int bAt, double[] out, int outAt, int count) {
        for (int n = 0, k = 0; n < count; n++, k += STEP) {
            for (int i = 0; i < STEP; i += COUNT) {
                DoubleVector.fromArray(DOUBLES, a, aAt + k + i)
                        .sub(DoubleVector.fromArray(DOUBLES, b, bAt + i))
                        .intoArray(out, outAt + k + i);
            }
        }
    }

    /** Reduces in place: subtracts the multiple of r nearest to the value, then carries between digits once. */
    static void reduce(double[] data, int at, int step, int count) {
        for (int n = 0, i = at; n < count; n++, i += step) {
            DoubleVector x4 = DoubleVector.fromArray(DOUBLES, data, i + 4 * COUNT);
            DoubleVector q = x4.fma(QUOTIENT, ROUND).sub(ROUND);
            DoubleVector x0 = q.fma(N0, DoubleVector.fromArray(DOUBLES, data, i));
            DoubleVector x1 = q.fma(N1, DoubleVector.fromArray(DOUBLES, data, i + COUNT));
            DoubleVector x2 = q.fma(N2, DoubleVector.fromArray(DOUBLES, data, i + 2 * COUNT));
            DoubleVector x3 = q.fma(N3, DoubleVector.fromArray(DOUBLES, data, i + 3 * COUNT));
            x4 = q.fma(N4, x4);
            DoubleVector c0 = x0.fma(DOWN, ROUND).sub(ROUND);
            DoubleVector c1 = x1.fma(DOWN, ROUND).sub(ROUND);
            DoubleVector c2 = x2.fma(DOWN, ROUND).sub(ROUND);
            DoubleVector c3 = x3.fma(DOWN, ROUND).sub(ROUND);
            c0.fma(UP, x0).intoArray(data, i);
            c1.fma(UP, x1).add(c0).intoArray(data, i + COUNT);
            c2.fma(UP, x2).add(c1).intoArray(data, i + 2 * COUNT);
            c3.fma(UP, x3).add(c2).intoArray(data, i + 3 * COUNT);
            x4.add(c3).intoArray(data, i + 4 * COUNT);
        }
    }
}

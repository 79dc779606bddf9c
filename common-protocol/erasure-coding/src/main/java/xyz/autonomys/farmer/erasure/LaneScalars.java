package xyz.autonomys.farmer.erasure;

import static xyz.autonomys.farmer.erasure.Lanes.COUNT;
import static xyz.autonomys.farmer.erasure.Lanes.DIGITS;
import static xyz.autonomys.farmer.erasure.Lanes.DIGIT_BITS;
import static xyz.autonomys.farmer.erasure.Lanes.STEP;

import java.math.BigInteger;

/** Single scalars into and out of arrays for vectors. */
final class LaneScalars {
    /** The balanced digits of r. */
    static final double[] MODULUS_DIGITS = new double[DIGITS];

    /** 2^204 / r. */
    static final double TOP_DIGIT_PER_MODULUS;

    private static final long MASK = (1L << DIGIT_BITS) - 1;
    private static final long HALF = 1L << DIGIT_BITS - 1;
    /** r in digits that are not negative. */
    private static final long[] PLAIN_MODULUS = new long[DIGITS];

    /** 2^255 mod r, the factor of the lanes' Montgomery form. */
    static final Scalar RADIX;

    /** 2^255 mod r: times the Montgomery form of the plain code, the Montgomery form of the lanes. */
    private static final long[] TO_LANES;

    static {
        BigInteger r = new BigInteger("73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001", 16);
        TOP_DIGIT_PER_MODULUS = Math.scalb(1 / r.doubleValue(), (DIGITS - 1) * DIGIT_BITS);
        TO_LANES = limbs(BigInteger.ONE.shiftLeft(DIGITS * DIGIT_BITS).mod(r));
        RADIX = Scalar.coefficient(Polynomial.ofLimbs(TO_LANES), 0);
        double[] digits = new double[DIGITS * COUNT];
        putDigits(ScalarField.R0, ScalarField.R1, ScalarField.R2, ScalarField.R3, digits, 0);
        for (int i = 0; i < DIGITS; i++) {
            MODULUS_DIGITS[i] = digits[i * COUNT];
            PLAIN_MODULUS[i] = r.shiftRight(DIGIT_BITS * i).longValue() & MASK;
        }
    }

    private LaneScalars() {}

    private static long[] limbs(BigInteger value) {
        long[] limbs = new long[ScalarField.LIMBS];
        for (int i = 0; i < limbs.length; i++) {
            limbs[i] = value.shiftRight(Long.SIZE * i).longValue();
        }
        return limbs;
    }

    /**
     * Reads 32 big-endian bytes.
     *
     * @return whether they were canonical
     */
    static boolean load(byte[] bytes, int offset, double[] lanes, int at) {
        long a3 = (long) Bytes.BIG_ENDIAN.get(bytes, offset);
        long a2 = (long) Bytes.BIG_ENDIAN.get(bytes, offset + 8);
        long a1 = (long) Bytes.BIG_ENDIAN.get(bytes, offset + 16);
        long a0 = (long) Bytes.BIG_ENDIAN.get(bytes, offset + 24);
        putDigits(a0, a1, a2, a3, lanes, at);
        return ScalarField.isBelowModulus(a0, a1, a2, a3);
    }

    /** Puts canonical limbs as balanced digits. */
    static void putDigits(long[] limbs, int from, double[] lanes, int at) {
        putDigits(limbs[from], limbs[from + 1], limbs[from + 2], limbs[from + 3], lanes, at);
    }

    private static void putDigits(long a0, long a1, long a2, long a3, double[] lanes, int at) {
        long digit = a0 & MASK;
        long carry = digit + HALF >> DIGIT_BITS;
        lanes[at] = digit - (carry << DIGIT_BITS);
        digit = ((a0 >>> 51 | a1 << 13) & MASK) + carry;
        carry = digit + HALF >> DIGIT_BITS;
        lanes[at + COUNT] = digit - (carry << DIGIT_BITS);
        digit = ((a1 >>> 38 | a2 << 26) & MASK) + carry;
        carry = digit + HALF >> DIGIT_BITS;
        lanes[at + 2 * COUNT] = digit - (carry << DIGIT_BITS);
        digit = ((a2 >>> 25 | a3 << 39) & MASK) + carry;
        carry = digit + HALF >> DIGIT_BITS;
        lanes[at + 3 * COUNT] = digit - (carry << DIGIT_BITS);
        lanes[at + 4 * COUNT] = (a3 >>> 12) + carry;
    }

    /**
     * Puts a constant in the Montgomery form of the lanes, reduced and balanced.
     *
     * @param montgomery the constant in the Montgomery form of {@link ScalarField}
     */
    static void putConstant(long[] montgomery, int from, double[] lanes, int at) {
        long[] limbs = new long[ScalarField.LIMBS];
        ScalarField.montgomery(montgomery, from, TO_LANES, 0, limbs, 0);
        putDigits(limbs, 0, lanes, at);
        if (limbs[3] > ScalarField.R3 / 2) {
            for (int i = 0; i < DIGITS; i++) {
                lanes[at + i * COUNT] -= MODULUS_DIGITS[i];
            }
            balance(lanes, at);
        }
    }

    /** A vector of scalars that are all the same constant, see {@link #putConstant}. */
    static double[] constant(Scalar value) {
        double[] lanes = new double[STEP];
        long[] montgomery = Domain.montgomery(value);
        for (int lane = 0; lane < COUNT; lane++) {
            putConstant(montgomery, 0, lanes, lane);
        }
        return lanes;
    }

    private static void balance(double[] lanes, int at) {
        for (int i = 0; i < DIGITS - 1; i++) {
            double carry = Math.rint(lanes[at + i * COUNT] * 0x1p-51);
            lanes[at + i * COUNT] -= carry * 0x1p51;
            lanes[at + (i + 1) * COUNT] += carry;
        }
    }

    /**
     * Takes a scalar out, divided by a power of two.
     *
     * @param lanes holds digits of a value between −r and r
     * @param shift exponent of the power, at most 16
     * @param limbs receives the canonical limbs
     */
    static void take(double[] lanes, int at, int shift, long[] limbs, int to) {
        long d0 = (long) lanes[at];
        long d1 = (long) lanes[at + COUNT] + (d0 >> DIGIT_BITS);
        long d2 = (long) lanes[at + 2 * COUNT] + (d1 >> DIGIT_BITS);
        long d3 = (long) lanes[at + 3 * COUNT] + (d2 >> DIGIT_BITS);
        long d4 = (long) lanes[at + 4 * COUNT] + (d3 >> DIGIT_BITS);
        d0 &= MASK;
        d1 &= MASK;
        d2 &= MASK;
        d3 &= MASK;
        if (d4 < 0) {
            d0 += PLAIN_MODULUS[0];
            d1 += PLAIN_MODULUS[1] + (d0 >> DIGIT_BITS);
            d2 += PLAIN_MODULUS[2] + (d1 >> DIGIT_BITS);
            d3 += PLAIN_MODULUS[3] + (d2 >> DIGIT_BITS);
            d4 += PLAIN_MODULUS[4] + (d3 >> DIGIT_BITS);
            d0 &= MASK;
            d1 &= MASK;
            d2 &= MASK;
            d3 &= MASK;
        }
        long a0 = d0 | d1 << 51;
        long a1 = d1 >>> 13 | d2 << 38;
        long a2 = d2 >>> 26 | d3 << 25;
        long a3 = d3 >>> 39 | d4 << 12;
        if (shift > 0) {
            // r ≡ 1 modulo the power, so this multiple of r makes the sum divisible; it stays below r afterwards.
            long m = -a0 & (1L << shift) - 1;
            long carry = add(m * ScalarField.R0, a0, Math.unsignedMultiplyHigh(m, ScalarField.R0));
            long s0 = a0 + m * ScalarField.R0;
            long low = m * ScalarField.R1;
            long s1 = a1 + low;
            long next = Math.unsignedMultiplyHigh(m, ScalarField.R1) + below(s1, low);
            s1 += carry;
            carry = next + below(s1, carry);
            low = m * ScalarField.R2;
            long s2 = a2 + low;
            next = Math.unsignedMultiplyHigh(m, ScalarField.R2) + below(s2, low);
            s2 += carry;
            carry = next + below(s2, carry);
            low = m * ScalarField.R3;
            long s3 = a3 + low;
            next = Math.unsignedMultiplyHigh(m, ScalarField.R3) + below(s3, low);
            s3 += carry;
            long s4 = next + below(s3, carry);
            int left = Long.SIZE - shift;
            a0 = s0 >>> shift | s1 << left;
            a1 = s1 >>> shift | s2 << left;
            a2 = s2 >>> shift | s3 << left;
            a3 = s3 >>> shift | s4 << left;
        }
        limbs[to] = a0;
        limbs[to + 1] = a1;
        limbs[to + 2] = a2;
        limbs[to + 3] = a3;
    }

    private static long add(long a, long b, long high) {
        return high + below(a + b, b);
    }

    private static long below(long a, long b) {
        return Long.compareUnsigned(a, b) < 0 ? 1 : 0;
    }
}

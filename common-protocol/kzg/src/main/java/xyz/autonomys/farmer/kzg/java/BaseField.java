package xyz.autonomys.farmer.kzg.java;

import java.math.BigInteger;
import java.util.Arrays;

/**
 * Arithmetic modulo p, the prime of the curve's coordinates, on seven {@code long} limbs of 56 bits, least significant
 * first, at an offset of an array.
 *
 * <p>Limbs with eight bits to spare add up without carries, which plain Java would have to find by comparisons. Elements
 * are in Montgomery form with R = 2^392 and, as R is 2520·p, a product of anything below 2p comes out below 1.002p
 * without a final subtraction; sums and differences are brought below 2p. So an element has two representations, and
 * zero is 0 or p.
 *
 * <p>Source of the constants: BLS12-381 (spec 02 §2).
 */
final class BaseField {
    /** Limbs of an element. */
    static final int LIMBS = 7;

    /** Bytes of an element outside. */
    static final int BYTES = 48;

    /** The prime. */
    static final BigInteger PRIME = new BigInteger(
            "1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab", 16);

    private static final int BITS = 56;
    private static final int WORD_SHIFT = Long.SIZE - BITS;
    private static final long MASK = (1L << BITS) - 1;

    // The limbs of p and of 2p.
    private static final long P0 = 0xfeffffffffaaabL;
    private static final long P1 = 0xfffeb153ffffb9L;
    private static final long P2 = 0xa0f6b0f6241eabL;
    private static final long P3 = 0xf38512bf6730d2L;
    private static final long P4 = 0x4bacd764774b84L;
    private static final long P5 = 0xe69a4b1ba7b643L;
    private static final long P6 = 0x1a0111ea397fL;
    private static final long Q0 = 0xfdffffffff5556L;
    private static final long Q1 = 0xfffd62a7ffff73L;
    private static final long Q2 = 0x41ed61ec483d57L;
    private static final long Q3 = 0xe70a257ece61a5L;
    private static final long Q4 = 0x9759aec8ee9709L;
    private static final long Q5 = 0xcd3496374f6c86L;
    private static final long Q6 = 0x340223d472ffL;

    /** −p^{-1} mod 2^56. */
    private static final long NEGATED_INVERSE = 0xf3fffcfffcfffdL;

    private static final long[] MODULUS = {P0, P1, P2, P3, P4, P5, P6};
    private static final long[] ZERO = new long[LIMBS];
    private static final long[] INTEGER_ONE = {1, 0, 0, 0, 0, 0, 0};

    /** 2^784 mod p, which makes Montgomery forms. */
    private static final long[] SQUARED_RADIX =
            limbs(BigInteger.ONE.shiftLeft(2 * LIMBS * BITS).mod(PRIME));

    private static final BigInteger INVERSE_EXPONENT = PRIME.subtract(BigInteger.TWO);

    /** (p + 1) / 4: as p ≡ 3 mod 4, this power of a square is a root of it. */
    private static final BigInteger ROOT_EXPONENT = PRIME.add(BigInteger.ONE).shiftRight(2);

    private static final BigInteger HALF = PRIME.shiftRight(1);
    private static final int WINDOW = 4;

    private BaseField() {}

    private static long[] limbs(BigInteger value) {
        long[] limbs = new long[LIMBS];
        for (int i = 0; i < LIMBS; i++) {
            limbs[i] = value.shiftRight(BITS * i).longValue() & MASK;
        }
        return limbs;
    }

    /** The element of an integer, which is reduced. */
    static long[] of(BigInteger value) {
        long[] limbs = limbs(value.mod(PRIME));
        multiply(limbs, 0, SQUARED_RADIX, 0, limbs, 0);
        return limbs;
    }

    /** The integer below p. */
    static BigInteger integer(long[] a, int ai) {
        long[] plain = new long[LIMBS];
        multiply(a, ai, INTEGER_ONE, 0, plain, 0);
        BigInteger value = BigInteger.ZERO;
        for (int i = LIMBS - 1; i >= 0; i--) {
            value = value.shiftLeft(BITS).add(BigInteger.valueOf(plain[i]));
        }
        return value.mod(PRIME);
    }

    /** out = a · b / 2^392; any of the places may be the same. */
    static void multiply(long[] a, int ai, long[] b, int bi, long[] out, int oi) {
        long b0 = b[bi];
        long b1 = b[bi + 1];
        long b2 = b[bi + 2];
        long b3 = b[bi + 3];
        long b4 = b[bi + 4];
        long b5 = b[bi + 5];
        long b6 = b[bi + 6];
        long t0 = 0;
        long t1 = 0;
        long t2 = 0;
        long t3 = 0;
        long t4 = 0;
        long t5 = 0;
        long t6 = 0;
        for (int i = 0; i < LIMBS; i++) {
            // t += x · b, then t = (t + m · p) / 2^56, with m such that the lowest limb becomes zero. A product's part
            // above
            // 2^56 is the upper word of the product with a factor that is shifted up by the missing eight bits.
            long x = a[ai + i];
            long shifted = x << WORD_SHIFT;
            t0 += x * b0 & MASK;
            t1 += (x * b1 & MASK) + Math.unsignedMultiplyHigh(shifted, b0);
            t2 += (x * b2 & MASK) + Math.unsignedMultiplyHigh(shifted, b1);
            t3 += (x * b3 & MASK) + Math.unsignedMultiplyHigh(shifted, b2);
            t4 += (x * b4 & MASK) + Math.unsignedMultiplyHigh(shifted, b3);
            t5 += (x * b5 & MASK) + Math.unsignedMultiplyHigh(shifted, b4);
            t6 += (x * b6 & MASK) + Math.unsignedMultiplyHigh(shifted, b5);
            long t7 = Math.unsignedMultiplyHigh(shifted, b6);
            long m = t0 * NEGATED_INVERSE & MASK;
            shifted = m << WORD_SHIFT;
            t0 += m * P0 & MASK;
            t0 = t1 + (m * P1 & MASK) + Math.unsignedMultiplyHigh(shifted, P0) + (t0 >>> BITS);
            t1 = t2 + (m * P2 & MASK) + Math.unsignedMultiplyHigh(shifted, P1);
            t2 = t3 + (m * P3 & MASK) + Math.unsignedMultiplyHigh(shifted, P2);
            t3 = t4 + (m * P4 & MASK) + Math.unsignedMultiplyHigh(shifted, P3);
            t4 = t5 + (m * P5 & MASK) + Math.unsignedMultiplyHigh(shifted, P4);
            t5 = t6 + (m * P6 & MASK) + Math.unsignedMultiplyHigh(shifted, P5);
            t6 = t7 + Math.unsignedMultiplyHigh(shifted, P6);
        }
        out[oi] = t0 & MASK;
        t1 += t0 >>> BITS;
        out[oi + 1] = t1 & MASK;
        t2 += t1 >>> BITS;
        out[oi + 2] = t2 & MASK;
        t3 += t2 >>> BITS;
        out[oi + 3] = t3 & MASK;
        t4 += t3 >>> BITS;
        out[oi + 4] = t4 & MASK;
        t5 += t4 >>> BITS;
        out[oi + 5] = t5 & MASK;
        t6 += t5 >>> BITS;
        out[oi + 6] = t6;
    }

    /** out = a + b. */
    static void add(long[] a, int ai, long[] b, int bi, long[] out, int oi) {
        long s = a[ai] + b[bi] - Q0;
        long d0 = s & MASK;
        s = (s >> BITS) + a[ai + 1] + b[bi + 1] - Q1;
        long d1 = s & MASK;
        s = (s >> BITS) + a[ai + 2] + b[bi + 2] - Q2;
        long d2 = s & MASK;
        s = (s >> BITS) + a[ai + 3] + b[bi + 3] - Q3;
        long d3 = s & MASK;
        s = (s >> BITS) + a[ai + 4] + b[bi + 4] - Q4;
        long d4 = s & MASK;
        s = (s >> BITS) + a[ai + 5] + b[bi + 5] - Q5;
        long d5 = s & MASK;
        s = (s >> BITS) + a[ai + 6] + b[bi + 6] - Q6;
        long d6 = s;
        // Where that went below zero, 2p comes back.
        long mask = d6 >> 63;
        s = d0 + (Q0 & mask);
        out[oi] = s & MASK;
        s = (s >> BITS) + d1 + (Q1 & mask);
        out[oi + 1] = s & MASK;
        s = (s >> BITS) + d2 + (Q2 & mask);
        out[oi + 2] = s & MASK;
        s = (s >> BITS) + d3 + (Q3 & mask);
        out[oi + 3] = s & MASK;
        s = (s >> BITS) + d4 + (Q4 & mask);
        out[oi + 4] = s & MASK;
        s = (s >> BITS) + d5 + (Q5 & mask);
        out[oi + 5] = s & MASK;
        s = (s >> BITS) + d6 + (Q6 & mask);
        out[oi + 6] = s;
    }

    /** out = a − b. */
    static void subtract(long[] a, int ai, long[] b, int bi, long[] out, int oi) {
        long s = a[ai] - b[bi];
        long d0 = s & MASK;
        s = (s >> BITS) + a[ai + 1] - b[bi + 1];
        long d1 = s & MASK;
        s = (s >> BITS) + a[ai + 2] - b[bi + 2];
        long d2 = s & MASK;
        s = (s >> BITS) + a[ai + 3] - b[bi + 3];
        long d3 = s & MASK;
        s = (s >> BITS) + a[ai + 4] - b[bi + 4];
        long d4 = s & MASK;
        s = (s >> BITS) + a[ai + 5] - b[bi + 5];
        long d5 = s & MASK;
        s = (s >> BITS) + a[ai + 6] - b[bi + 6];
        long d6 = s;
        // Where that went below zero, 2p comes back.
        long mask = d6 >> 63;
        s = d0 + (Q0 & mask);
        out[oi] = s & MASK;
        s = (s >> BITS) + d1 + (Q1 & mask);
        out[oi + 1] = s & MASK;
        s = (s >> BITS) + d2 + (Q2 & mask);
        out[oi + 2] = s & MASK;
        s = (s >> BITS) + d3 + (Q3 & mask);
        out[oi + 3] = s & MASK;
        s = (s >> BITS) + d4 + (Q4 & mask);
        out[oi + 4] = s & MASK;
        s = (s >> BITS) + d5 + (Q5 & mask);
        out[oi + 5] = s & MASK;
        s = (s >> BITS) + d6 + (Q6 & mask);
        out[oi + 6] = s;
    }

    /** out = −a. */
    static void negate(long[] a, int ai, long[] out, int oi) {
        subtract(ZERO, 0, a, ai, out, oi);
    }

    /** Whether the element is zero, in either of its representations. */
    static boolean isZero(long[] a, int ai) {
        return isNothing(a, ai) || Arrays.equals(a, ai, ai + LIMBS, MODULUS, 0, LIMBS);
    }

    /** Whether all limbs are zero. */
    static boolean isNothing(long[] a, int ai) {
        return (a[ai] | a[ai + 1] | a[ai + 2] | a[ai + 3] | a[ai + 4] | a[ai + 5] | a[ai + 6]) == 0;
    }

    /** Whether two elements are the same. */
    static boolean equal(long[] a, int ai, long[] b, int bi) {
        long[] difference = new long[LIMBS];
        subtract(a, ai, b, bi, difference, 0);
        return isZero(difference, 0);
    }

    /** Whether the integer is above (p − 1) / 2: the sign in the encoding of points. */
    static boolean isLarge(long[] a, int ai) {
        return integer(a, ai).compareTo(HALF) > 0;
    }

    /** a to the power of a positive exponent. */
    static long[] power(long[] a, int ai, BigInteger exponent) {
        long[] table = new long[LIMBS << WINDOW];
        System.arraycopy(a, ai, table, LIMBS, LIMBS);
        for (int i = 2; i < 1 << WINDOW; i++) {
            multiply(table, LIMBS * (i - 1), a, ai, table, LIMBS * i);
        }
        long[] result = of(BigInteger.ONE);
        for (int bit = (exponent.bitLength() - 1) / WINDOW * WINDOW; bit >= 0; bit -= WINDOW) {
            for (int i = 0; i < WINDOW; i++) {
                multiply(result, 0, result, 0, result, 0);
            }
            int digit = exponent.shiftRight(bit).intValue() & (1 << WINDOW) - 1;
            if (digit != 0) {
                multiply(result, 0, table, LIMBS * digit, result, 0);
            }
        }
        return result;
    }

    /** out = 1/a; zero gives zero. */
    static void invert(long[] a, int ai, long[] out, int oi) {
        System.arraycopy(power(a, ai, INVERSE_EXPONENT), 0, out, oi, LIMBS);
    }

    /** A square root, or null if there is none. */
    static long[] squareRoot(long[] a, int ai) {
        long[] root = power(a, ai, ROOT_EXPONENT);
        long[] square = new long[LIMBS];
        multiply(root, 0, root, 0, square, 0);
        return equal(square, 0, a, ai) ? root : null;
    }
}

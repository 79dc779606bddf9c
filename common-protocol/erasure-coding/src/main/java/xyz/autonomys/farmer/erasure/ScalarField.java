package xyz.autonomys.farmer.erasure;

/**
 * Arithmetic modulo r, the order of the BLS12-381 groups, on four {@code long} limbs, least significant first, at an
 * offset of an array.
 *
 * <p>Bulk data stays canonical (below r, not in Montgomery form); constants such as roots of unity are kept in Montgomery
 * form, so that one {@link #montgomery} of data by a constant gives canonical data again and nothing is ever converted.
 *
 * <p>Source of the constants: BLS12-381; the Montgomery ones follow from R = 2^256 (section 2 of the chapter on KZG).
 */
public final class ScalarField {
    /** Limbs of an element. */
    public static final int LIMBS = Polynomial.LIMBS;

    /** Bytes of an element. */
    public static final int BYTES = 32;

    static final long R0 = 0xffffffff00000001L;
    static final long R1 = 0x53bda402fffe5bfeL;
    static final long R2 = 0x3339d80809a1d805L;
    static final long R3 = 0x73eda753299d7d48L;

    /** −r^{-1} mod 2^64. */
    private static final long NEGATED_INVERSE = 0xfffffffeffffffffL;

    /** 2^512 mod r: multiplying by it makes the Montgomery form. */
    private static final long[] R_SQUARED = {
        0xc999e990f3f29c6dL, 0x2b6cedcb87925c23L, 0x05d314967254398fL, 0x0748d9d99f59ff11L
    };

    private static final long[] ONE = {1, 0, 0, 0};

    /** r − 1 is 2^32 times an odd number. */
    private static final int TWO_ADICITY = 32;

    private ScalarField() {}

    /** out = a · b / 2^256 mod r; any of the places may be the same. */
    public static void montgomery(long[] a, int ai, long[] b, int bi, long[] out, int oi) {
        long b0 = b[bi];
        long b1 = b[bi + 1];
        long b2 = b[bi + 2];
        long b3 = b[bi + 3];
        long t0 = 0;
        long t1 = 0;
        long t2 = 0;
        long t3 = 0;
        for (int i = 0; i < LIMBS; i++) {
            long x = a[ai + i];
            // t += x · b; the top limb of r leaves room, so four limbs and one carry suffice.
            long low = x * b0;
            long s = t0 + low;
            long carry = Math.unsignedMultiplyHigh(x, b0) + carry(s, low);
            t0 = s;
            low = x * b1;
            s = t1 + low;
            long c = carry(s, low);
            long u = s + carry;
            carry = Math.unsignedMultiplyHigh(x, b1) + c + carry(u, carry);
            t1 = u;
            low = x * b2;
            s = t2 + low;
            c = carry(s, low);
            u = s + carry;
            carry = Math.unsignedMultiplyHigh(x, b2) + c + carry(u, carry);
            t2 = u;
            low = x * b3;
            s = t3 + low;
            c = carry(s, low);
            u = s + carry;
            long t4 = Math.unsignedMultiplyHigh(x, b3) + c + carry(u, carry);
            t3 = u;
            // t = (t + m · r) / 2^64
            long m = t0 * NEGATED_INVERSE;
            low = m * R0;
            carry = Math.unsignedMultiplyHigh(m, R0) + carry(t0 + low, low);
            low = m * R1;
            s = t1 + low;
            c = carry(s, low);
            t0 = s + carry;
            carry = Math.unsignedMultiplyHigh(m, R1) + c + carry(t0, carry);
            low = m * R2;
            s = t2 + low;
            c = carry(s, low);
            t1 = s + carry;
            carry = Math.unsignedMultiplyHigh(m, R2) + c + carry(t1, carry);
            low = m * R3;
            s = t3 + low;
            c = carry(s, low);
            t2 = s + carry;
            carry = Math.unsignedMultiplyHigh(m, R3) + c + carry(t2, carry);
            t3 = t4 + carry;
        }
        reduce(t0, t1, t2, t3, out, oi);
    }

    /** out = a + b mod r. */
    public static void add(long[] a, int ai, long[] b, int bi, long[] out, int oi) {
        add(a[ai], a[ai + 1], a[ai + 2], a[ai + 3], b[bi], b[bi + 1], b[bi + 2], b[bi + 3], out, oi);
    }

    private static void add(
            long a0, long a1, long a2, long a3, long b0, long b1, long b2, long b3, long[] out, int oi) {
        long s0 = a0 + b0;
        long c = carry(s0, b0);
        long x = a1 + b1;
        long d = carry(x, b1);
        long s1 = x + c;
        c = d + carry(s1, c);
        x = a2 + b2;
        d = carry(x, b2);
        long s2 = x + c;
        c = d + carry(s2, c);
        reduce(s0, s1, s2, a3 + b3 + c, out, oi);
    }

    /** out = a − b mod r. */
    public static void subtract(long[] a, int ai, long[] b, int bi, long[] out, int oi) {
        subtract(a[ai], a[ai + 1], a[ai + 2], a[ai + 3], b[bi], b[bi + 1], b[bi + 2], b[bi + 3], out, oi);
    }

    private static void subtract(
            long a0, long a1, long a2, long a3, long b0, long b1, long b2, long b3, long[] out, int oi) {
        long d0 = a0 - b0;
        long w = borrow(a0, b0);
        long x = a1 - b1;
        long v = borrow(a1, b1);
        long d1 = x - w;
        w = v + borrow(x, w);
        x = a2 - b2;
        v = borrow(a2, b2);
        long d2 = x - w;
        w = v + borrow(x, w);
        long d3 = a3 - b3 - w;
        // Both are below 2^255, so the sign of the top limb tells whether r must be added.
        long mask = d3 >> 63;
        long s0 = d0 + (R0 & mask);
        long c = carry(s0, R0 & mask);
        x = d1 + (R1 & mask);
        v = carry(x, R1 & mask);
        long s1 = x + c;
        c = v + carry(s1, c);
        x = d2 + (R2 & mask);
        v = carry(x, R2 & mask);
        long s2 = x + c;
        c = v + carry(s2, c);
        out[oi] = s0;
        out[oi + 1] = s1;
        out[oi + 2] = s2;
        out[oi + 3] = d3 + (R3 & mask) + c;
    }

    /** (a, b) → (a + b mod r, a − b mod r), both in one array. */
    static void sumAndDifference(long[] values, int ai, int bi) {
        long a0 = values[ai];
        long a1 = values[ai + 1];
        long a2 = values[ai + 2];
        long a3 = values[ai + 3];
        long b0 = values[bi];
        long b1 = values[bi + 1];
        long b2 = values[bi + 2];
        long b3 = values[bi + 3];
        subtract(a0, a1, a2, a3, b0, b1, b2, b3, values, bi);
        add(a0, a1, a2, a3, b0, b1, b2, b3, values, ai);
    }

    /** out = a · b mod r, nothing in Montgomery form; twice the work of {@link #montgomery}. */
    public static void multiply(long[] a, int ai, long[] b, int bi, long[] out, int oi) {
        montgomery(a, ai, b, bi, out, oi);
        montgomery(out, oi, R_SQUARED, 0, out, oi);
    }

    /** out = −a mod r. */
    public static void negate(long[] a, int ai, long[] out, int oi) {
        subtract(0, 0, 0, 0, a[ai], a[ai + 1], a[ai + 2], a[ai + 3], out, oi);
    }

    /** The Montgomery form of one element: the constant whose {@link #montgomery} product with data is data. */
    public static long[] scaled(long[] a, int ai) {
        long[] out = new long[LIMBS];
        toMontgomery(a, ai, out, 0);
        return out;
    }

    /** The inverse of one element, neither in Montgomery form; zero gives zero. */
    public static long[] inverse(long... a) {
        long[] out = scaled(a, 0);
        invertMontgomery(out, 0, out, 0);
        fromMontgomery(out, 0, out, 0);
        return out;
    }

    /**
     * The point {@code index} of the domain of 2^{@code log} points, not in Montgomery form: that power of the canonical
     * root of unity 7^((r−1)/2^log).
     *
     * @throws IllegalArgumentException unless the exponent is from 0 to 31
     */
    public static long[] domainPoint(int log, long index) {
        if (log < 0 || log >= TWO_ADICITY) {
            throw new IllegalArgumentException("there is no root of unity of order 2^" + log + " in use");
        }
        long[] power = scaled(ONE, 0);
        for (int bit = 0; bit < log; bit++) {
            if ((index >>> bit & 1) != 0) {
                montgomery(power, 0, Roots.BY_LOG[log - bit], 0, power, 0);
            }
        }
        fromMontgomery(power, 0, power, 0);
        return power;
    }

    /** 7^((r − 1) / 2^i) in Montgomery form for every i; each is the square of the next. */
    private static final class Roots {
        static final long[][] BY_LOG = new long[TWO_ADICITY][LIMBS];

        static {
            // (r − 1) / 2^31
            long[] exponent = {R0 - 1 >>> 31 | R1 << 33, R1 >>> 31 | R2 << 33, R2 >>> 31 | R3 << 33, R3 >>> 31};
            long[] root = power(scaled(new long[] {7, 0, 0, 0}, 0), exponent);
            for (int i = TWO_ADICITY - 1; i >= 0; i--) {
                System.arraycopy(root, 0, BY_LOG[i], 0, LIMBS);
                montgomery(root, 0, root, 0, root, 0);
            }
        }
    }

    /** out = a · 2^256 mod r, the Montgomery form. */
    static void toMontgomery(long[] a, int ai, long[] out, int oi) {
        montgomery(a, ai, R_SQUARED, 0, out, oi);
    }

    /** out = a / 2^256 mod r, back from the Montgomery form. */
    static void fromMontgomery(long[] a, int ai, long[] out, int oi) {
        montgomery(a, ai, ONE, 0, out, oi);
    }

    /** out = a^{-1}, both in Montgomery form; zero gives zero. */
    static void invertMontgomery(long[] a, int ai, long[] out, int oi) {
        // r − 2: the lowest limb of r is 0xffffffff00000001, so subtracting 2 borrows from no other limb.
        long[] result = power(new long[] {a[ai], a[ai + 1], a[ai + 2], a[ai + 3]}, R0 - 2, R1, R2, R3);
        System.arraycopy(result, 0, out, oi, LIMBS);
    }

    /** A power, base and result in Montgomery form. */
    private static long[] power(long[] base, long... exponent) {
        long[] result = scaled(ONE, 0);
        for (int bit = Long.SIZE * exponent.length - 1; bit >= 0; bit--) {
            montgomery(result, 0, result, 0, result, 0);
            if ((exponent[bit >>> 6] >>> (bit & 63) & 1) != 0) {
                montgomery(result, 0, base, 0, result, 0);
            }
        }
        return result;
    }

    /** Whether the element is zero. */
    public static boolean isZero(long[] a, int ai) {
        return (a[ai] | a[ai + 1] | a[ai + 2] | a[ai + 3]) == 0;
    }

    /**
     * Reads 32 big-endian bytes.
     *
     * @return whether they were canonical, that is below r
     */
    public static boolean load(byte[] bytes, int offset, long[] out, int oi) {
        long a3 = (long) Bytes.BIG_ENDIAN.get(bytes, offset);
        long a2 = (long) Bytes.BIG_ENDIAN.get(bytes, offset + 8);
        long a1 = (long) Bytes.BIG_ENDIAN.get(bytes, offset + 16);
        long a0 = (long) Bytes.BIG_ENDIAN.get(bytes, offset + 24);
        out[oi] = a0;
        out[oi + 1] = a1;
        out[oi + 2] = a2;
        out[oi + 3] = a3;
        return isBelowModulus(a0, a1, a2, a3);
    }

    /** Writes a canonical element as 32 big-endian bytes. */
    public static void store(long[] a, int ai, byte[] bytes, int offset) {
        Bytes.BIG_ENDIAN.set(bytes, offset, a[ai + 3]);
        Bytes.BIG_ENDIAN.set(bytes, offset + 8, a[ai + 2]);
        Bytes.BIG_ENDIAN.set(bytes, offset + 16, a[ai + 1]);
        Bytes.BIG_ENDIAN.set(bytes, offset + 24, a[ai]);
    }

    static boolean isBelowModulus(long a0, long a1, long a2, long a3) {
        if (a3 != R3) {
            return Long.compareUnsigned(a3, R3) < 0;
        }
        if (a2 != R2) {
            return Long.compareUnsigned(a2, R2) < 0;
        }
        if (a1 != R1) {
            return Long.compareUnsigned(a1, R1) < 0;
        }
        return Long.compareUnsigned(a0, R0) < 0;
    }

    /** out = t, minus r if that is not negative; t is below 2r, which is below 2^256. */
    private static void reduce(long t0, long t1, long t2, long t3, long[] out, int oi) {
        long d0 = t0 - R0;
        long w = borrow(t0, R0);
        long x = t1 - R1;
        long v = borrow(t1, R1);
        long d1 = x - w;
        w = v + borrow(x, w);
        x = t2 - R2;
        v = borrow(t2, R2);
        long d2 = x - w;
        w = v + borrow(x, w);
        x = t3 - R3;
        v = borrow(t3, R3);
        long d3 = x - w;
        long keep = -(v + borrow(x, w));
        out[oi] = d0 ^ ((d0 ^ t0) & keep);
        out[oi + 1] = d1 ^ ((d1 ^ t1) & keep);
        out[oi + 2] = d2 ^ ((d2 ^ t2) & keep);
        out[oi + 3] = d3 ^ ((d3 ^ t3) & keep);
    }

    /** 1 if the addition that gave {@code sum} with this addend went over 2^64. */
    private static long carry(long sum, long addend) {
        return Long.compareUnsigned(sum, addend) < 0 ? 1 : 0;
    }

    /** 1 if {@code a − b} goes below zero. */
    private static long borrow(long a, long b) {
        return Long.compareUnsigned(a, b) < 0 ? 1 : 0;
    }
}

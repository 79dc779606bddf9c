package xyz.autonomys.farmer.kzg.curve;

/**
 * Arithmetic modulo the group order r on canonical limbs, four per scalar, least significant first. Meant for the few
 * thousand multiplications around a group operation; bulk transforms live in {@code erasure}.
 */
public final class ScalarField {
    /** Limbs of a scalar. */
    public static final int LIMBS = 4;

    private static final long R0 = 0xffffffff00000001L;
    private static final long R1 = 0x53bda402fffe5bfeL;
    private static final long R2 = 0x3339d80809a1d805L;
    private static final long R3 = 0x73eda753299d7d48L;
    private static final long NEGATIVE_INVERSE = 0xfffffffeffffffffL;
    private static final long[] SQUARED_RADIX = {
        0xc999e990f3f29c6dL, 0x2b6cedcb87925c23L, 0x05d314967254398fL, 0x0748d9d99f59ff11L
    };
    private static final int TWO_ADICITY = 32;

    private ScalarField() {}

    /** Reads 32 big-endian bytes; false if they are not below r. */
    public static boolean fromBytes(byte[] source, int offset, long[] target, int at) {
        for (int limb = 0; limb < LIMBS; limb++) {
            long value = 0;
            for (int i = 0; i < 8; i++) {
                value = value << 8 | source[offset + 8 * (3 - limb) + i] & 0xff;
            }
            target[at + limb] = value;
        }
        return !atLeastModulus(target[at], target[at + 1], target[at + 2], target[at + 3]);
    }

    private static boolean atLeastModulus(long a, long b, long c, long d) {
        int order = Long.compareUnsigned(d, R3);
        order = order != 0 ? order : Long.compareUnsigned(c, R2);
        order = order != 0 ? order : Long.compareUnsigned(b, R1);
        order = order != 0 ? order : Long.compareUnsigned(a, R0);
        return order >= 0;
    }

    /** {@code target = a + b}. */
    public static void add(long[] target, int t, long[] a, int x, long[] b, int y) {
        long carry = 0;
        long[] sum = new long[LIMBS];
        for (int i = 0; i < LIMBS; i++) {
            long first = a[x + i] + b[y + i];
            long overflow = Long.compareUnsigned(first, a[x + i]) < 0 ? 1 : 0;
            sum[i] = first + carry;
            carry = overflow + (Long.compareUnsigned(sum[i], carry) < 0 ? 1 : 0);
        }
        reduceOnce(sum[0], sum[1], sum[2], sum[3], target, t);
    }

    /** {@code target = a − b}. */
    public static void subtract(long[] target, int t, long[] a, int x, long[] b, int y) {
        long[] opposite = new long[LIMBS];
        negate(opposite, 0, b, y);
        add(target, t, a, x, opposite, 0);
    }

    /** {@code target = −a}. */
    public static void negate(long[] target, int t, long[] a, int x) {
        if ((a[x] | a[x + 1] | a[x + 2] | a[x + 3]) == 0) {
            java.util.Arrays.fill(target, t, t + LIMBS, 0);
            return;
        }
        subtractRaw(R0, R1, R2, R3, a[x], a[x + 1], a[x + 2], a[x + 3], target, t);
    }

    /** {@code target = a · b}. */
    public static void multiply(long[] target, int t, long[] a, int x, long[] b, int y) {
        montgomery(target, t, a, x, b, y);
        montgomery(target, t, target, t, SQUARED_RADIX, 0);
    }

    /** {@code a · 2^256}, the form whose {@link #montgomery} product with a canonical scalar is canonical. */
    public static long[] scaled(long[] a, int x) {
        long[] result = new long[LIMBS];
        montgomery(result, 0, a, x, SQUARED_RADIX, 0);
        return result;
    }

    /** {@code target = a · b · 2^−256}. */
    public static void montgomery(long[] target, int t, long[] a, int x, long[] b, int y) {
        long b0 = b[y];
        long b1 = b[y + 1];
        long b2 = b[y + 2];
        long b3 = b[y + 3];
        long t0 = 0;
        long t1 = 0;
        long t2 = 0;
        long t3 = 0;
        for (int i = 0; i < LIMBS; i++) {
            long ai = a[x + i];
            // t += ai · b, the carry out goes to t4; both moduli leave the top bit free, so t4 never overflows.
            long low = ai * b0;
            long sum = low + t0;
            long carry = Math.unsignedMultiplyHigh(ai, b0) + (Long.compareUnsigned(sum, low) < 0 ? 1 : 0);
            t0 = sum;
            low = ai * b1;
            sum = low + carry;
            carry = Math.unsignedMultiplyHigh(ai, b1) + (Long.compareUnsigned(sum, low) < 0 ? 1 : 0);
            t1 += sum;
            carry += Long.compareUnsigned(t1, sum) < 0 ? 1 : 0;
            low = ai * b2;
            sum = low + carry;
            carry = Math.unsignedMultiplyHigh(ai, b2) + (Long.compareUnsigned(sum, low) < 0 ? 1 : 0);
            t2 += sum;
            carry += Long.compareUnsigned(t2, sum) < 0 ? 1 : 0;
            low = ai * b3;
            sum = low + carry;
            carry = Math.unsignedMultiplyHigh(ai, b3) + (Long.compareUnsigned(sum, low) < 0 ? 1 : 0);
            t3 += sum;
            carry += Long.compareUnsigned(t3, sum) < 0 ? 1 : 0;
            long t4 = carry;

            long m = t0 * NEGATIVE_INVERSE;
            carry = Math.unsignedMultiplyHigh(m, R0) + (t0 != 0 ? 1 : 0);
            low = m * R1;
            sum = low + carry;
            carry = Math.unsignedMultiplyHigh(m, R1) + (Long.compareUnsigned(sum, low) < 0 ? 1 : 0);
            t0 = t1 + sum;
            carry += Long.compareUnsigned(t0, sum) < 0 ? 1 : 0;
            low = m * R2;
            sum = low + carry;
            carry = Math.unsignedMultiplyHigh(m, R2) + (Long.compareUnsigned(sum, low) < 0 ? 1 : 0);
            t1 = t2 + sum;
            carry += Long.compareUnsigned(t1, sum) < 0 ? 1 : 0;
            low = m * R3;
            sum = low + carry;
            carry = Math.unsignedMultiplyHigh(m, R3) + (Long.compareUnsigned(sum, low) < 0 ? 1 : 0);
            t2 = t3 + sum;
            carry += Long.compareUnsigned(t2, sum) < 0 ? 1 : 0;
            t3 = t4 + carry;
        }
        reduceOnce(t0, t1, t2, t3, target, t);
    }

    /** The canonical root of unity of order 2^{@code log} (spec 02 §5). */
    public static long[] rootOfUnity(int log) {
        if (log < 0 || log >= TWO_ADICITY) {
            throw new IllegalArgumentException("there is no root of unity of order 2^" + log + " in use");
        }
        return Roots.BY_LOG[log].clone();
    }

    /** 7^((r − 1) / 2^i) for every i; each is the square of the next. */
    private static final class Roots {
        static final long[][] BY_LOG = new long[TWO_ADICITY][];

        static {
            long[] root = power(
                    new long[] {7, 0, 0, 0},
                    (R0 - 1) >>> 31 | R1 << 33,
                    R1 >>> 31 | R2 << 33,
                    R2 >>> 31 | R3 << 33,
                    R3 >>> 31);
            for (int i = TWO_ADICITY - 1; i >= 0; i--) {
                BY_LOG[i] = root.clone();
                multiply(root, 0, root, 0, root, 0);
            }
        }
    }

    /** The point {@code index} of the domain of 2^{@code log} points: that power of its root of unity. */
    public static long[] domainPoint(int log, long index) {
        return power(rootOfUnity(log), index);
    }

    /** Writes 32 big-endian bytes. */
    public static void toBytes(long[] source, int at, byte[] target, int offset) {
        for (int i = 0; i < 8 * LIMBS; i++) {
            target[offset + i] = (byte) (source[at + 3 - i / 8] >>> 8 * (7 - i % 8));
        }
    }

    /** {@code base^exponent}. */
    public static long[] power(long[] base, long... exponent) {
        long[] result = {1, 0, 0, 0};
        for (int bit = 64 * exponent.length - 1; bit >= 0; bit--) {
            multiply(result, 0, result, 0, result, 0);
            if ((exponent[bit >>> 6] >>> (bit & 63) & 1) != 0) {
                multiply(result, 0, result, 0, base, 0);
            }
        }
        return result;
    }

    /** The multiplicative inverse of a scalar that is not zero. */
    public static long[] inverse(long[] a) {
        return power(a, R0 - 2, R1, R2, R3);
    }

    private static void reduceOnce(long a, long b, long c, long d, long[] target, int t) {
        if (atLeastModulus(a, b, c, d)) {
            subtractRaw(a, b, c, d, R0, R1, R2, R3, target, t);
        } else {
            target[t] = a;
            target[t + 1] = b;
            target[t + 2] = c;
            target[t + 3] = d;
        }
    }

    private static void subtractRaw(
            long a0, long a1, long a2, long a3, long b0, long b1, long b2, long b3, long[] target, int t) {
        long borrow = Long.compareUnsigned(a0, b0) < 0 ? 1 : 0;
        target[t] = a0 - b0;
        long d1 = a1 - b1;
        long next = (Long.compareUnsigned(a1, b1) < 0 ? 1 : 0) + (Long.compareUnsigned(d1, borrow) < 0 ? 1 : 0);
        target[t + 1] = d1 - borrow;
        borrow = next;
        long d2 = a2 - b2;
        next = (Long.compareUnsigned(a2, b2) < 0 ? 1 : 0) + (Long.compareUnsigned(d2, borrow) < 0 ? 1 : 0);
        target[t + 2] = d2 - borrow;
        target[t + 3] = a3 - b3 - next;
    }
}

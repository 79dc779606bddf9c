package xyz.autonomys.farmer.archiving;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.math.BigInteger;
import java.nio.ByteOrder;

/**
 * The BLS12-381 scalar field as column coding needs it: elements are canonical integers in four little-endian limbs,
 * constants carry the Montgomery factor 2^256, so that the product of an element and a constant is an element again.
 */
final class ColumnField {
    static final int LIMBS = 4;
    static final BigInteger MODULUS =
            new BigInteger("73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001", 16);

    private static final BigInteger GENERATOR = BigInteger.valueOf(7);
    private static final VarHandle LONG_BE = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final long R0 = 0xffffffff00000001L;
    private static final long R1 = 0x53bda402fffe5bfeL;
    private static final long R2 = 0x3339d80809a1d805L;
    private static final long R3 = 0x73eda753299d7d48L;
    private static final long NEGATIVE_INVERSE = 0xfffffffeffffffffL;

    private ColumnField() {}

    /** The canonical n-th root of unity, n a power of two: 7^((r−1)/n). */
    static BigInteger rootOfUnity(int n) {
        return GENERATOR.modPow(MODULUS.subtract(BigInteger.ONE).divide(BigInteger.valueOf(n)), MODULUS);
    }

    /** Writes {@code value} as a constant. */
    static void constant(BigInteger value, long[] target, int at) {
        BigInteger scaled = value.shiftLeft(256).mod(MODULUS);
        for (int i = 0; i < LIMBS; i++) {
            target[at + i] = scaled.shiftRight(64 * i).longValue();
        }
    }

    /** Reads 32 big-endian bytes; false if they are not below the modulus. */
    static boolean read(byte[] source, int offset, long[] target, int at) {
        long d = (long) LONG_BE.get(source, offset);
        long c = (long) LONG_BE.get(source, offset + 8);
        long b = (long) LONG_BE.get(source, offset + 16);
        long a = (long) LONG_BE.get(source, offset + 24);
        target[at] = a;
        target[at + 1] = b;
        target[at + 2] = c;
        target[at + 3] = d;
        return !atLeastModulus(a, b, c, d);
    }

    /** Writes the 32 big-endian bytes of an element. */
    static void write(long[] source, int at, byte[] target, int offset) {
        LONG_BE.set(target, offset, source[at + 3]);
        LONG_BE.set(target, offset + 8, source[at + 2]);
        LONG_BE.set(target, offset + 16, source[at + 1]);
        LONG_BE.set(target, offset + 24, source[at]);
    }

    /** Whether {@code count} chunks of 32 bytes from {@code offset} on are all below the modulus; else which is not. */
    static int firstNotCanonical(byte[] source, int offset, int count) {
        for (int i = 0; i < count; i++) {
            int at = offset + 32 * i;
            long top = (long) LONG_BE.get(source, at);
            if (Long.compareUnsigned(top, R3) >= 0
                    && atLeastModulus(
                            (long) LONG_BE.get(source, at + 24),
                            (long) LONG_BE.get(source, at + 16),
                            (long) LONG_BE.get(source, at + 8),
                            top)) {
                return i;
            }
        }
        return -1;
    }

    /** target = a + b. */
    static void add(long[] target, int t, long[] a, int x, long[] b, int y) {
        long s0 = a[x] + b[y];
        long c = less(s0, b[y]);
        long s1 = a[x + 1] + c;
        c = less(s1, c);
        s1 += b[y + 1];
        c += less(s1, b[y + 1]);
        long s2 = a[x + 2] + c;
        c = less(s2, c);
        s2 += b[y + 2];
        c += less(s2, b[y + 2]);
        long s3 = a[x + 3] + b[y + 3] + c;
        reduceOnce(s0, s1, s2, s3, target, t);
    }

    /** target = a − b. */
    static void subtract(long[] target, int t, long[] a, int x, long[] b, int y) {
        long d0 = a[x] - b[y];
        long c = less(a[x], b[y]);
        long d1 = a[x + 1] - c;
        long k = less(a[x + 1], c);
        c = k + less(d1, b[y + 1]);
        d1 -= b[y + 1];
        long d2 = a[x + 2] - c;
        k = less(a[x + 2], c);
        c = k + less(d2, b[y + 2]);
        d2 -= b[y + 2];
        long d3 = a[x + 3] - c;
        k = less(a[x + 3], c);
        c = k + less(d3, b[y + 3]);
        d3 -= b[y + 3];
        // On borrow the modulus is added back; the mask avoids an unpredictable branch.
        long mask = -c;
        long m0 = R0 & mask;
        long m1 = R1 & mask;
        long m2 = R2 & mask;
        target[t] = d0 + m0;
        c = less(target[t], m0);
        d1 += c;
        c = less(d1, c);
        target[t + 1] = d1 + m1;
        c += less(target[t + 1], m1);
        d2 += c;
        c = less(d2, c);
        target[t + 2] = d2 + m2;
        c += less(target[t + 2], m2);
        target[t + 3] = d3 + (R3 & mask) + c;
    }

    /** target = a · b · 2^−256: the element a times the constant b. */
    static void multiply(long[] target, int t, long[] a, int x, long[] b, int y) {
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
            long low = ai * b0;
            t0 += low;
            long carry = Math.unsignedMultiplyHigh(ai, b0) + less(t0, low);
            low = ai * b1;
            t1 += carry;
            long high = Math.unsignedMultiplyHigh(ai, b1) + less(t1, carry);
            t1 += low;
            carry = high + less(t1, low);
            low = ai * b2;
            t2 += carry;
            high = Math.unsignedMultiplyHigh(ai, b2) + less(t2, carry);
            t2 += low;
            carry = high + less(t2, low);
            low = ai * b3;
            t3 += carry;
            high = Math.unsignedMultiplyHigh(ai, b3) + less(t3, carry);
            t3 += low;
            long t4 = high + less(t3, low);

            long m = t0 * NEGATIVE_INVERSE;
            low = m * R0;
            carry = Math.unsignedMultiplyHigh(m, R0) + less(t0 + low, low);
            low = m * R1;
            t1 += carry;
            high = Math.unsignedMultiplyHigh(m, R1) + less(t1, carry);
            t0 = t1 + low;
            carry = high + less(t0, low);
            low = m * R2;
            t2 += carry;
            high = Math.unsignedMultiplyHigh(m, R2) + less(t2, carry);
            t1 = t2 + low;
            carry = high + less(t1, low);
            low = m * R3;
            t3 += carry;
            high = Math.unsignedMultiplyHigh(m, R3) + less(t3, carry);
            t2 = t3 + low;
            t3 = t4 + high + less(t2, low);
        }
        reduceOnce(t0, t1, t2, t3, target, t);
    }

    private static long less(long a, long b) {
        return Long.compareUnsigned(a, b) < 0 ? 1 : 0;
    }

    private static boolean atLeastModulus(long a, long b, long c, long d) {
        int order = Long.compareUnsigned(d, R3);
        order = order != 0 ? order : Long.compareUnsigned(c, R2);
        order = order != 0 ? order : Long.compareUnsigned(b, R1);
        order = order != 0 ? order : Long.compareUnsigned(a, R0);
        return order >= 0;
    }

    private static void reduceOnce(long a, long b, long c, long d, long[] target, int t) {
        long d0 = a - R0;
        long k = less(a, R0);
        long d1 = b - k;
        k = less(b, k) + less(d1, R1);
        d1 -= R1;
        long d2 = c - k;
        k = less(c, k) + less(d2, R2);
        d2 -= R2;
        long d3 = d - k;
        k = less(d, k) + less(d3, R3);
        d3 -= R3;
        long keep = -k; // all ones if the subtraction borrowed
        target[t] = a & keep | d0 & ~keep;
        target[t + 1] = b & keep | d1 & ~keep;
        target[t + 2] = c & keep | d2 & ~keep;
        target[t + 3] = d & keep | d3 & ~keep;
    }
}

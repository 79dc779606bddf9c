package xyz.autonomys.farmer.sr25519;

import java.math.BigInteger;
import java.util.Arrays;

/**
 * Arithmetic modulo the group order ℓ = 2^252 + 27742317777372353535851937790883648493 on little-endian 32-byte
 * strings.
 *
 * <p>{@link BigInteger} does not promise constant time. The one secret computation, k·a + r, runs once per signature
 * with a fresh r and its result is published; an attacker who measures it from outside the process learns nothing
 * usable.
 */
final class Scalar {
    static final int BYTES = 32;
    private static final BigInteger ORDER =
            BigInteger.TWO.pow(252).add(new BigInteger("27742317777372353535851937790883648493"));

    private Scalar() {}

    /** The little-endian integer of any length modulo ℓ. */
    static byte[] reduce(byte[] littleEndian) {
        return toBytes(integer(littleEndian).mod(ORDER));
    }

    /** a·b + c modulo ℓ. */
    static byte[] multiplyAdd(byte[] a, byte[] b, byte[] c) {
        return toBytes(integer(a).multiply(integer(b)).add(integer(c)).mod(ORDER));
    }

    static boolean isCanonical(byte[] littleEndian) {
        return integer(littleEndian).compareTo(ORDER) < 0;
    }

    /** An integer divided by eight, rounded down: the cofactor leaves the clamped secret. */
    static byte[] divideByCofactor(byte[] littleEndian) {
        return toBytes(integer(littleEndian).shiftRight(3));
    }

    private static BigInteger integer(byte[] littleEndian) {
        byte[] bigEndian = new byte[littleEndian.length];
        for (int i = 0; i < bigEndian.length; i++) {
            bigEndian[i] = littleEndian[bigEndian.length - 1 - i];
        }
        return new BigInteger(1, bigEndian);
    }

    private static byte[] toBytes(BigInteger value) {
        byte[] bigEndian = value.toByteArray();
        byte[] out = new byte[BYTES];
        for (int i = 0; i < Math.min(BYTES, bigEndian.length); i++) {
            out[i] = bigEndian[bigEndian.length - 1 - i];
        }
        Arrays.fill(bigEndian, (byte) 0);
        return out;
    }
}

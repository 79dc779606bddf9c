package xyz.autonomys.farmer.gpu;

import java.math.BigInteger;

/** The constants of the fields that kernels are given as arguments. */
final class ScalarFields {
    /** The order of the groups of BLS12-381. */
    static final BigInteger ORDER =
            new BigInteger("73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001", 16);

    private static final BigInteger RADIX = BigInteger.TWO.pow(256);
    private static final int BYTES = 32;

    private ScalarFields() {}

    /** The generator of the points of size 2^log. */
    static BigInteger rootOfUnity(int log) {
        return BigInteger.valueOf(7).modPow(ORDER.subtract(BigInteger.ONE).shiftRight(log), ORDER);
    }

    static BigInteger inverse(BigInteger value) {
        return value.modInverse(ORDER);
    }

    /** Montgomery form, as 32 little-endian bytes. */
    static byte[] montgomery(BigInteger value) {
        return littleEndian(value.multiply(RADIX).mod(ORDER), BYTES);
    }

    static byte[] littleEndian(BigInteger value, int length) {
        byte[] big = value.toByteArray();
        byte[] little = new byte[length];
        for (int i = 0; i < Math.min(length, big.length); i++) {
            little[i] = big[big.length - 1 - i];
        }
        return little;
    }
}

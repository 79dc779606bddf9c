package xyz.autonomys.farmer.sector;

import java.math.BigInteger;
import xyz.autonomys.farmer.primitives.FixedBytes;

/** A hash read as one 256-bit little-endian number; cutting it to 64 bits before a remainder would be wrong. */
final class LittleEndianHashes {
    private static final BigInteger TWO_64 = BigInteger.ONE.shiftLeft(64);

    private LittleEndianHashes() {}

    /** The remainder of the number by {@code divisor}, unsigned and not zero. */
    static long remainder(FixedBytes hash, long divisor) {
        int last = hash.length() - 1;
        byte[] bigEndian = new byte[hash.length()];
        for (int i = 0; i <= last; i++) {
            bigEndian[i] = hash.byteAt(last - i);
        }
        return new BigInteger(1, bigEndian).mod(unsigned(divisor)).longValue();
    }

    static BigInteger unsigned(long value) {
        BigInteger signed = BigInteger.valueOf(value);
        return value < 0 ? signed.add(TWO_64) : signed;
    }
}

package xyz.autonomys.farmer.sr25519;

import java.math.BigInteger;
import java.security.MessageDigest;

/**
 * An element of the field modulo p = 2^255 − 19, immutable. Ten limbs of 26 bits, least significant first; 2^260 is 608
 * modulo p. No operation branches on the value, except where a name says so.
 */
final class FieldElement {
    static final int BYTES = 32;
    static final FieldElement ZERO = ofInt(0);
    static final FieldElement ONE = ofInt(1);
    static final BigInteger P = BigInteger.TWO.pow(255).subtract(BigInteger.valueOf(19));

    private static final int LIMBS = 10;
    private static final int LIMB_BITS = 26;
    private static final long MASK = (1L << LIMB_BITS) - 1;

    /** 2^260 modulo p. */
    private static final long FOLD = 608;

    private static final int TOP_LIMB_BITS = 255 - (LIMBS - 1) * LIMB_BITS;

    private final long[] limbs;

    private FieldElement(long[] limbs) {
        this.limbs = limbs;
    }

    static FieldElement ofInt(int value) {
        long[] limbs = new long[LIMBS];
        limbs[0] = value;
        return new FieldElement(limbs);
    }

    static FieldElement ofDecimal(String decimal) {
        byte[] bigEndian = new BigInteger(decimal).mod(P).toByteArray();
        byte[] bytes = new byte[BYTES];
        for (int i = 0; i < bigEndian.length && i < BYTES; i++) {
            bytes[i] = bigEndian[bigEndian.length - 1 - i];
        }
        return ofBytes(bytes, 0);
    }

    /** The little-endian integer of 32 bytes, reduced; the highest bit counts. */
    static FieldElement ofBytes(byte[] bytes, int offset) {
        long[] limbs = new long[LIMBS];
        for (int i = 0; i < BYTES; i++) {
            int bit = 8 * i;
            long value = (bytes[offset + i] & 0xFFL) << bit % LIMB_BITS;
            limbs[bit / LIMB_BITS] |= value & MASK;
            if (value > MASK) {
                limbs[bit / LIMB_BITS + 1] |= value >>> LIMB_BITS;
            }
        }
        return new FieldElement(limbs);
    }

    FieldElement add(FieldElement other) {
        long[] sum = new long[LIMBS];
        for (int i = 0; i < LIMBS; i++) {
            sum[i] = limbs[i] + other.limbs[i];
        }
        return new FieldElement(carry(sum));
    }

    FieldElement subtract(FieldElement other) {
        long[] difference = new long[LIMBS];
        for (int i = 0; i < LIMBS; i++) {
            difference[i] = limbs[i] - other.limbs[i];
        }
        return new FieldElement(carry(difference));
    }

    FieldElement negate() {
        return ZERO.subtract(this);
    }

    FieldElement multiply(FieldElement other) {
        long[] a = limbs;
        long[] b = other.limbs;
        long[] product = new long[2 * LIMBS];
        for (int i = 0; i < LIMBS; i++) {
            long x = a[i];
            for (int k = 0; k < LIMBS; k++) {
                product[i + k] += x * b[k];
            }
        }
        // The upper half to limbs of 26 bits first, so that folding it cannot overflow.
        for (int i = LIMBS; i < 2 * LIMBS - 1; i++) {
            long over = product[i] >> LIMB_BITS;
            product[i] &= MASK;
            product[i + 1] += over;
        }
        long[] folded = new long[LIMBS];
        for (int i = 0; i < LIMBS; i++) {
            folded[i] = product[i] + FOLD * product[i + LIMBS];
        }
        return new FieldElement(carry(carry(folded)));
    }

    FieldElement square() {
        return multiply(this);
    }

    /** This to the power (p − 5) / 8 = 2^252 − 3. */
    FieldElement powPMinus5Over8() {
        FieldElement f1 = this;
        FieldElement f2 = f1.squareTimes(1).multiply(f1);
        FieldElement f4 = f2.squareTimes(2).multiply(f2);
        FieldElement f5 = f4.squareTimes(1).multiply(f1);
        FieldElement f10 = f5.squareTimes(5).multiply(f5);
        FieldElement f20 = f10.squareTimes(10).multiply(f10);
        FieldElement f40 = f20.squareTimes(20).multiply(f20);
        FieldElement f50 = f40.squareTimes(10).multiply(f10);
        FieldElement f100 = f50.squareTimes(50).multiply(f50);
        FieldElement f200 = f100.squareTimes(100).multiply(f100);
        FieldElement f250 = f200.squareTimes(50).multiply(f50);
        return f250.squareTimes(2).multiply(f1);
    }

    /** The canonical 32 bytes, little-endian. */
    byte[] toBytes() {
        long[] v = carry(carry(carry(limbs.clone())));
        for (int pass = 0; pass < 2; pass++) {
            long over = v[LIMBS - 1] >> TOP_LIMB_BITS;
            v[LIMBS - 1] &= (1L << TOP_LIMB_BITS) - 1;
            v[0] += 19 * over;
            ripple(v);
        }
        // Now 0 ≤ v < 2^255. v ≥ p exactly when v + 19 has bit 255.
        long[] w = v.clone();
        w[0] += 19;
        ripple(w);
        long atLeastP = -(w[LIMBS - 1] >> TOP_LIMB_BITS);
        w[LIMBS - 1] &= (1L << TOP_LIMB_BITS) - 1;
        byte[] bytes = new byte[BYTES];
        for (int i = 0; i < LIMBS; i++) {
            long limb = w[i] & atLeastP | v[i] & ~atLeastP;
            for (int bit = 0; bit < LIMB_BITS; bit++) {
                int at = i * LIMB_BITS + bit;
                if (at < 8 * BYTES) {
                    bytes[at >>> 3] |= (byte) ((limb >>> bit & 1) << (at & 7));
                }
            }
        }
        return bytes;
    }

    /** 1 if the canonical value is odd ("negative"), else 0. */
    int sign() {
        return toBytes()[0] & 1;
    }

    boolean isZero() {
        return sameAs(ZERO);
    }

    boolean sameAs(FieldElement other) {
        return MessageDigest.isEqual(toBytes(), other.toBytes());
    }

    /** The one of this and its negative that is even. */
    FieldElement absolute() {
        return select(sign(), negate(), this);
    }

    /** {@code ifOne} when {@code bit} is 1, {@code ifZero} when it is 0, without a branch. */
    static FieldElement select(int bit, FieldElement ifOne, FieldElement ifZero) {
        long mask = -(long) bit;
        long[] chosen = new long[LIMBS];
        for (int i = 0; i < LIMBS; i++) {
            chosen[i] = ifOne.limbs[i] & mask | ifZero.limbs[i] & ~mask;
        }
        return new FieldElement(chosen);
    }

    private FieldElement squareTimes(int count) {
        FieldElement result = this;
        for (int i = 0; i < count; i++) {
            result = result.square();
        }
        return result;
    }

    /** One pass of carries; what leaves the top comes back at the bottom. */
    private static long[] carry(long[] v) {
        for (int i = 0; i < LIMBS - 1; i++) {
            v[i + 1] += v[i] >> LIMB_BITS;
            v[i] &= MASK;
        }
        long over = v[LIMBS - 1] >> LIMB_BITS;
        v[LIMBS - 1] &= MASK;
        v[0] += FOLD * over;
        return v;
    }

    private static void ripple(long[] v) {
        for (int i = 0; i < LIMBS - 1; i++) {
            v[i + 1] += v[i] >> LIMB_BITS;
            v[i] &= MASK;
        }
    }
}

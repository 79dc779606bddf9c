package xyz.autonomys.farmer.kzg.java;

import static xyz.autonomys.farmer.kzg.java.BaseField.BYTES;
import static xyz.autonomys.farmer.kzg.java.BaseField.LIMBS;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.HexFormat;

/** Compressed points: 48 bytes of the first group (spec 02 §4.1), 96 of the second (§4.2). */
final class PointCodec {
    private static final int COMPRESSED = 0x80;
    private static final int INFINITY = 0x40;
    private static final int LARGE = 0x20;
    private static final int FLAGS = 0xe0;
    private static final long[] FOUR = BaseField.of(BigInteger.valueOf(4));
    private static final String GENERATOR =
            "97f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac586c55e83ff97a1aeffb3af00adb22c6bb";

    /** What the bytes are. */
    enum Kind {
        /** No point. */
        NONE,
        /** The point at infinity. */
        INFINITY,
        /** A point of the curve, not necessarily of the subgroup. */
        POINT
    }

    private PointCodec() {}

    /** The affine generator of the first group. */
    static long[] generator() {
        long[] affine = new long[CurvePoints.AFFINE];
        decode(HexFormat.of().parseHex(GENERATOR), 0, affine, 0);
        return affine;
    }

    /** Decodes 48 bytes; if they are a point, sets the affine one. */
    static Kind decode(byte[] bytes, int offset, long[] affine, int at) {
        int flags = bytes[offset] & FLAGS;
        if ((flags & COMPRESSED) == 0) {
            return Kind.NONE;
        }
        if ((flags & INFINITY) != 0) {
            return isInfinity(bytes, offset, BYTES) ? Kind.INFINITY : Kind.NONE;
        }
        BigInteger x = coordinate(bytes, offset, true);
        // Points with x = 0 have order three, and the network refuses them.
        if (x.compareTo(BaseField.PRIME) >= 0 || x.signum() == 0) {
            return Kind.NONE;
        }
        long[] element = BaseField.of(x);
        long[] square = new long[LIMBS];
        BaseField.multiply(element, 0, element, 0, square, 0);
        BaseField.multiply(square, 0, element, 0, square, 0);
        BaseField.add(square, 0, FOUR, 0, square, 0);
        long[] y = BaseField.squareRoot(square, 0);
        if (y == null) {
            return Kind.NONE;
        }
        if (BaseField.isLarge(y, 0) != ((flags & LARGE) != 0)) {
            BaseField.negate(y, 0, y, 0);
        }
        System.arraycopy(element, 0, affine, at, LIMBS);
        System.arraycopy(y, 0, affine, at + LIMBS, LIMBS);
        return Kind.POINT;
    }

    /** Encodes an affine point; zero limbs are infinity. */
    static void encode(long[] affine, int at, byte[] target, int offset) {
        Arrays.fill(target, offset, offset + BYTES, (byte) 0);
        if (BaseField.isNothing(affine, at) && BaseField.isNothing(affine, at + LIMBS)) {
            target[offset] = (byte) (COMPRESSED | INFINITY);
            return;
        }
        byte[] x = BaseField.integer(affine, at).toByteArray();
        // The prime has 381 bits, so the sign byte of a big integer never exceeds the 48.
        System.arraycopy(x, 0, target, offset + BYTES - x.length, x.length);
        target[offset] |= (byte) (COMPRESSED | (BaseField.isLarge(affine, at + LIMBS) ? LARGE : 0));
    }

    /** Decodes the 96 bytes of a point of the second group; null if they are none, or infinity. */
    static TwistPoint decodeTwist(byte[] bytes) {
        int flags = bytes[0] & FLAGS;
        if (bytes.length != 2 * BYTES || (flags & COMPRESSED) == 0 || (flags & INFINITY) != 0) {
            return null;
        }
        BigInteger imaginary = coordinate(bytes, 0, true);
        BigInteger real = coordinate(bytes, BYTES, false);
        if (imaginary.compareTo(BaseField.PRIME) >= 0 || real.compareTo(BaseField.PRIME) >= 0) {
            return null;
        }
        Fp2 x = Fp2.of(real, imaginary);
        Fp2 y = TwistPoint.rightSide(x).squareRoot();
        if (y == null) {
            return null;
        }
        return new TwistPoint(x, y.isLarge() == ((flags & LARGE) != 0) ? y : y.negated());
    }

    private static BigInteger coordinate(byte[] bytes, int offset, boolean hasFlags) {
        byte[] magnitude = Arrays.copyOfRange(bytes, offset, offset + BYTES);
        if (hasFlags) {
            magnitude[0] &= ~FLAGS;
        }
        return new BigInteger(1, magnitude);
    }

    private static boolean isInfinity(byte[] bytes, int offset, int length) {
        int others = 0;
        for (int i = 1; i < length; i++) {
            others |= bytes[offset + i];
        }
        return bytes[offset] == (byte) (COMPRESSED | INFINITY) && others == 0;
    }
}

package xyz.autonomys.farmer.sr25519;

import java.util.Arrays;
import java.util.HexFormat;

/**
 * An element of the group ristretto255 (RFC 9496), held as a point of edwards25519 in extended coordinates
 * (x = X/Z, y = Y/Z, T = XY/Z). Immutable.
 */
final class RistrettoPoint {
    private static final FieldElement D =
            FieldElement.ofDecimal("37095705934669439343138083508754565189542113879843219016388785533085940283555");
    private static final FieldElement D2 = D.add(D);
    private static final FieldElement SQRT_M1 =
            FieldElement.ofDecimal("19681161376707505956807079304988542015446066515923890162744021073123829784752");
    private static final FieldElement INVSQRT_A_MINUS_D =
            FieldElement.ofDecimal("54469307008909316920995813868745141605393597292927456921205312896311721017578");

    static final RistrettoPoint IDENTITY =
            new RistrettoPoint(FieldElement.ZERO, FieldElement.ONE, FieldElement.ONE, FieldElement.ZERO);

    /** The base point, known by its encoding. */
    static final RistrettoPoint BASE =
            decode(HexFormat.of().parseHex("e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76"));

    private static final RistrettoPoint[] BASE_TABLE = BASE.multiples();
    private static final int WINDOWS = 64;

    private final FieldElement x;
    private final FieldElement y;
    private final FieldElement z;
    private final FieldElement t;

    private RistrettoPoint(FieldElement x, FieldElement y, FieldElement z, FieldElement t) {
        this.x = x;
        this.y = y;
        this.z = z;
        this.t = t;
    }

    /** The element with this encoding, or null if 32 bytes are not the encoding of any. */
    static RistrettoPoint decode(byte[] bytes) {
        FieldElement s = FieldElement.ofBytes(bytes, 0);
        if (!Arrays.equals(s.toBytes(), bytes) || (bytes[0] & 1) != 0) {
            return null;
        }
        FieldElement ss = s.square();
        FieldElement u1 = FieldElement.ONE.subtract(ss);
        FieldElement u2 = FieldElement.ONE.add(ss);
        FieldElement u2Squared = u2.square();
        FieldElement v = D.multiply(u1.square()).negate().subtract(u2Squared);
        Root root = squareRootRatio(FieldElement.ONE, v.multiply(u2Squared));
        FieldElement i = root.value();
        FieldElement denominatorX = i.multiply(u2);
        FieldElement x = s.add(s).multiply(denominatorX).absolute();
        FieldElement y = u1.multiply(i.multiply(denominatorX).multiply(v));
        FieldElement t = x.multiply(y);
        if (!root.square() || t.sign() == 1 || y.isZero()) {
            return null;
        }
        return new RistrettoPoint(x, y, FieldElement.ONE, t);
    }

    /** The canonical 32 bytes. */
    byte[] encode() {
        FieldElement u1 = z.add(y).multiply(z.subtract(y));
        FieldElement u2 = x.multiply(y);
        FieldElement i =
                squareRootRatio(FieldElement.ONE, u1.multiply(u2.square())).value();
        FieldElement d1 = i.multiply(u1);
        FieldElement d2 = i.multiply(u2);
        FieldElement zInverse = d1.multiply(d2).multiply(t);
        int rotate = t.multiply(zInverse).sign();
        FieldElement ex = FieldElement.select(rotate, y.multiply(SQRT_M1), x);
        FieldElement ey = FieldElement.select(rotate, x.multiply(SQRT_M1), y);
        FieldElement d = FieldElement.select(rotate, d1.multiply(INVSQRT_A_MINUS_D), d2);
        FieldElement signedY = FieldElement.select(ex.multiply(zInverse).sign(), ey.negate(), ey);
        return d.multiply(z.subtract(signedY)).absolute().toBytes();
    }

    RistrettoPoint add(RistrettoPoint other) {
        FieldElement a = y.subtract(x).multiply(other.y.subtract(other.x));
        FieldElement b = y.add(x).multiply(other.y.add(other.x));
        FieldElement c = t.multiply(D2).multiply(other.t);
        FieldElement zz = z.multiply(other.z);
        FieldElement d = zz.add(zz);
        return completed(b.subtract(a), d.subtract(c), d.add(c), b.add(a));
    }

    RistrettoPoint twice() {
        FieldElement a = x.square();
        FieldElement b = y.square();
        FieldElement zz = z.square();
        FieldElement e = x.add(y).square().subtract(a).subtract(b);
        FieldElement g = b.subtract(a);
        FieldElement f = g.subtract(zz).subtract(zz);
        return completed(e, f, g, a.add(b).negate());
    }

    RistrettoPoint negate() {
        return new RistrettoPoint(x.negate(), y, z, t.negate());
    }

    /** {@code scalar}·B for a secret scalar: the same operations for every value. */
    static RistrettoPoint multiplyBase(byte[] scalar) {
        RistrettoPoint result = IDENTITY;
        for (int window = WINDOWS - 1; window >= 0; window--) {
            result = result.twice().twice().twice().twice().add(pick(BASE_TABLE, digit(scalar, window)));
        }
        return result;
    }

    /** {@code a}·B + {@code b}·{@code point} for public scalars; the time taken depends on them. */
    static RistrettoPoint multiplyBaseAndAdd(byte[] a, byte[] b, RistrettoPoint point) {
        RistrettoPoint[] table = point.multiples();
        RistrettoPoint result = IDENTITY;
        for (int window = WINDOWS - 1; window >= 0; window--) {
            result = result.twice().twice().twice().twice();
            result = result.add(BASE_TABLE[digit(a, window)]).add(table[digit(b, window)]);
        }
        return result;
    }

    /** 0·this … 15·this. */
    private RistrettoPoint[] multiples() {
        RistrettoPoint[] table = new RistrettoPoint[16];
        table[0] = IDENTITY;
        for (int i = 1; i < table.length; i++) {
            table[i] = table[i - 1].add(this);
        }
        return table;
    }

    private static int digit(byte[] scalar, int window) {
        return scalar[window >>> 1] >>> 4 * (window & 1) & 15;
    }

    /** Reads every entry of the table, so that memory access does not tell which one is wanted. */
    private static RistrettoPoint pick(RistrettoPoint[] table, int index) {
        RistrettoPoint chosen = table[0];
        for (int i = 1; i < table.length; i++) {
            int hit = (i ^ index) - 1 >>> 31;
            RistrettoPoint entry = table[i];
            chosen = new RistrettoPoint(
                    FieldElement.select(hit, entry.x, chosen.x),
                    FieldElement.select(hit, entry.y, chosen.y),
                    FieldElement.select(hit, entry.z, chosen.z),
                    FieldElement.select(hit, entry.t, chosen.t));
        }
        return chosen;
    }

    private static RistrettoPoint completed(FieldElement e, FieldElement f, FieldElement g, FieldElement h) {
        return new RistrettoPoint(e.multiply(f), g.multiply(h), f.multiply(g), e.multiply(h));
    }

    /** The even root of u/v or of √−1·u/v, and whether u/v is a square. */
    private static Root squareRootRatio(FieldElement u, FieldElement v) {
        FieldElement v3 = v.square().multiply(v);
        FieldElement v7 = v3.square().multiply(v);
        FieldElement r = u.multiply(v3).multiply(u.multiply(v7).powPMinus5Over8());
        FieldElement check = v.multiply(r.square());
        FieldElement minusU = u.negate();
        boolean correct = check.sameAs(u);
        boolean flipped = check.sameAs(minusU);
        boolean flippedI = check.sameAs(minusU.multiply(SQRT_M1));
        FieldElement root = FieldElement.select(flipped | flippedI ? 1 : 0, r.multiply(SQRT_M1), r);
        return new Root(correct | flipped, root.absolute());
    }

    private record Root(boolean square, FieldElement value) {}
}

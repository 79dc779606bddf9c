package xyz.autonomys.farmer.kzg.java;

import static xyz.autonomys.farmer.kzg.java.BaseField.LIMBS;

import java.math.BigInteger;
import java.util.Arrays;

/**
 * The group law of y² = x³ + 4 on points of four coordinates X, Y, ZZ, ZZZ at an offset of an array, with x = X/ZZ, y =
 * Y/ZZZ and ZZ³ = ZZZ². Infinity is where all limbs of ZZ are zero. Affine points are x, y and never infinity.
 *
 * <p>The formulas follow from the chord and tangent rule; with P the difference of the x and R that of the y of two
 * points brought to a common denominator, x₃ = (R/P)² − x₁ − x₂. No point of the curve has y = 0, its order is odd.
 *
 * <p>An instance holds scratch space, so each thread needs one of its own.
 */
final class CurvePoints {
    /** Limbs of a point. */
    static final int POINT = 4 * LIMBS;

    /** Limbs of an affine point. */
    static final int AFFINE = 2 * LIMBS;

    private static final int Y = LIMBS;
    private static final int ZZ = 2 * LIMBS;
    private static final int ZZZ = 3 * LIMBS;
    private static final int WINDOW = 4;
    private static final long[] ONE = BaseField.of(BigInteger.ONE);

    /** The absolute value of the curve's parameter z; r = z⁴ − z² + 1. */
    private static final long[] PARAMETER = {Lines.PARAMETER};

    /** x of the points that a thirdway turn maps onto each other are multiplied by this root of x³ = 1. */
    private static final long[] TURN = turn();

    private final long[] u = new long[LIMBS];
    private final long[] s = new long[LIMBS];
    private final long[] p = new long[LIMBS];
    private final long[] r = new long[LIMBS];
    private final long[] pp = new long[LIMBS];
    private final long[] ppp = new long[LIMBS];
    private final long[] q = new long[LIMBS];
    private final long[] x = new long[LIMBS];

    static boolean isInfinity(long[] a, int at) {
        return BaseField.isNothing(a, at + ZZ);
    }

    static void setInfinity(long[] a, int at) {
        Arrays.fill(a, at, at + POINT, 0);
    }

    /** Sets a point from an affine one. */
    static void set(long[] a, int at, long[] affine, int from) {
        System.arraycopy(affine, from, a, at, AFFINE);
        System.arraycopy(ONE, 0, a, at + ZZ, LIMBS);
        System.arraycopy(ONE, 0, a, at + ZZZ, LIMBS);
    }

    static void negate(long[] a, int at) {
        BaseField.negate(a, at + Y, a, at + Y);
    }

    /** out = a + b; the places may be the same. */
    void add(long[] a, int at, long[] b, int bt, long[] out, int to) {
        if (isInfinity(b, bt)) {
            System.arraycopy(a, at, out, to, POINT);
            return;
        }
        if (isInfinity(a, at)) {
            System.arraycopy(b, bt, out, to, POINT);
            return;
        }
        BaseField.multiply(a, at, b, bt + ZZ, u, 0);
        BaseField.multiply(b, bt, a, at + ZZ, p, 0);
        BaseField.subtract(p, 0, u, 0, p, 0);
        BaseField.multiply(a, at + Y, b, bt + ZZZ, s, 0);
        BaseField.multiply(b, bt + Y, a, at + ZZZ, r, 0);
        BaseField.subtract(r, 0, s, 0, r, 0);
        if (BaseField.isZero(p, 0)) {
            addSameX(a, at, out, to);
            return;
        }
        BaseField.multiply(a, at + ZZ, b, bt + ZZ, out, to + ZZ);
        BaseField.multiply(a, at + ZZZ, b, bt + ZZZ, out, to + ZZZ);
        chord(out, to);
    }

    /** a += b, or a −= b, for an affine b. */
    void addAffine(long[] a, int at, long[] b, int bt, boolean negative) {
        if (isInfinity(a, at)) {
            set(a, at, b, bt);
            if (negative) {
                negate(a, at);
            }
            return;
        }
        System.arraycopy(a, at, u, 0, LIMBS);
        System.arraycopy(a, at + Y, s, 0, LIMBS);
        BaseField.multiply(b, bt, a, at + ZZ, p, 0);
        BaseField.subtract(p, 0, u, 0, p, 0);
        BaseField.multiply(b, bt + Y, a, at + ZZZ, r, 0);
        if (negative) {
            BaseField.negate(r, 0, r, 0);
        }
        BaseField.subtract(r, 0, s, 0, r, 0);
        if (BaseField.isZero(p, 0)) {
            addSameX(a, at, a, at);
            return;
        }
        chord(a, at);
    }

    /** The sum of points with the same x: twice the point, or nothing if they are opposite. */
    private void addSameX(long[] a, int at, long[] out, int to) {
        if (BaseField.isZero(r, 0)) {
            twice(a, at, out, to);
        } else {
            setInfinity(out, to);
        }
    }

    /** Ends an addition: u and s are the first point's x and y, ZZ and ZZZ of the result the common denominators. */
    private void chord(long[] out, int to) {
        BaseField.multiply(p, 0, p, 0, pp, 0);
        BaseField.multiply(pp, 0, p, 0, ppp, 0);
        BaseField.multiply(u, 0, pp, 0, q, 0);
        BaseField.multiply(out, to + ZZ, pp, 0, out, to + ZZ);
        BaseField.multiply(out, to + ZZZ, ppp, 0, out, to + ZZZ);
        BaseField.multiply(r, 0, r, 0, x, 0);
        BaseField.subtract(x, 0, ppp, 0, x, 0);
        finish(out, to);
    }

    /** X = x − 2q and Y = r·(q − X) − s·ppp. */
    private void finish(long[] out, int to) {
        BaseField.subtract(x, 0, q, 0, x, 0);
        BaseField.subtract(x, 0, q, 0, out, to);
        BaseField.subtract(q, 0, out, to, q, 0);
        BaseField.multiply(r, 0, q, 0, q, 0);
        BaseField.multiply(s, 0, ppp, 0, ppp, 0);
        BaseField.subtract(q, 0, ppp, 0, out, to + Y);
    }

    /** out = 2a; the places may be the same. */
    void twice(long[] a, int at, long[] out, int to) {
        if (isInfinity(a, at)) {
            setInfinity(out, to);
            return;
        }
        // The tangent: with u = 2Y the slope is 3X²/u, and u², u³ are the new parts of the denominators.
        BaseField.add(a, at + Y, a, at + Y, u, 0);
        System.arraycopy(a, at + Y, s, 0, LIMBS);
        BaseField.multiply(u, 0, u, 0, pp, 0);
        BaseField.multiply(pp, 0, u, 0, ppp, 0);
        BaseField.multiply(a, at, pp, 0, q, 0);
        BaseField.multiply(a, at, a, at, p, 0);
        BaseField.add(p, 0, p, 0, r, 0);
        BaseField.add(r, 0, p, 0, r, 0);
        BaseField.multiply(a, at + ZZ, pp, 0, out, to + ZZ);
        BaseField.multiply(a, at + ZZZ, ppp, 0, out, to + ZZZ);
        BaseField.multiply(r, 0, r, 0, x, 0);
        finish(out, to);
    }

    /** out = k·a, k being the lowest {@code bits} bits of the limbs; the places may be the same. */
    void multiply(long[] a, int at, long[] scalars, int offset, int bits, long[] out, int to) {
        long[] table = new long[POINT << WINDOW];
        System.arraycopy(a, at, table, POINT, POINT);
        for (int i = 2; i < 1 << WINDOW; i++) {
            add(table, POINT * (i - 1), table, POINT, table, POINT * i);
        }
        long[] sum = new long[POINT];
        for (int bit = (bits - 1) / WINDOW * WINDOW; bit >= 0; bit -= WINDOW) {
            for (int i = 0; i < WINDOW; i++) {
                twice(sum, 0, sum, 0);
            }
            int digit = (int) (scalars[offset + bit / Long.SIZE] >>> bit % Long.SIZE) & (1 << WINDOW) - 1;
            if (bit + WINDOW > bits) {
                digit &= (1 << bits - bit) - 1;
            }
            add(sum, 0, table, POINT * digit, sum, 0);
        }
        System.arraycopy(sum, 0, out, to, POINT);
    }

    /**
     * Whether the point has an order that divides r. Turning by a third is an endomorphism t with t² + t + 1 = 0, so where
     * it is the multiplication by −z², (z⁴ − z² + 1)·a = r·a is nothing; and on the subgroup it is that multiplication.
     */
    boolean inSubgroup(long[] a, int at) {
        if (isInfinity(a, at)) {
            return true;
        }
        long[] sum = new long[POINT];
        multiply(a, at, PARAMETER, 0, Long.SIZE, sum, 0);
        multiply(sum, 0, PARAMETER, 0, Long.SIZE, sum, 0);
        long[] turned = Arrays.copyOfRange(a, at, at + POINT);
        BaseField.multiply(turned, 0, TURN, 0, turned, 0);
        add(sum, 0, turned, 0, sum, 0);
        return isInfinity(sum, 0);
    }

    /** Of the two roots the one that turns the generator into −z² times itself. */
    private static long[] turn() {
        BigInteger third = BaseField.PRIME.subtract(BigInteger.ONE).divide(BigInteger.valueOf(3));
        long[] root = BaseField.power(BaseField.of(BigInteger.TWO), 0, third);
        long[] generator = new long[POINT];
        set(generator, 0, PointCodec.generator(), 0);
        CurvePoints points = new CurvePoints();
        long[] multiple = new long[POINT];
        points.multiply(generator, 0, PARAMETER, 0, Long.SIZE, multiple, 0);
        points.multiply(multiple, 0, PARAMETER, 0, Long.SIZE, multiple, 0);
        toAffine(multiple, 0, 1, multiple, 0);
        long[] turned = new long[LIMBS];
        BaseField.multiply(generator, 0, root, 0, turned, 0);
        if (!BaseField.equal(turned, 0, multiple, 0)) {
            BaseField.multiply(root, 0, root, 0, root, 0);
        }
        return root;
    }

    /**
     * Makes affine points of {@code count} points with one inversion; those of infinity become nothing but zero limbs. The
     * places may be the same.
     */
    static void toAffine(long[] points, int at, int count, long[] affine, int to) {
        long[] products = new long[(count + 1) * LIMBS];
        System.arraycopy(ONE, 0, products, 0, LIMBS);
        for (int i = 0; i < count; i++) {
            int point = at + i * POINT;
            if (isInfinity(points, point)) {
                System.arraycopy(products, i * LIMBS, products, (i + 1) * LIMBS, LIMBS);
            } else {
                BaseField.multiply(products, i * LIMBS, points, point + ZZZ, products, (i + 1) * LIMBS);
            }
        }
        long[] inverse = new long[LIMBS];
        BaseField.invert(products, count * LIMBS, inverse, 0);
        long[] zzz = new long[LIMBS];
        long[] zz = new long[LIMBS];
        long[] out = new long[count * AFFINE];
        for (int i = count - 1; i >= 0; i--) {
            int point = at + i * POINT;
            if (!isInfinity(points, point)) {
                BaseField.multiply(inverse, 0, products, i * LIMBS, zzz, 0);
                BaseField.multiply(inverse, 0, points, point + ZZZ, inverse, 0);
                // ZZ/ZZZ is 1/z, its square 1/ZZ.
                BaseField.multiply(zzz, 0, points, point + ZZ, zz, 0);
                BaseField.multiply(zz, 0, zz, 0, zz, 0);
                BaseField.multiply(points, point, zz, 0, out, i * AFFINE);
                BaseField.multiply(points, point + Y, zzz, 0, out, i * AFFINE + LIMBS);
            }
        }
        System.arraycopy(out, 0, affine, to, out.length);
    }
}

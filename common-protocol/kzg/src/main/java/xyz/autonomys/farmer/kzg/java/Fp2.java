package xyz.autonomys.farmer.kzg.java;

import static xyz.autonomys.farmer.kzg.java.BaseField.LIMBS;

import java.math.BigInteger;

/** An element a + b·u of the quadratic extension, u² = −1. Immutable. */
final class Fp2 {
    static final Fp2 ZERO = of(BigInteger.ZERO, BigInteger.ZERO);
    static final Fp2 ONE = of(BigInteger.ONE, BigInteger.ZERO);

    /** 1 + u, which has neither a square nor a cube root: the next extensions adjoin these. */
    static final Fp2 NON_RESIDUE = of(BigInteger.ONE, BigInteger.ONE);

    private static final long[] HALF =
            BaseField.of(BaseField.PRIME.add(BigInteger.ONE).shiftRight(1));

    private final long[] a;
    private final long[] b;

    private Fp2(long[] a, long[] b) {
        this.a = a;
        this.b = b;
    }

    static Fp2 of(BigInteger real, BigInteger imaginary) {
        return new Fp2(BaseField.of(real), BaseField.of(imaginary));
    }

    Fp2 plus(Fp2 other) {
        return new Fp2(sum(a, other.a), sum(b, other.b));
    }

    Fp2 minus(Fp2 other) {
        return new Fp2(difference(a, other.a), difference(b, other.b));
    }

    Fp2 negated() {
        return ZERO.minus(this);
    }

    /** a − b·u, the p-th power. */
    Fp2 conjugated() {
        return new Fp2(a, difference(ZERO.a, b));
    }

    Fp2 times(Fp2 other) {
        long[] real = product(a, other.a);
        long[] imaginary = product(b, other.b);
        long[] mixed = product(sum(a, b), sum(other.a, other.b));
        return new Fp2(difference(real, imaginary), difference(difference(mixed, real), imaginary));
    }

    Fp2 squared() {
        long[] mixed = product(a, b);
        return new Fp2(product(sum(a, b), difference(a, b)), sum(mixed, mixed));
    }

    /** The product with an element of the base field at an offset of an array. */
    Fp2 scaled(long[] factor, int at) {
        long[] real = new long[LIMBS];
        long[] imaginary = new long[LIMBS];
        BaseField.multiply(a, 0, factor, at, real, 0);
        BaseField.multiply(b, 0, factor, at, imaginary, 0);
        return new Fp2(real, imaginary);
    }

    /** The product with {@link #NON_RESIDUE}. */
    Fp2 timesNonResidue() {
        return new Fp2(difference(a, b), sum(a, b));
    }

    /** The inverse; zero gives zero. */
    Fp2 inverse() {
        long[] norm = sum(product(a, a), product(b, b));
        BaseField.invert(norm, 0, norm, 0);
        return new Fp2(product(a, norm), product(difference(ZERO.a, b), norm));
    }

    /** A square root, or null if there is none. */
    Fp2 squareRoot() {
        long[] norm = BaseField.squareRoot(sum(product(a, a), product(b, b)), 0);
        if (norm == null) {
            return null;
        }
        // If x + y·u is the root, x² is half of a plus or minus the root of the norm, and y = b/2x.
        for (long[] twiceSquare : new long[][] {sum(a, norm), difference(a, norm)}) {
            long[] x = BaseField.squareRoot(product(twiceSquare, HALF), 0);
            if (x == null) {
                continue;
            }
            long[] y = sum(x, x);
            BaseField.invert(y, 0, y, 0);
            Fp2 root = new Fp2(x, product(y, b));
            if (root.squared().equalTo(this)) {
                return root;
            }
        }
        // Of an element of the base field that is no square there, the root is imaginary.
        long[] y = BaseField.squareRoot(difference(ZERO.a, a), 0);
        return y != null && BaseField.isZero(b, 0) ? new Fp2(ZERO.a, y) : null;
    }

    boolean isZero() {
        return BaseField.isZero(a, 0) && BaseField.isZero(b, 0);
    }

    boolean equalTo(Fp2 other) {
        return minus(other).isZero();
    }

    /** The sign in the encoding of points: that of b, or of a if b is zero. */
    boolean isLarge() {
        return BaseField.isZero(b, 0) ? BaseField.isLarge(a, 0) : BaseField.isLarge(b, 0);
    }

    private static long[] sum(long[] x, long[] y) {
        long[] out = new long[LIMBS];
        BaseField.add(x, 0, y, 0, out, 0);
        return out;
    }

    private static long[] difference(long[] x, long[] y) {
        long[] out = new long[LIMBS];
        BaseField.subtract(x, 0, y, 0, out, 0);
        return out;
    }

    private static long[] product(long[] x, long[] y) {
        long[] out = new long[LIMBS];
        BaseField.multiply(x, 0, y, 0, out, 0);
        return out;
    }
}

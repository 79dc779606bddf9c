package xyz.autonomys.farmer.kzg.java;

import java.math.BigInteger;

/**
 * An element a + b·w of the quadratic extension of {@link Fp6}, w² = v: the field in which pairings have their values.
 *
 * @param a the constant part
 * @param b times w
 */
record Fp12(Fp6 a, Fp6 b) {
    static final Fp12 ONE = new Fp12(Fp6.ONE, Fp6.ZERO);

    /** (1 + u)^(i·(p−1)/6): what the p-th power multiplies w^i by. */
    private static final Fp2[] FROBENIUS = frobenius();

    private static Fp2[] frobenius() {
        BigInteger exponent = BaseField.PRIME.subtract(BigInteger.ONE).divide(BigInteger.valueOf(6));
        Fp2 root = Fp2.ONE;
        for (int bit = exponent.bitLength() - 1; bit >= 0; bit--) {
            root = root.squared();
            if (exponent.testBit(bit)) {
                root = root.times(Fp2.NON_RESIDUE);
            }
        }
        Fp2[] powers = new Fp2[6];
        powers[0] = Fp2.ONE;
        for (int i = 1; i < powers.length; i++) {
            powers[i] = powers[i - 1].times(root);
        }
        return powers;
    }

    Fp12 times(Fp12 other) {
        Fp6 aa = a.times(other.a);
        Fp6 bb = b.times(other.b);
        Fp6 mixed = a.plus(b).times(other.a.plus(other.b)).minus(aa).minus(bb);
        return new Fp12(aa.plus(bb.timesV()), mixed);
    }

    Fp12 squared() {
        Fp6 ab = a.times(b);
        Fp6 real = a.plus(b).times(a.plus(b.timesV())).minus(ab).minus(ab.timesV());
        return new Fp12(real, ab.plus(ab));
    }

    /** The product with (x + y·v) + z·v·w, z being an element of the base field at an offset of an array. */
    Fp12 timesLine(Fp2 x, Fp2 y, Fp2 yPlusZ, long[] z, int at) {
        Fp6 aa = a.times(x, y);
        Fp6 bb = b.timesV(z, at);
        Fp6 mixed = a.plus(b).times(x, yPlusZ).minus(aa).minus(bb);
        return new Fp12(aa.plus(bb.timesV()), mixed);
    }

    /** a − b·w: the power of p^6, and the inverse where the norm is one. */
    Fp12 conjugated() {
        return new Fp12(a, b.negated());
    }

    Fp12 inverse() {
        Fp6 factor = a.times(a).minus(b.times(b).timesV()).inverse();
        return new Fp12(a.times(factor), b.times(factor).negated());
    }

    /** The p-th power. */
    Fp12 frobeniusPower() {
        return new Fp12(
                new Fp6(
                        a.a().conjugated(),
                        a.b().conjugated().times(FROBENIUS[2]),
                        a.c().conjugated().times(FROBENIUS[4])),
                new Fp6(
                        b.a().conjugated().times(FROBENIUS[1]),
                        b.b().conjugated().times(FROBENIUS[3]),
                        b.c().conjugated().times(FROBENIUS[5])));
    }

    boolean isOne() {
        return a.equalTo(Fp6.ONE) && b.equalTo(Fp6.ZERO);
    }
}

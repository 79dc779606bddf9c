package xyz.autonomys.farmer.kzg.java;

/**
 * An element a + b·v + c·v² of the cubic extension of {@link Fp2}, v³ = 1 + u.
 *
 * @param a the constant part
 * @param b times v
 * @param c times v²
 */
record Fp6(Fp2 a, Fp2 b, Fp2 c) {
    static final Fp6 ZERO = new Fp6(Fp2.ZERO, Fp2.ZERO, Fp2.ZERO);
    static final Fp6 ONE = new Fp6(Fp2.ONE, Fp2.ZERO, Fp2.ZERO);

    Fp6 plus(Fp6 other) {
        return new Fp6(a.plus(other.a), b.plus(other.b), c.plus(other.c));
    }

    Fp6 minus(Fp6 other) {
        return new Fp6(a.minus(other.a), b.minus(other.b), c.minus(other.c));
    }

    Fp6 negated() {
        return ZERO.minus(this);
    }

    Fp6 times(Fp6 other) {
        Fp2 aa = a.times(other.a);
        Fp2 bb = b.times(other.b);
        Fp2 cc = c.times(other.c);
        Fp2 bc = b.plus(c).times(other.b.plus(other.c)).minus(bb).minus(cc);
        Fp2 ab = a.plus(b).times(other.a.plus(other.b)).minus(aa).minus(bb);
        Fp2 ac = a.plus(c).times(other.a.plus(other.c)).minus(aa).minus(cc);
        return new Fp6(aa.plus(bc.timesNonResidue()), ab.plus(cc.timesNonResidue()), ac.plus(bb));
    }

    /** The product with x + y·v. */
    Fp6 times(Fp2 x, Fp2 y) {
        Fp2 ax = a.times(x);
        Fp2 by = b.times(y);
        Fp2 mixed = a.plus(b).times(x.plus(y)).minus(ax).minus(by);
        return new Fp6(ax.plus(c.times(y).timesNonResidue()), mixed, by.plus(c.times(x)));
    }

    /** The product with y·v, y being an element of the base field at an offset of an array. */
    Fp6 timesV(long[] y, int at) {
        return new Fp6(c.scaled(y, at).timesNonResidue(), a.scaled(y, at), b.scaled(y, at));
    }

    /** The product with v. */
    Fp6 timesV() {
        return new Fp6(c.timesNonResidue(), a, b);
    }

    /** The inverse; zero gives zero. */
    Fp6 inverse() {
        Fp2 x = a.squared().minus(b.times(c).timesNonResidue());
        Fp2 y = c.squared().timesNonResidue().minus(a.times(b));
        Fp2 z = b.squared().minus(a.times(c));
        Fp2 norm = a.times(x).plus(c.times(y).plus(b.times(z)).timesNonResidue());
        Fp2 factor = norm.inverse();
        return new Fp6(x.times(factor), y.times(factor), z.times(factor));
    }

    boolean equalTo(Fp6 other) {
        return a.equalTo(other.a) && b.equalTo(other.b) && c.equalTo(other.c);
    }
}

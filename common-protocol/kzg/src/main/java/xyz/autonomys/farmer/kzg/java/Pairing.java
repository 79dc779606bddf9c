package xyz.autonomys.farmer.kzg.java;

import static xyz.autonomys.farmer.kzg.java.BaseField.LIMBS;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/** The optimal ate pairing e(P, Q) with lines of fixed Q. */
final class Pairing {
    private Pairing() {}

    /** A pair that is not trivial: an affine point of the first group, and the lines of one of the second. */
    private record Factor(long[] affine, Fp2 y, Lines lines) {}

    /** A product of pairings whose value is only compared with one. */
    static final class Product {
        private final List<Factor> factors = new ArrayList<>();

        /** Multiplies by e(P, Q), P given affine; zero limbs are infinity, whose pairing is one. */
        Product times(long[] affine, Lines lines) {
            if (!BaseField.isNothing(affine, 0) || !BaseField.isNothing(affine, LIMBS)) {
                BigInteger y = BaseField.integer(affine, LIMBS);
                factors.add(new Factor(affine, Fp2.of(y, BigInteger.ZERO), lines));
            }
            return this;
        }

        /** Whether the product is one. */
        boolean isOne() {
            return isOneAfterFinalPower(miller());
        }

        private Fp12 miller() {
            Fp12 f = Fp12.ONE;
            int line = 0;
            for (int bit = Long.SIZE - 2; bit >= 0; bit--) {
                f = multiplyLines(f.squared(), line++);
                if ((Lines.PARAMETER >>> bit & 1) != 0) {
                    f = multiplyLines(f, line++);
                }
            }
            // The parameter is negative.
            return f.conjugated();
        }

        private Fp12 multiplyLines(Fp12 f, int line) {
            Fp12 product = f;
            for (Factor factor : factors) {
                product = factor.lines.multiply(product, line, factor.affine, factor.y);
            }
            return product;
        }
    }

    /**
     * Whether f to the power of (p^12 − 1)/r is one. The exponent is (p^6 − 1)·(p² + 1)·h with 3h = (z − 1)²·(z + p)·(z² +
     * p² − 1) + 3; the cube of an r-th root of unity is one only if the root is.
     */
    private static boolean isOneAfterFinalPower(Fp12 f) {
        Fp12 m = f.conjugated().times(f.inverse());
        m = m.frobeniusPower().frobeniusPower().times(m);
        Fp12 t = power(m).times(m.conjugated());
        t = power(t).times(t.conjugated());
        t = power(t).times(t.frobeniusPower());
        t = power(power(t)).times(t.frobeniusPower().frobeniusPower()).times(t.conjugated());
        return t.times(m.squared()).times(m).isOne();
    }

    /** f^z for an f whose inverse is its conjugate. */
    private static Fp12 power(Fp12 f) {
        Fp12 result = f;
        for (int bit = Long.SIZE - 2; bit >= 0; bit--) {
            result = result.squared();
            if ((Lines.PARAMETER >>> bit & 1) != 0) {
                result = result.times(f);
            }
        }
        return result.conjugated();
    }
}

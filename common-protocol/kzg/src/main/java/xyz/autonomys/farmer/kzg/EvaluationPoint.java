package xyz.autonomys.farmer.kzg;

import xyz.autonomys.farmer.erasure.Polynomial;
import xyz.autonomys.farmer.erasure.Scalar;
import xyz.autonomys.farmer.erasure.ScalarField;

/** Where a polynomial is opened: a point of a domain of roots of unity (spec 02 §5, §8.4). */
final class EvaluationPoint {
    /** The largest domain on which all witnesses are made at once; that of a segment's pieces is 256. */
    static final int LARGEST_FOR_ALL = 1 << 16;

    private EvaluationPoint() {}

    /**
     * The point's four canonical limbs.
     *
     * @throws IndexOutOfBoundsException if the domain has no such point; the index one past the end is the first point
     */
    static long[] of(int domainSize, int index) {
        if (domainSize < 0) {
            throw new IllegalArgumentException("a domain of " + domainSize + " points");
        }
        int log = log(domainSize);
        if (index < 0 || index > 1L << log) {
            throw new IndexOutOfBoundsException("point " + index + " of a domain of " + (1L << log) + " points");
        }
        return ScalarField.domainPoint(log, index);
    }

    /** The same as one scalar. */
    static Scalar scalar(int domainSize, int index) {
        return Scalar.coefficient(Polynomial.ofLimbs(of(domainSize, index)), 0);
    }

    /** The exponent of the power of two that the size is rounded up to; no points count as one. */
    static int log(int domainSize) {
        return domainSize <= 1 ? 0 : Integer.SIZE - Integer.numberOfLeadingZeros(domainSize - 1);
    }
}

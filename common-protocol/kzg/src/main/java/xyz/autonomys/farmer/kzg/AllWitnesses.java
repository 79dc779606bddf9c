package xyz.autonomys.farmer.kzg;

import java.util.Arrays;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import xyz.autonomys.farmer.erasure.Polynomial;
import xyz.autonomys.farmer.erasure.ScalarField;
import xyz.autonomys.farmer.kzg.curve.CurveBackend;
import xyz.autonomys.farmer.kzg.curve.G1Vector;
import xyz.autonomys.farmer.kzg.curve.PreparedSetup;
import xyz.autonomys.farmer.kzg.curve.WorkCrew;

/**
 * The witnesses at all points of a domain at once (spec 02 §13.3, the method of Feist and Khovratovich).
 *
 * <p>The quotient of X^j by X − x is Σ_{i<j} x^i·X^(j−1−i), so the witness at x is Σ_i x^i·h_i with h_i =
 * Σ_{j>i} [c_j]·[τ^(j−1−i)]G. The h_i are a product of the coefficients with a Toeplitz matrix of powers, done by
 * transforms of twice the length; one more transform evaluates at all x of the domain.
 */
final class AllWitnesses {
    private static final int LIMBS = ScalarField.LIMBS;
    private static final int FULL = 255;
    /** Lengths up to this keep their transformed powers, 288 bytes per coefficient. */
    private static final int KEPT = 256;

    private final CurveBackend curve;
    private final PreparedSetup setup;
    private final WorkCrew crew;
    private final ConcurrentMap<Integer, G1Vector> transformedPowers = new ConcurrentHashMap<>();

    AllWitnesses(CurveBackend curve, PreparedSetup setup, WorkCrew crew) {
        this.curve = curve;
        this.setup = setup;
        this.crew = crew;
    }

    /** The witnesses, 48 compressed bytes each, in the domain's order. */
    byte[] of(Polynomial polynomial, int domainSize) {
        int log = EvaluationPoint.log(polynomial.size());
        int length = 1 << log;
        G1Vector factors = factors(polynomial, log);
        int target = EvaluationPoint.log(domainSize);
        GroupTransform transform = new GroupTransform(target, crew);
        // x^domainSize is one on the domain, so higher factors fold onto lower ones.
        G1Vector folded = curve.vector(domainSize);
        for (int i = 0; i < length; i++) {
            int at = i & domainSize - 1;
            folded.add(at, folded, at, factors, length - 1 + i);
        }
        transform.reorder(folded);
        transform.forward(folded);
        byte[] encoded = new byte[G1Vector.COMPRESSED_BYTES * domainSize];
        crew.forRanges(
                domainSize,
                16,
                (from, to) -> folded.encode(from, to - from, encoded, G1Vector.COMPRESSED_BYTES * from));
        return encoded;
    }

    /** A vector whose points from length − 1 on are the h_i. */
    private G1Vector factors(Polynomial polynomial, int log) {
        int doubled = 2 << log;
        GroupTransform transform = new GroupTransform(log + 1, crew);
        G1Vector powers = length(log) <= KEPT
                ? transformedPowers.computeIfAbsent(log, l -> transformedPowers(l, transform))
                : transformedPowers(log, transform);
        long[] coefficients = Arrays.copyOf(polynomial.limbs(), LIMBS * doubled);
        transform.forwardScalars(coefficients);
        long[] inverseSize = ScalarField.scaled(ScalarField.inverse(doubled, 0, 0, 0), 0);
        for (int i = 0; i < doubled; i++) {
            ScalarField.montgomery(coefficients, LIMBS * i, inverseSize, 0, coefficients, LIMBS * i);
        }
        // Both transforms left bit-reversed order; put it right once, on the points, before the inverse.
        G1Vector product = curve.vector(doubled);
        crew.forEach(doubled, i -> product.multiply(i, powers, i, coefficients, LIMBS * i, FULL));
        transform.reorder(product);
        transform.inverse(product);
        transform.reorder(product);
        return product;
    }

    private static int length(int log) {
        return 1 << log;
    }

    /** The transform, in bit-reversed order, of (τ^(n−2), …, τ^0, then n + 1 times nothing) times G. */
    private G1Vector transformedPowers(int log, GroupTransform transform) {
        int length = length(log);
        G1Vector powers = curve.vector(2 * length);
        for (int i = 0; i <= length - 2; i++) {
            setup.power(length - 2 - i, powers, i);
        }
        transform.reorder(powers);
        transform.forward(powers);
        transform.reorder(powers);
        return powers;
    }
}

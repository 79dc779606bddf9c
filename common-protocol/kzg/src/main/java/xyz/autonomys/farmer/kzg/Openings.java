package xyz.autonomys.farmer.kzg;

import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import xyz.autonomys.farmer.erasure.ScalarField;
import xyz.autonomys.farmer.kzg.curve.CurveBackend;
import xyz.autonomys.farmer.kzg.curve.G1Vector;
import xyz.autonomys.farmer.kzg.curve.PreparedSetup;
import xyz.autonomys.farmer.kzg.curve.WorkCrew;
import xyz.autonomys.farmer.primitives.FixedBytes;
import xyz.autonomys.farmer.primitives.ScalarBytes;

/**
 * Checks openings against the two fixed G2 points of a setup.
 *
 * <p>The rule is e(C − [y]G, G₂) = e(W, [τ]G₂ − [x]G₂). Moving [x] to the other side, e(C − [y]G + [x]W, G₂) =
 * e(W, [τ]G₂), leaves both G2 arguments constant, so their line functions are computed once. Neither form notices
 * components of C or W of an order coprime to r, and the network accepts such points, so no subgroup check may be added
 * (spec 02 §8.5, §13.5).
 */
record Openings(TrustedSetup setup, CurveBackend curve, PreparedSetup prepared, WorkCrew crew) {
    private static final int LIMBS = ScalarField.LIMBS;
    private static final int FULL = 255;
    private static final int WEIGHT = 128;
    private static final int SHARE = 8;
    private static final SecureRandom RANDOM = new SecureRandom();

    boolean verify(KzgOpening opening) {
        return hold(List.of(opening), new long[] {1, 0, 0, 0}, WorkCrew.alone());
    }

    boolean verifyAll(List<KzgOpening> claims) {
        return claims.isEmpty()
                || hold(claims, weights(claims.size()), claims.size() < SHARE ? WorkCrew.alone() : crew);
    }

    /** The first weight is one, the others are 128 random bits. */
    private static long[] weights(int count) {
        byte[] random = new byte[16 * count];
        RANDOM.nextBytes(random);
        long[] weights = new long[LIMBS * count];
        weights[0] = 1;
        for (int i = 1; i < count; i++) {
            for (int b = 0; b < 16; b++) {
                weights[LIMBS * i + b / 8] |= (random[16 * i + b] & 0xffL) << 8 * (b % 8);
            }
        }
        return weights;
    }

    /** Whether e(Σ ρ(C + [x]W) − [Σ ρy]G, G₂) = e(Σ ρW, [τ]G₂). */
    private boolean hold(List<KzgOpening> claims, long[] weights, WorkCrew workers) {
        int count = claims.size();
        long[] points = new long[LIMBS * count];
        long[] sumOfValues = new long[LIMBS];
        for (int i = 0; i < count; i++) {
            KzgOpening claim = claims.get(i);
            System.arraycopy(EvaluationPoint.of(claim.domainSize(), claim.index()), 0, points, LIMBS * i, LIMBS);
            long[] value = new long[LIMBS];
            if (!ScalarField.load(claim.value().toBytes(), 0, value, 0)) {
                return false;
            }
            ScalarField.multiply(value, 0, weights, LIMBS * i, value, 0);
            ScalarField.add(sumOfValues, 0, value, 0, sumOfValues, 0);
        }
        G1Vector left = curve.vector(count + 1);
        G1Vector right = curve.vector(count + 1);
        AtomicBoolean decoded = new AtomicBoolean(true);
        workers.forEach(count, i -> {
            KzgOpening claim = claims.get(i);
            if (!left.decode(i, claim.commitment().toBytes(), 0)
                    || !right.decode(i, claim.witness().toBytes(), 0)) {
                decoded.set(false);
            }
        });
        return decoded.get() && hold(left, right, points, weights, sumOfValues, workers);
    }

    private boolean hold(
            G1Vector left, G1Vector right, long[] points, long[] weights, long[] sumOfValues, WorkCrew workers) {
        int count = left.size() - 1;
        G1Vector multiples = curve.vector(count);
        workers.forEach(count, i -> {
            multiples.multiply(i, right, i, points, LIMBS * i, FULL);
            left.add(i, left, i, multiples, i);
            if (i > 0) {
                left.multiply(i, left, i, weights, LIMBS * i, WEIGHT);
                right.multiply(i, right, i, weights, LIMBS * i, WEIGHT);
            }
        });
        sum(left, count);
        sum(right, count);
        ScalarField.negate(sumOfValues, 0, sumOfValues, 0);
        prepared.generatorMultiple(sumOfValues, 0, left, count);
        left.add(0, left, 0, left, count);
        G1Vector pair = curve.vector(2);
        pair.set(0, left, 0);
        pair.set(1, right, 0);
        return prepared.pairingsEqual(pair, 0, 1);
    }

    /** Adds all of the first {@code count} points to the first one. */
    private static void sum(G1Vector vector, int count) {
        for (int i = 1; i < count; i++) {
            vector.add(0, vector, 0, vector, i);
        }
    }

    boolean isPoint(FixedBytes bytes) {
        return bytes.length() == G1Vector.COMPRESSED_BYTES && curve.vector(1).decode(0, bytes.toBytes(), 0);
    }

    Optional<KzgCommitment> combine(List<KzgCommitment> commitments, List<ScalarBytes> weights) {
        int count = commitments.size();
        if (weights.size() != count) {
            throw new IllegalArgumentException(count + " commitments with " + weights.size() + " weights");
        }
        long[] factors = new long[LIMBS * count];
        for (int i = 0; i < count; i++) {
            if (!ScalarField.load(weights.get(i).toBytes(), 0, factors, LIMBS * i)) {
                throw new IllegalArgumentException(
                        "weight " + i + " is not below the field's modulus: " + weights.get(i));
            }
        }
        G1Vector points = curve.vector(count + 1);
        AtomicBoolean usable = new AtomicBoolean(true);
        crew.forEach(count, i -> {
            if (!points.decode(i, commitments.get(i).toBytes(), 0) || !points.inSubgroup(i)) {
                usable.set(false);
                return;
            }
            points.multiply(i, points, i, factors, LIMBS * i, FULL);
        });
        if (!usable.get()) {
            return Optional.empty();
        }
        points.setInfinity(count);
        for (int i = 0; i < count; i++) {
            points.add(count, points, count, points, i);
        }
        byte[] encoded = new byte[G1Vector.COMPRESSED_BYTES];
        points.encode(count, 1, encoded, 0);
        return Optional.of(KzgCommitment.of(encoded));
    }
}

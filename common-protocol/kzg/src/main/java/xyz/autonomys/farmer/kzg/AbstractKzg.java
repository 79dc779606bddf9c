package xyz.autonomys.farmer.kzg;

import java.util.List;
import java.util.Optional;
import xyz.autonomys.farmer.erasure.Polynomial;
import xyz.autonomys.farmer.kzg.curve.G1Vector;
import xyz.autonomys.farmer.primitives.FixedBytes;
import xyz.autonomys.farmer.primitives.ScalarBytes;

/** What does not depend on how commitments are computed, and the checks of arguments. */
abstract sealed class AbstractKzg implements Kzg permits SetupKzg, TrapdoorKzg {
    final Openings openings;
    private final CommitmentCode commitmentCode;

    AbstractKzg(Openings openings) {
        this.openings = openings;
        this.commitmentCode = new CommitmentCode(openings.curve(), openings.crew());
    }

    @Override
    public final String describe() {
        int threads = openings.crew().parallelism();
        return "KZG by " + openings.curve().describe() + ", " + openings.setup().describe() + method() + ", "
                + (threads == 1 ? "1 thread" : threads + " threads");
    }

    /** How commitments are computed if that is worth a word, starting with a comma; else nothing. */
    abstract String method();

    @Override
    public final TrustedSetup setup() {
        return openings.setup();
    }

    @Override
    public final byte[] powers(int count) {
        if (count < 1 || count > openings.prepared().size()) {
            throw new IllegalArgumentException(count + " powers are asked for, there are "
                    + openings.prepared().size());
        }
        G1Vector points = openings.curve().vector(count);
        for (int i = 0; i < count; i++) {
            openings.prepared().power(i, points, i);
        }
        byte[] encoded = new byte[G1Vector.COMPRESSED_BYTES * count];
        points.encode(0, count, encoded, 0);
        return encoded;
    }

    @Override
    public final boolean verify(
            KzgCommitment commitment, int domainSize, int index, ScalarBytes value, KzgWitness witness) {
        return openings.verify(new KzgOpening(commitment, domainSize, index, value, witness));
    }

    @Override
    public final boolean verifyAll(List<KzgOpening> claims) {
        return openings.verifyAll(claims);
    }

    @Override
    public final List<KzgCommitment> extendCommitments(List<KzgCommitment> commitments) {
        return commitmentCode.extend(commitments);
    }

    @Override
    public final boolean isPoint(FixedBytes bytes) {
        return openings.isPoint(bytes);
    }

    @Override
    public final Optional<KzgCommitment> combine(List<KzgCommitment> commitments, List<ScalarBytes> weights) {
        return openings.combine(commitments, weights);
    }

    static void checkCommittable(Polynomial polynomial) {
        if (polynomial.size() > TrustedSetup.G1_POWERS) {
            throw new IllegalArgumentException("a polynomial of " + polynomial.size()
                    + " coefficients is longer than the setup of " + TrustedSetup.G1_POWERS + " powers");
        }
    }

    static void checkOpenable(Polynomial polynomial) {
        if (polynomial.size() == 0) {
            throw new IllegalArgumentException("a polynomial without coefficients has no witness");
        }
        checkCommittable(polynomial);
    }

    static void checkDomain(int domainSize) {
        if (Integer.bitCount(domainSize) != 1 || domainSize < 0 || domainSize > EvaluationPoint.LARGEST_FOR_ALL) {
            throw new IllegalArgumentException("all witnesses are made on domains of a power of two up to "
                    + EvaluationPoint.LARGEST_FOR_ALL + ", not " + domainSize);
        }
    }
}

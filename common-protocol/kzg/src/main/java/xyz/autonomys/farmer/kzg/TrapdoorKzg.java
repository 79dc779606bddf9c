package xyz.autonomys.farmer.kzg;

import java.util.ArrayList;
import java.util.List;
import xyz.autonomys.farmer.erasure.Polynomial;
import xyz.autonomys.farmer.erasure.Polynomials;
import xyz.autonomys.farmer.erasure.Scalar;
import xyz.autonomys.farmer.kzg.curve.G1Vector;

/**
 * Commits with the secret of the development setup: the commitment is [P(τ)]G, the witness at x is
 * [(P(τ) − P(x)) / (τ − x)]G. The same group elements as by the setup's powers, so the same bytes.
 */
final class TrapdoorKzg extends AbstractKzg {
    private final Scalar tau;

    TrapdoorKzg(Openings openings, Scalar tau) {
        super(openings);
        this.tau = tau;
    }

    @Override
    String method() {
        return ", computed with that secret";
    }

    @Override
    public KzgCommitment commit(Polynomial polynomial) {
        checkCommittable(polynomial);
        return KzgCommitment.of(multiple(Polynomials.evaluate(polynomial, tau)));
    }

    @Override
    public List<KzgCommitment> commitAll(List<Polynomial> polynomials) {
        KzgCommitment[] commitments = new KzgCommitment[polynomials.size()];
        openings.crew().forEach(commitments.length, i -> commitments[i] = commit(polynomials.get(i)));
        return List.of(commitments);
    }

    @Override
    public KzgWitness createWitness(Polynomial polynomial, int domainSize, int index) {
        checkOpenable(polynomial);
        return witness(polynomial, Polynomials.evaluate(polynomial, tau), EvaluationPoint.scalar(domainSize, index));
    }

    @Override
    public List<KzgWitness> createAllWitnesses(Polynomial polynomial, int domainSize) {
        checkOpenable(polynomial);
        checkDomain(domainSize);
        Scalar atTau = Polynomials.evaluate(polynomial, tau);
        KzgWitness[] witnesses = new KzgWitness[domainSize];
        openings.crew()
                .forEach(
                        domainSize,
                        i -> witnesses[i] = witness(polynomial, atTau, EvaluationPoint.scalar(domainSize, i)));
        return new ArrayList<>(List.of(witnesses));
    }

    private KzgWitness witness(Polynomial polynomial, Scalar atTau, Scalar x) {
        // Never divided by zero: the secret is no root of unity.
        return KzgWitness.of(multiple(atTau.minus(Polynomials.evaluate(polynomial, x))
                .times(tau.minus(x).inverse())));
    }

    private byte[] multiple(Scalar scalar) {
        long[] limbs = new long[Polynomial.LIMBS];
        scalar.copyTo(limbs, 0);
        G1Vector point = openings.curve().vector(1);
        openings.prepared().generatorMultiple(limbs, 0, point, 0);
        byte[] encoded = new byte[G1Vector.COMPRESSED_BYTES];
        point.encode(0, 1, encoded, 0);
        return encoded;
    }
}

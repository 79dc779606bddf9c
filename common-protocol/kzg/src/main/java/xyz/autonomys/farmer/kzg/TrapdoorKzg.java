package xyz.autonomys.farmer.kzg;

import java.util.ArrayList;
import java.util.List;
import xyz.autonomys.farmer.erasure.Polynomial;
import xyz.autonomys.farmer.kzg.curve.G1Vector;
import xyz.autonomys.farmer.kzg.curve.ScalarField;

/**
 * Commits with the secret of the development setup: the commitment is [P(τ)]G, the witness at x is
 * [(P(τ) − P(x)) / (τ − x)]G. The same group elements as by the setup's powers, so the same bytes.
 */
final class TrapdoorKzg extends AbstractKzg {
    private static final int LIMBS = ScalarField.LIMBS;

    private final long[] tau;

    TrapdoorKzg(Openings openings, long... tau) {
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
        return KzgCommitment.of(multiple(evaluate(polynomial, tau)));
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
        return witness(polynomial, evaluate(polynomial, tau), EvaluationPoint.of(domainSize, index));
    }

    @Override
    public List<KzgWitness> createAllWitnesses(Polynomial polynomial, int domainSize) {
        checkOpenable(polynomial);
        checkDomain(domainSize);
        long[] atTau = evaluate(polynomial, tau);
        KzgWitness[] witnesses = new KzgWitness[domainSize];
        openings.crew()
                .forEach(domainSize, i -> witnesses[i] = witness(polynomial, atTau, EvaluationPoint.of(domainSize, i)));
        return new ArrayList<>(List.of(witnesses));
    }

    private KzgWitness witness(Polynomial polynomial, long[] atTau, long... x) {
        long[] quotient = new long[LIMBS];
        ScalarField.subtract(quotient, 0, atTau, 0, evaluate(polynomial, x), 0);
        long[] divisor = new long[LIMBS];
        // Never zero: the secret is no root of unity.
        ScalarField.subtract(divisor, 0, tau, 0, x, 0);
        ScalarField.multiply(quotient, 0, quotient, 0, ScalarField.inverse(divisor), 0);
        return KzgWitness.of(multiple(quotient));
    }

    private static long[] evaluate(Polynomial polynomial, long... x) {
        long[] factor = ScalarField.scaled(x, 0);
        long[] value = new long[LIMBS];
        for (int i = polynomial.size() - 1; i >= 0; i--) {
            ScalarField.montgomery(value, 0, value, 0, factor, 0);
            ScalarField.add(value, 0, value, 0, polynomial.limbs(), LIMBS * i);
        }
        return value;
    }

    private byte[] multiple(long... scalar) {
        G1Vector point = openings.curve().vector(1);
        openings.prepared().generatorMultiple(scalar, 0, point, 0);
        byte[] encoded = new byte[G1Vector.COMPRESSED_BYTES];
        point.encode(0, 1, encoded, 0);
        return encoded;
    }
}

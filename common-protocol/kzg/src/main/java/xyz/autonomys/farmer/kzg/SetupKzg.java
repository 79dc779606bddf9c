package xyz.autonomys.farmer.kzg;

import java.util.ArrayList;
import java.util.List;
import xyz.autonomys.farmer.erasure.Polynomial;
import xyz.autonomys.farmer.erasure.Polynomials;
import xyz.autonomys.farmer.kzg.curve.G1Vector;
import xyz.autonomys.farmer.kzg.curve.WorkCrew;

/** Commits by multi-scalar multiplication with the powers of a setup whose secret nobody needs to know. */
final class SetupKzg extends AbstractKzg {
    private final AllWitnesses allWitnesses;

    SetupKzg(Openings openings) {
        super(openings);
        this.allWitnesses = new AllWitnesses(openings.curve(), openings.prepared(), openings.crew());
    }

    @Override
    String method() {
        return "";
    }

    @Override
    public KzgCommitment commit(Polynomial polynomial) {
        checkCommittable(polynomial);
        return KzgCommitment.of(sum(polynomial.limbs(), polynomial.size(), openings.crew()));
    }

    @Override
    public List<KzgCommitment> commitAll(List<Polynomial> polynomials) {
        polynomials.forEach(AbstractKzg::checkCommittable);
        KzgCommitment[] commitments = new KzgCommitment[polynomials.size()];
        WorkCrew crew = openings.crew();
        // Whole polynomials per thread need no putting together; the rest that cannot occupy everyone is shared.
        int whole = commitments.length - commitments.length % crew.parallelism();
        crew.forEach(whole, i -> {
            Polynomial polynomial = polynomials.get(i);
            commitments[i] = KzgCommitment.of(sum(polynomial.limbs(), polynomial.size(), WorkCrew.alone()));
        });
        for (int i = whole; i < commitments.length; i++) {
            commitments[i] = commit(polynomials.get(i));
        }
        return List.of(commitments);
    }

    private byte[] sum(long[] scalars, int count, WorkCrew crew) {
        G1Vector result = openings.curve().vector(1);
        openings.prepared().multiExponentiate(scalars, count, result, 0, crew);
        byte[] encoded = new byte[G1Vector.COMPRESSED_BYTES];
        result.encode(0, 1, encoded, 0);
        return encoded;
    }

    @Override
    public KzgWitness createWitness(Polynomial polynomial, int domainSize, int index) {
        checkOpenable(polynomial);
        Polynomial quotient = Polynomials.divideByLinear(polynomial, EvaluationPoint.scalar(domainSize, index));
        return KzgWitness.of(sum(quotient.limbs(), quotient.size(), openings.crew()));
    }

    @Override
    public List<KzgWitness> createAllWitnesses(Polynomial polynomial, int domainSize) {
        checkOpenable(polynomial);
        checkDomain(domainSize);
        byte[] encoded = allWitnesses.of(polynomial, domainSize);
        List<KzgWitness> witnesses = new ArrayList<>(domainSize);
        for (int i = 0; i < domainSize; i++) {
            witnesses.add(KzgWitness.of(encoded, G1Vector.COMPRESSED_BYTES * i));
        }
        return witnesses;
    }
}

package xyz.autonomys.farmer.kzg;

import java.util.List;
import java.util.Optional;
import xyz.autonomys.farmer.erasure.Polynomial;
import xyz.autonomys.farmer.primitives.FixedBytes;
import xyz.autonomys.farmer.primitives.ScalarBytes;

/**
 * Commitments to polynomials over the BLS12-381 scalar field, and openings of them, with one trusted setup.
 *
 * <p>Thread-safe; make one per process with {@link Kzgs#open(TrustedSetup)}. Every result is a unique mathematical
 * object, so all implementations and all numbers of threads give the same bytes.
 *
 * <p>A domain of size n (rounded up to a power of two, 0 counting as 1) holds the powers of the canonical n-th root of
 * unity in natural order; index n means the same point as index 0. A larger or negative index is a mistake of the
 * caller and throws {@link IndexOutOfBoundsException}.
 *
 * <p>Source: autonomys/subspace, shared/subspace-kzg/src/lib.rs.
 */
public interface Kzg {
    /** Back end, setup and threads, for the log. */
    String describe();

    /** The setup in use. */
    TrustedSetup setup();

    /**
     * The first {@code count} powers [τ^i]G of the setup, 48 compressed bytes each, for those who compute with them
     * elsewhere.
     *
     * @throws IllegalArgumentException if there are fewer
     */
    byte[] powers(int count);

    /**
     * The commitment to a polynomial.
     *
     * @throws IllegalArgumentException if it has more coefficients than the setup has powers (trailing zeros count)
     */
    KzgCommitment commit(Polynomial polynomial);

    /** The commitments to several polynomials, in order; the polynomials are spread over the threads. */
    List<KzgCommitment> commitAll(List<Polynomial> polynomials);

    /**
     * The witness that opens a polynomial at a point, which need not belong to the domain it was interpolated on.
     *
     * @throws IllegalArgumentException if the polynomial is empty or longer than the setup allows
     */
    KzgWitness createWitness(Polynomial polynomial, int domainSize, int index);

    /** The witnesses at all {@code domainSize} points (a power of two), in order; far cheaper than one by one. */
    List<KzgWitness> createAllWitnesses(Polynomial polynomial, int domainSize);

    /**
     * Whether the opening is right. Points that do not decode and values that are not canonical make it false; points
     * outside the subgroup are accepted exactly when the network accepts them (spec 02 §8.5).
     */
    boolean verify(KzgCommitment commitment, int domainSize, int index, ScalarBytes value, KzgWitness witness);

    /**
     * Whether all openings are right, checked together with random weights: a wrong one passes with chance 2^−128. None
     * are right. Which of several is wrong, only {@link #verify} tells.
     */
    boolean verifyAll(List<KzgOpening> openings);

    /**
     * Erasure-codes n commitments (a power of two) to 2n: source commitments at even positions, parity at odd ones.
     *
     * @throws IllegalArgumentException if there are not a power of two of them, or one does not decode
     */
    List<KzgCommitment> extendCommitments(List<KzgCommitment> commitments);

    /** Whether the 48 bytes of a commitment or witness encode a point, as the network decodes it (spec 02 §4.1). */
    boolean isPoint(FixedBytes bytes);

    /**
     * Σ weights[i]·commitments[i], for checking many commitments against one combined polynomial (spec 02 §13.5).
     *
     * @return empty if one of the commitments does not decode or lies outside the subgroup, where no polynomial's
     *     commitment can lie
     * @throws IllegalArgumentException if the lists differ in length or a weight is not canonical
     */
    Optional<KzgCommitment> combine(List<KzgCommitment> commitments, List<ScalarBytes> weights);
}

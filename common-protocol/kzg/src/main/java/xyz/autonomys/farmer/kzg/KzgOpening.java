package xyz.autonomys.farmer.kzg;

import xyz.autonomys.farmer.primitives.ScalarBytes;

/**
 * The claim that a committed polynomial has a value at a point of a domain, and its witness.
 *
 * @param commitment commitment to the polynomial
 * @param domainSize size of the evaluation domain, rounded up to a power of two
 * @param index which point of the domain, 0 … domainSize
 * @param value the claimed value; a non-canonical one makes the claim false
 * @param witness the proof
 */
public record KzgOpening(KzgCommitment commitment, int domainSize, int index, ScalarBytes value, KzgWitness witness) {}

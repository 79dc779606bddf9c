/**
 * Whether the network accepts a solution (specification 04 §15).
 *
 * <p>{@link xyz.autonomys.farmer.sector.verify.SolutionVerifier} does what a node does with a solution: the proof of space,
 * the distance, the chunk in its record, and, where the chain's history is at hand, the age of the sector and the record
 * in its segment. Each way to fail is a {@link xyz.autonomys.farmer.sector.verify.SolutionVerdict} of its own, in the order
 * in which nodes find them. Farmers use it before they submit, the simulated node for everything it receives.
 *
 * <p>Source: autonomys/subspace, crates/subspace-verification/src/lib.rs.
 */
package xyz.autonomys.farmer.sector.verify;

/**
 * The proof-server: computes proofs for chunks that plot-clients found, within their deadline. {@code ProofServer} is the
 * role; the computing is in {@code sector.prove}.
 */
package xyz.autonomys.farmer.proofserver;

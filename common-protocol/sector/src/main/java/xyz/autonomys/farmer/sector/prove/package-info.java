/**
 * Making solutions of winning chunks (specification 04 §13 and §14).
 *
 * <p>An audit knows chunks only by their place in an s-bucket; with the contents map,
 * {@link xyz.autonomys.farmer.sector.prove.SectorCandidates} finds their records and gives the order in which to prove.
 * {@link xyz.autonomys.farmer.sector.prove.SolutionProver} does the computing on any machine that has the
 * {@link xyz.autonomys.farmer.sector.read.StoredRecord}; {@link xyz.autonomys.farmer.sector.prove.ChunkProof} puts the
 * solution together.
 *
 * <p>Source: autonomys/subspace, crates/subspace-farmer-components/src/proving.rs.
 */
package xyz.autonomys.farmer.sector.prove;

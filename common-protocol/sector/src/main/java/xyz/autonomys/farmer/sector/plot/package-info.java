/**
 * Making sectors (specification 04 §6, §8 and §10).
 *
 * <p>{@link xyz.autonomys.farmer.sector.plot.SectorPlotter} gathers the pieces from a
 * {@link xyz.autonomys.farmer.sector.plot.PieceGetter} through a {@link xyz.autonomys.farmer.sector.plot.PieceCheck}, lets
 * one {@link xyz.autonomys.farmer.sector.plot.RecordEncoder} per thread mask their records in place in one off-heap
 * buffer of N MiB, and streams the sector out with its checksum computed on the way, so that a sector is never in memory
 * twice.
 *
 * <p>Source: autonomys/subspace, crates/subspace-farmer-components/src/plotting.rs.
 */
package xyz.autonomys.farmer.sector.plot;

/**
 * What a sector is: its identity, the pieces it holds, the time it lives, and every byte of it.
 *
 * <p>{@link xyz.autonomys.farmer.sector.SectorIds} derives a sector's id, its proof-of-space seeds and its challenge of
 * a slot; {@link xyz.autonomys.farmer.sector.PieceSelection} names the piece of each offset;
 * {@link xyz.autonomys.farmer.sector.SectorExpiration} says when the sector is worthless. {@link
 * xyz.autonomys.farmer.sector.SectorLayout} has all offsets, {@link xyz.autonomys.farmer.sector.SectorContentsMap} and
 * {@link xyz.autonomys.farmer.sector.SectorMetadata} the two tables that locate a chunk. Plotting and auditing build on
 * these, each in a package of its own.
 *
 * <p>Source: specification 04; autonomys/subspace, crates/subspace-core-primitives/src/sectors.rs and
 * crates/subspace-farmer-components/src/sector.rs.
 */
package xyz.autonomys.farmer.sector;

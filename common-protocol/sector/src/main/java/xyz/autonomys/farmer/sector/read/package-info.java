/**
 * Getting records and pieces back out of sectors (specification 04 §11).
 *
 * <p>{@link xyz.autonomys.farmer.sector.read.RecordReader} collects from the disk what a sector stores of one record, in
 * either {@link xyz.autonomys.farmer.sector.read.ReadMode}; the {@link xyz.autonomys.farmer.sector.read.StoredRecord} can
 * travel to another machine. {@link xyz.autonomys.farmer.sector.read.RecordDecoder} takes the masks off and recovers the
 * missing half; {@link xyz.autonomys.farmer.sector.read.PieceReader} makes a piece of it and checks it.
 *
 * <p>Source: autonomys/subspace, crates/subspace-farmer-components/src/reading.rs.
 */
package xyz.autonomys.farmer.sector.read;

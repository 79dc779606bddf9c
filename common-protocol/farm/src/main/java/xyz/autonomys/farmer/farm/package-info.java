/**
 * A farm on disk: one directory, one identity, one plot, in the layout of upstream's farmer, bit for bit.
 *
 * <p>{@link xyz.autonomys.farmer.farm.Farm} opens or makes it, holds its lock and owns its files:
 * {@code single_disk_farm.json} says what the farm is, {@code identity.bin} is the entropy of its key,
 * {@code metadata.bin} has one record per sector, {@code plot.bin} the sectors.
 * {@link xyz.autonomys.farmer.farm.FarmLayout} computes how many sectors an allocated size holds. A sector is stored so
 * that a crash at any moment leaves it as it was acknowledged, or a place to be plotted, never a record of other bytes.
 *
 * <p>{@link xyz.autonomys.farmer.farm.FarmAuditor} audits all sectors of a farm for a slot,
 * {@link xyz.autonomys.farmer.farm.FarmScrub} checks and repairs everything that has a checksum.
 *
 * <p>Source: autonomys/subspace, crates/subspace-farmer/src/single_disk_farm.rs and the directory of that name; farm files
 * are chapter 05 of the specification, sections 2 to 5 and 16.
 */
package xyz.autonomys.farmer.farm;

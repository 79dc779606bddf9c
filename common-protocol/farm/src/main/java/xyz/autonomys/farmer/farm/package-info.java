/**
 * A farm on disk: one directory, one identity, one plot, in the layout of upstream's farmer, bit for bit.
 *
 * <p>{@code single_disk_farm.json} says what the farm is ({@link xyz.autonomys.farmer.farm.FarmInfo}) and carries its lock,
 * {@code identity.bin} is the entropy of its key, {@code metadata.bin} has one record per sector, {@code plot.bin} the
 * sectors. {@link xyz.autonomys.farmer.farm.FarmLayout} computes how many sectors an allocated size holds.
 *
 * <p>Source: autonomys/subspace, crates/subspace-farmer/src/single_disk_farm.rs and the directory of that name; farm files
 * are chapter 05 of the specification, sections 2 to 5.
 */
package xyz.autonomys.farmer.farm;

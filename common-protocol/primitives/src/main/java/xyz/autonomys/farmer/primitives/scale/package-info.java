/**
 * SCALE, the binary form of the chain's data.
 *
 * <p>{@link xyz.autonomys.farmer.primitives.scale.ScaleReader} and
 * {@link xyz.autonomys.farmer.primitives.scale.ScaleWriter} know the rules of the format: fixed-width little-endian
 * integers, compact integers in their shortest form, options and vectors. The classes named after records
 * ({@link xyz.autonomys.farmer.primitives.scale.SegmentHeaders},
 * {@link xyz.autonomys.farmer.primitives.scale.Solutions},
 * {@link xyz.autonomys.farmer.primitives.scale.FarmerMessages}) know the layouts.
 *
 * <p>Decoding is strict: what is short, too long, in a longer form than needed or out of range is refused with a
 * {@link xyz.autonomys.farmer.primitives.scale.ScaleException} that says what was read, at which offset, and what was
 * expected there.
 */
package xyz.autonomys.farmer.primitives.scale;

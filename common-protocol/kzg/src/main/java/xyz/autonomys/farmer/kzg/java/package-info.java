/**
 * The BLS12-381 groups in plain Java, for platforms without a native library: several times slower, the same bytes.
 *
 * <p>{@code BaseField} computes modulo p in seven limbs of 56 bits. {@code CurvePoints} has the group law of y² = x³ + 4 in
 * XYZZ coordinates, where X/ZZ and Y/ZZZ are the affine ones; {@code JavaVector} keeps many such points, {@code
 * BucketSum} adds multiples of many. The pairing climbs a tower of extensions, {@code Fp2}, {@code Fp6} and {@code Fp12};
 * {@code Lines} are the functions of a fixed point of the second group that {@code Pairing} evaluates.
 *
 * <p>Nothing here is constant-time: all data that is computed on is public.
 *
 * <p>Rules: spec 02 §2 (constants), §4 (bytes of points), §8.5 (no subgroup check).
 */
package xyz.autonomys.farmer.kzg.java;

/**
 * The group operations that KZG stands on, behind one interface whatever the implementation.
 *
 * <p>{@link xyz.autonomys.farmer.kzg.curve.CurveBackend} makes vectors of G1 points and prepares a setup for
 * multi-scalar multiplication and for the pairing check against its two fixed G2 points. The native implementation is in
 * {@code …kzg.blst}, the one for platforms without it in {@code …kzg.java}; both pass the same tests. Points are decoded
 * exactly as laxly as the network does: infinity is a point, and no subgroup check is made.
 *
 * <p>Scalars are canonical integers below the group order, four little-endian {@code long} limbs each. {@link
 * xyz.autonomys.farmer.kzg.curve.WorkCrew} spreads work over threads; group elements are unique, so results never
 * depend on how the work was split.
 */
package xyz.autonomys.farmer.kzg.curve;

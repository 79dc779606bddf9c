/**
 * The curve of {@code …kzg.curve} by the native blst library, called through {@code java.lang.foreign}.
 *
 * <p>The library is the one inside the jblst jar: it exports every C function, among them the multi-scalar
 * multiplication that the jar's own Java classes lack. It is copied to a private directory, compared with a pinned
 * SHA-256 and loaded from there. Layouts: a base field element is six limbs in Montgomery form, an affine point 96 bytes,
 * a Jacobian one 144 bytes (z = 0 is infinity), a scalar 32 little-endian bytes.
 */
package xyz.autonomys.farmer.kzg.blst;

/**
 * Scalars of the BLS12-381 group order, polynomials over them, and the erasure code that doubles records and segments.
 *
 * <p>Scalars are big-endian bytes outside and little-endian limbs inside. Domains are the powers of a canonical root of
 * unity in natural order (spec 02 §5); nothing is ever bit-reversed where a caller can see it.
 */
package xyz.autonomys.farmer.erasure;

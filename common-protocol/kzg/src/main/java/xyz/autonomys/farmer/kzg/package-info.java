/**
 * KZG polynomial commitments over BLS12-381, which bind every piece of the history to its segment header.
 *
 * <p>{@link xyz.autonomys.farmer.kzg.TrustedSetup} says which powers of which secret are used: the Ethereum ceremony's
 * on real networks, those of a published secret on development ones. {@link xyz.autonomys.farmer.kzg.Kzgs} opens one and
 * gives a {@link xyz.autonomys.farmer.kzg.Kzg}, which commits, opens, verifies and extends; where the secret is known
 * {@code TrapdoorKzg} computes the same bytes without a multi-scalar multiplication. Group arithmetic is behind {@code
 * …kzg.curve}, so none of the classes here knows how a point is represented.
 *
 * <p>Rules: spec 02 §4 (bytes of points), §7 (setup), §8 (commitments, witnesses, verification), §10.3 (extension).
 * Source: autonomys/subspace, shared/subspace-kzg/src/lib.rs.
 */
package xyz.autonomys.farmer.kzg;

/**
 * Proof of space: tables built from a 32-byte seed, the proof of an s-bucket, verification, and the masks that hide a
 * record's chunks.
 *
 * <p>A table has seven levels. Level one gives each of 2^20 numbers x a 26-bit y from a ChaCha8 key stream; each higher
 * level holds the pairs of neighbours below whose y values match, with a new y from BLAKE3. A proof is the 64 x values
 * below one entry of level seven. Verification recomputes one such tree; it is deliberately laxer than building
 * ({@link xyz.autonomys.farmer.pos.PosVerifier}). Which of several valid proofs a table returns decides whether plots can
 * be read by other implementations, so every builder here keeps the canonical order to the last tie.
 *
 * <p>{@link xyz.autonomys.farmer.pos.PosTables} picks the fastest builder: one in plain Java that shows the rules, one with
 * the Vector API for plotting, one that spreads a single table over several threads for proving. All are tested
 * against each other. Rules: specification chapter 01, recipe of the fast builder: chapter 09. Source of the rules:
 * autonomys/subspace, crates/subspace-proof-of-space.
 */
package xyz.autonomys.farmer.pos;

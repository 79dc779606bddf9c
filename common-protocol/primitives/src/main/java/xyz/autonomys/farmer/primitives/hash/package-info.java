/**
 * Hash functions of the protocol: BLAKE3, BLAKE2b and XXH64.
 *
 * <p>BLAKE3 is everywhere: identities, piece and sector checksums, audits, masks. {@link
 * xyz.autonomys.farmer.primitives.hash.Blake3} hashes what is at hand, {@link
 * xyz.autonomys.farmer.primitives.hash.Blake3Hasher} what arrives in parts, {@link
 * xyz.autonomys.farmer.primitives.hash.Blake3Batch} many short inputs at once. Behind them stands one compression
 * function in plain Java and one for as many blocks as a vector has lanes; the latter is used when the JVM runs with
 * {@code jdk.incubator.vector}. Both are tested against each other and against BouncyCastle.
 */
package xyz.autonomys.farmer.primitives.hash;

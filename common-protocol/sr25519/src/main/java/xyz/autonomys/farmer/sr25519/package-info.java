/**
 * sr25519: the identity of a farm and its reward signatures.
 *
 * <p>{@link xyz.autonomys.farmer.sr25519.Sr25519KeyPair} makes a key from the 32 bytes of entropy in a farm's
 * {@code identity.bin} and signs; {@link xyz.autonomys.farmer.sr25519.Sr25519} verifies. Below them lie the field
 * modulo 2^255 − 19, the group ristretto255 (RFC 9496), the STROBE sponge and the Merlin transcript that binds context,
 * message and key into a signature.
 *
 * <p>Signatures use a nonce derived from key and message alone: the same hash gives the same 64 bytes, also after a
 * restart, so that a farm can never show two signatures for one block.
 */
package xyz.autonomys.farmer.sr25519;

package xyz.autonomys.farmer.primitives;

/**
 * A request of the node to sign a block or vote.
 *
 * @param hash BLAKE2b-256 hash to sign, 32 bytes
 * @param publicKey key that must sign
 */
public record RewardSigningInfo(RewardHash hash, PublicKey publicKey) {}

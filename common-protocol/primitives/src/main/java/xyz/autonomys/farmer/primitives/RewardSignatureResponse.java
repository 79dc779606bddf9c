package xyz.autonomys.farmer.primitives;

/**
 * A signature on its way to the node; there is no answer without a signature.
 *
 * @param hash the hash that was signed
 * @param signature the signature
 */
public record RewardSignatureResponse(RewardHash hash, RewardSignature signature) {}

package xyz.autonomys.farmer.sr25519;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import xyz.autonomys.farmer.primitives.PublicKey;
import xyz.autonomys.farmer.primitives.RewardHash;
import xyz.autonomys.farmer.primitives.RewardSignature;

/**
 * Verification of sr25519 signatures.
 *
 * <p>Source: schnorrkel 0.11 as used by autonomys/subspace, crates/subspace-verification/src/lib.rs.
 */
public final class Sr25519 {
    private static final byte[] REWARD_CONTEXT = "subspace_reward".getBytes(StandardCharsets.US_ASCII);

    private Sr25519() {}

    /** The context of reward signatures, {@code subspace_reward}. */
    public static byte[] rewardContext() {
        return REWARD_CONTEXT.clone();
    }

    /** Whether {@code signature} is a reward signature of {@code hash} by {@code key}. */
    public static boolean verifyReward(PublicKey key, RewardHash hash, RewardSignature signature) {
        return verify(key, REWARD_CONTEXT, hash.toBytes(), signature);
    }

    /**
     * Whether {@code signature} was made by {@code key} over {@code message} in {@code context}. False also for a
     * signature without the marker bit, with a scalar that is not reduced, and for bytes that are no public key.
     */
    public static boolean verify(PublicKey key, byte[] context, byte[] message, RewardSignature signature) {
        byte[] bytes = signature.toBytes();
        if ((bytes[63] & 0x80) == 0) {
            return false;
        }
        bytes[63] &= 0x7F;
        byte[] commitment = Arrays.copyOf(bytes, 32);
        byte[] s = Arrays.copyOfRange(bytes, 32, 64);
        if (!Scalar.isCanonical(s)) {
            return false;
        }
        RistrettoPoint publicPoint = RistrettoPoint.decode(key.toBytes());
        if (publicPoint == null) {
            return false;
        }
        byte[] k = challenge(transcript(key, context, message), commitment);
        byte[] expected =
                RistrettoPoint.multiplyBaseAndAdd(s, k, publicPoint.negate()).encode();
        return MessageDigest.isEqual(expected, commitment);
    }

    static Transcript transcript(PublicKey key, byte[] context, byte[] message) {
        return new Transcript("SigningContext")
                .append("", context)
                .append("sign-bytes", message)
                .append("proto-name", "Schnorr-sig".getBytes(StandardCharsets.US_ASCII))
                .append("sign:pk", key.toBytes());
    }

    static byte[] challenge(Transcript transcript, byte[] commitment) {
        return Scalar.reduce(transcript.append("sign:R", commitment).challenge("sign:c", 64));
    }
}

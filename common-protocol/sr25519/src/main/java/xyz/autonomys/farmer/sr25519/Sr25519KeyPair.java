package xyz.autonomys.farmer.sr25519;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import org.bouncycastle.crypto.digests.SHA512Digest;
import org.bouncycastle.crypto.generators.PKCS5S2ParametersGenerator;
import org.bouncycastle.crypto.params.KeyParameter;
import xyz.autonomys.farmer.primitives.PublicKey;
import xyz.autonomys.farmer.primitives.RewardHash;
import xyz.autonomys.farmer.primitives.RewardSignature;

/**
 * The key pair of a farm.
 *
 * <p>Source: autonomys/subspace, crates/subspace-farmer/src/single_disk_farm/identity.rs; substrate-bip39 and
 * schnorrkel (Ed25519 expansion).
 */
public final class Sr25519KeyPair {
    /** Length of entropy and of a mini secret. */
    public static final int SECRET_BYTES = 32;

    private static final int ITERATIONS = 2048;

    private final byte[] secret;
    private final byte[] nonce;
    private final PublicKey publicKey;

    private Sr25519KeyPair(byte[] secret, byte[] nonce) {
        this.secret = secret;
        this.nonce = nonce;
        this.publicKey = PublicKey.of(RistrettoPoint.multiplyBase(secret).encode());
    }

    /**
     * The key of the entropy in {@code identity.bin}. Stretches it on purpose, about a millisecond.
     *
     * @param entropy 32 bytes
     */
    public static Sr25519KeyPair fromEntropy(byte[] entropy) {
        requireLength("entropy", entropy);
        PKCS5S2ParametersGenerator generator = new PKCS5S2ParametersGenerator(new SHA512Digest());
        generator.init(entropy, "mnemonic".getBytes(StandardCharsets.US_ASCII), ITERATIONS);
        byte[] seed = ((KeyParameter) generator.generateDerivedParameters(512)).getKey();
        return fromMiniSecret(Arrays.copyOf(seed, SECRET_BYTES));
    }

    /**
     * The key of a mini secret, expanded the Ed25519 way.
     *
     * @param miniSecret 32 bytes
     */
    public static Sr25519KeyPair fromMiniSecret(byte[] miniSecret) {
        requireLength("a mini secret", miniSecret);
        byte[] hash = sha512(miniSecret);
        byte[] clamped = Arrays.copyOf(hash, 32);
        clamped[0] &= (byte) 0xF8;
        clamped[31] &= 0x3F;
        clamped[31] |= 0x40;
        return new Sr25519KeyPair(Scalar.divideByCofactor(clamped), Arrays.copyOfRange(hash, 32, 64));
    }

    /** The public key. */
    public PublicKey publicKey() {
        return publicKey;
    }

    /** The reward signature of {@code hash}; the same 64 bytes whenever it is asked for. */
    public RewardSignature signReward(RewardHash hash) {
        return sign(Sr25519.rewardContext(), hash.toBytes());
    }

    /** The signature of {@code message} in {@code context}, determined by key, context and message alone. */
    public RewardSignature sign(byte[] context, byte[] message) {
        return sign(context, message, new byte[32]);
    }

    /** @param random 32 bytes mixed into the nonce */
    RewardSignature sign(byte[] context, byte[] message, byte[] random) {
        Transcript transcript = Sr25519.transcript(publicKey, context, message);
        byte[] r = Scalar.reduce(transcript.witness(nonce, random));
        byte[] commitment = RistrettoPoint.multiplyBase(r).encode();
        byte[] k = Sr25519.challenge(transcript, commitment);
        byte[] s = Scalar.multiplyAdd(k, secret, r);
        byte[] signature = Arrays.copyOf(commitment, 64);
        System.arraycopy(s, 0, signature, 32, 32);
        signature[63] |= (byte) 0x80;
        return RewardSignature.of(signature);
    }

    /** Names the public key only. */
    @Override
    public String toString() {
        return "Sr25519KeyPair[" + publicKey + "]";
    }

    private static void requireLength(String what, byte[] bytes) {
        if (bytes.length != SECRET_BYTES) {
            throw new IllegalArgumentException(what + " has " + SECRET_BYTES + " bytes, got " + bytes.length);
        }
    }

    private static byte[] sha512(byte[] input) {
        try {
            return MessageDigest.getInstance("SHA-512").digest(input);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java runtime has no SHA-512", e);
        }
    }
}

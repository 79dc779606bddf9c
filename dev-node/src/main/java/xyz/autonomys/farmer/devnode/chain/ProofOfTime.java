package xyz.autonomys.farmer.devnode.chain;

import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;
import xyz.autonomys.farmer.primitives.PotOutput;
import xyz.autonomys.farmer.primitives.hash.Blake3;

/**
 * The proof of time: AES-128 applied again and again, eight checkpoints a slot. Not thread-safe.
 *
 * <p>Source: autonomys/subspace, crates/subspace-proof-of-time, crates/subspace-core-primitives/src/pot.rs (spec 06 §12,
 * S3).
 */
public final class ProofOfTime {
    /** Checkpoints of a slot; the last one is the slot's output. */
    public static final int CHECKPOINTS = 8;

    private final int iterations;
    private PotOutput seed;

    /**
     * Starts a chain's proof of time before its first slot.
     *
     * @param genesisHash 32 bytes
     * @param externalEntropy what the chain adds to them, usually nothing
     * @param iterations encryptions per slot, a multiple of 16
     */
    public ProofOfTime(byte[] genesisHash, byte[] externalEntropy, int iterations) {
        this(firstOf(Blake3.hash(genesisHash, externalEntropy).toBytes()), iterations);
    }

    /** Goes on with the seed of the next slot. */
    public ProofOfTime(PotOutput seed, int iterations) {
        if (iterations < 16 || iterations % 16 != 0) {
            throw new IllegalArgumentException("iterations come in multiples of 16, got " + iterations);
        }
        this.seed = seed;
        this.iterations = iterations;
    }

    /** The seed of the slot that {@link #next} proves next. */
    public PotOutput seed() {
        return seed;
    }

    /** The eight checkpoints of the next slot. */
    public List<PotOutput> next() {
        byte[] key = Arrays.copyOf(Blake3.hash(seed.toBytes()).toBytes(), PotOutput.SIZE);
        List<PotOutput> checkpoints = new ArrayList<>(CHECKPOINTS);
        try {
            Cipher aes = Cipher.getInstance("AES/ECB/NoPadding");
            aes.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"));
            byte[] block = seed.toBytes();
            for (int i = 0; i < CHECKPOINTS; i++) {
                for (int j = 0; j < iterations / CHECKPOINTS; j++) {
                    aes.update(block, 0, block.length, block, 0);
                }
                checkpoints.add(PotOutput.of(block));
            }
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java runtime has AES", e);
        }
        seed = checkpoints.getLast();
        return checkpoints;
    }

    /** Mixes entropy into the seed of the next slot. */
    public void inject(byte[] entropy) {
        seed = firstOf(Blake3.hash(entropy, seed.toBytes()).toBytes());
    }

    private static PotOutput firstOf(byte[] hash) {
        return PotOutput.of(hash, 0);
    }
}

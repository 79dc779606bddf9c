package xyz.autonomys.farmer.kzg;

import java.nio.charset.StandardCharsets;
import xyz.autonomys.farmer.kzg.curve.ScalarField;
import xyz.autonomys.farmer.primitives.hash.Blake3;

/**
 * A setup whose secret τ is the 254-bit hash-to-scalar of {@link #SENTENCE}. Anyone can forge openings under it, so no
 * real network can ever be run with it; in exchange it needs no download and committing is cheap.
 */
public final class DevelopmentSetup implements TrustedSetup {
    /** The sentence whose hash is the secret. */
    public static final String SENTENCE = "autonomys-farmer development setup: this secret is public";

    static final DevelopmentSetup INSTANCE = new DevelopmentSetup();

    private final long[] tau;

    private DevelopmentSetup() {
        byte[] hash = Blake3.hash(SENTENCE.getBytes(StandardCharsets.US_ASCII)).toBytes();
        hash[0] &= 0x3f;
        long[] limbs = new long[ScalarField.LIMBS];
        ScalarField.fromBytes(hash, 0, limbs, 0);
        tau = limbs;
    }

    /** The published secret, four canonical limbs, least significant first. */
    long[] tau() {
        return tau.clone();
    }

    @Override
    public String describe() {
        return "development setup (its secret is published; worthless for security)";
    }
}

package xyz.autonomys.farmer.kzg;

import java.nio.charset.StandardCharsets;
import xyz.autonomys.farmer.erasure.Polynomial;
import xyz.autonomys.farmer.erasure.Scalar;

/**
 * A setup whose secret τ is the 254-bit hash-to-scalar of {@link #SENTENCE}. Anyone can forge openings under it, so no
 * real network can ever be run with it; in exchange it needs no download and committing is cheap.
 */
public final class DevelopmentSetup implements TrustedSetup {
    /** The sentence whose hash is the secret. */
    public static final String SENTENCE = "autonomys-farmer development setup: this secret is public";

    static final DevelopmentSetup INSTANCE = new DevelopmentSetup();

    private final Scalar tau;

    private DevelopmentSetup() {
        tau = Scalar.hash(SENTENCE.getBytes(StandardCharsets.US_ASCII));
    }

    /** The published secret. */
    Scalar tau() {
        return tau;
    }

    /** Its four canonical limbs, least significant first. */
    long[] tauLimbs() {
        long[] limbs = new long[Polynomial.LIMBS];
        tau.copyTo(limbs, 0);
        return limbs;
    }

    @Override
    public String describe() {
        return "development setup (its secret is published; worthless for security)";
    }
}

package xyz.autonomys.farmer.kzg;

import java.util.Arrays;

/**
 * The Ethereum ceremony's setup of 32,768 powers, the only one real networks use. An instance holds the pinned bytes:
 * {@link TrustedSetups} makes it after comparing length and SHA-256.
 */
public final class CeremonySetup implements TrustedSetup {
    static final int G1_BYTES = 48;
    static final int G2_BYTES = 96;

    private final byte[] file;
    private final String origin;

    CeremonySetup(byte[] file, String origin) {
        this.file = file;
        this.origin = origin;
    }

    byte[] file() {
        return file;
    }

    /** [τ]G₂, the second of the compressed G2 powers. */
    byte[] g2Tau() {
        int at = G1_POWERS * G1_BYTES + G2_BYTES;
        return Arrays.copyOfRange(file, at, at + G2_BYTES);
    }

    @Override
    public String describe() {
        return "Ethereum ceremony setup from " + origin;
    }
}

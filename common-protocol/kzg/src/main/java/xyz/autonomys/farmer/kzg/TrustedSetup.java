package xyz.autonomys.farmer.kzg;

/**
 * Where the powers of the secret come from: the Ethereum ceremony for real networks, a published secret for development
 * ones.
 */
public sealed interface TrustedSetup permits CeremonySetup, DevelopmentSetup {
    /** The number of G1 powers, the largest number of coefficients that can be committed to. */
    int G1_POWERS = 32_768;

    /** The number of G2 powers in the file; only the first two matter. */
    int G2_POWERS = 65;

    /** What it is and where it came from, for the log. */
    String describe();

    /** The development setup. Worthless for security: its secret is in the source code. */
    static DevelopmentSetup development() {
        return DevelopmentSetup.INSTANCE;
    }
}

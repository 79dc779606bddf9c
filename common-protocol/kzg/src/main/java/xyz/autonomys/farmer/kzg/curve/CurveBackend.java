package xyz.autonomys.farmer.kzg.curve;

/** One implementation of the BLS12-381 groups. Thread-safe; there is one instance per process. */
public interface CurveBackend {
    /** Name and origin for the log, for example {@code blst (native, Linux amd64)}. */
    String describe();

    /** A vector of {@code size} points, all of them the point at infinity. */
    G1Vector vector(int size);

    /**
     * Decompresses a setup.
     *
     * @param g1Powers compressed points [τ^i]G one after another, 48 bytes each
     * @param count how many of them
     * @param g2Tau the 96 compressed bytes of [τ]G₂
     * @throws IllegalArgumentException naming the first point that does not decode, or that is infinity
     */
    PreparedSetup prepare(byte[] g1Powers, int count, byte[] g2Tau, WorkCrew crew);

    /**
     * Computes the setup of a known secret.
     *
     * @param tau the secret, four canonical limbs
     * @param count how many powers [τ^i]G
     */
    PreparedSetup prepare(long[] tau, int count, WorkCrew crew);
}

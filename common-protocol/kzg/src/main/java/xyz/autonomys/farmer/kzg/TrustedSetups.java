package xyz.autonomys.farmer.kzg;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Finds and checks the ceremony's setup file (spec 02 §7). */
public final class TrustedSetups {
    /** Length of the setup file in bytes. */
    public static final int FILE_BYTES =
            TrustedSetup.G1_POWERS * CeremonySetup.G1_BYTES + TrustedSetup.G2_POWERS * CeremonySetup.G2_BYTES;

    /** SHA-256 of the setup file that real networks use; no other file is ever accepted. */
    public static final String FILE_SHA256 = "f3ead1a6249527aa503d6c56578325c01d19b3365cc59905be2bba64ae322925";

    private TrustedSetups() {}

    /**
     * Reads the setup file.
     *
     * @throws IOException if it cannot be read, or saying in what it differs from the pinned one
     */
    public static CeremonySetup read(Path file) throws IOException {
        long length = Files.size(file);
        if (length != FILE_BYTES) {
            throw new IOException(file + " is no trusted setup: it has " + length + " bytes, expected " + FILE_BYTES);
        }
        byte[] bytes = Files.readAllBytes(file);
        String found = sha256(bytes);
        if (!found.equals(FILE_SHA256)) {
            throw new IOException(file + " is not the trusted setup of the network: its SHA-256 is " + found
                    + ", expected " + FILE_SHA256);
        }
        return new CeremonySetup(bytes, file.toString());
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }
}

package xyz.autonomys.farmer.kzg;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import xyz.autonomys.farmer.erasure.Domain;
import xyz.autonomys.farmer.erasure.Polynomial;

/**
 * Finds, checks and installs the ceremony's setup file (spec 02 §7). It is looked for where {@code
 * AUTONOMYS_TRUSTED_SETUP} says, else in {@code $XDG_DATA_HOME/autonomys-farmer} ({@code ~/.local/share} by default), else
 * in {@code /usr/share/autonomys-farmer}, under the name {@code eth-public-parameters.bin}.
 */
public final class TrustedSetups {
    /** Length of the setup file in bytes. */
    public static final int FILE_BYTES =
            TrustedSetup.G1_POWERS * CeremonySetup.G1_BYTES + TrustedSetup.G2_POWERS * CeremonySetup.G2_BYTES;

    /** SHA-256 of the setup file that real networks use; no other file is ever accepted. */
    public static final String FILE_SHA256 = "f3ead1a6249527aa503d6c56578325c01d19b3365cc59905be2bba64ae322925";

    /** Where it is downloaded from unless told otherwise; the hash decides whether what comes is right. */
    public static final String PUBLIC_SOURCE =
            "https://raw.githubusercontent.com/autonomys/subspace/main/shared/subspace-kzg/src/eth-public-parameters.bin";

    /** The command that helps when the setup is missing or broken. */
    public static final String REMEDY =
            "install it with: autonomys-farmer util trusted-setup install [--from FILE|URL]";

    private static final Logger LOG = LoggerFactory.getLogger(TrustedSetups.class);

    private TrustedSetups() {}

    /**
     * Reads the setup file.
     *
     * @throws IOException if it cannot be read, or saying in what it differs from the pinned one
     */
    public static CeremonySetup read(Path file) throws IOException {
        try {
            return of(Files.size(file) == FILE_BYTES ? Files.readAllBytes(file) : null, file);
        } catch (NoSuchFileException e) {
            throw new IOException("there is no trusted setup at " + file + "; " + REMEDY, e);
        }
    }

    private static CeremonySetup of(byte[] bytes, Path file) throws IOException {
        if (bytes == null || bytes.length != FILE_BYTES) {
            throw new IOException(file + " is no trusted setup: it has " + Files.size(file) + " bytes, expected "
                    + FILE_BYTES + "; " + REMEDY);
        }
        check(bytes, file.toString());
        return new CeremonySetup(bytes, file.toString());
    }

    /** Refuses bytes whose hash is not the pinned one. */
    static void check(byte[] bytes, String origin) throws IOException {
        String found = sha256(bytes);
        if (!found.equals(FILE_SHA256)) {
            throw new IOException(origin + " is not the trusted setup of the network: its SHA-256 is " + found
                    + ", expected " + FILE_SHA256 + "; " + REMEDY);
        }
    }

    /**
     * Reads the setup from the first place where there is one.
     *
     * @return empty if there is none
     * @throws IOException if the file that is there cannot be read or is not the right one, or if the environment names one
     *     that is not there
     */
    public static Optional<CeremonySetup> find() throws IOException {
        return find(SetupLocations.ofProcess());
    }

    static Optional<CeremonySetup> find(SetupLocations locations) throws IOException {
        for (Path file : locations.files()) {
            if (Files.exists(file)) {
                return Optional.of(read(file));
            }
        }
        if (locations.named().isPresent()) {
            throw new IOException("there is no file at " + locations.named().get() + ", which "
                    + SetupLocations.VARIABLE + " names; correct or unset it, or " + REMEDY);
        }
        return Optional.empty();
    }

    /**
     * Reads the setup, after downloading it from {@link #PUBLIC_SOURCE} into the user's place if there is none.
     *
     * @throws IOException as {@link #find}, or if the download fails, with the remedy
     */
    public static CeremonySetup findOrInstall() throws IOException {
        Optional<CeremonySetup> found = find();
        if (found.isPresent()) {
            return found.get();
        }
        LOG.info("The trusted setup is not on this host, it is downloaded from {}", PUBLIC_SOURCE);
        Path installed = install(PUBLIC_SOURCE);
        LOG.info("The trusted setup is installed at {}", installed);
        return read(installed);
    }

    /**
     * Installs the setup in the user's place.
     *
     * @param from a file, or a URL of http or https; either the binary file or the ceremony's transcript in JSON
     * @return where it is now
     * @throws IOException if it cannot be read or written, or is not the right one; then nothing has changed
     */
    public static Path install(String from) throws IOException {
        Path target = SetupLocations.ofProcess().user();
        new SetupInstaller(target).install(from);
        return target;
    }

    /**
     * Checks that the powers belong together: commitments to X and to the highest power open at a point, and the first
     * is the second of the file's powers. The hash says the same; this also tries the curve implementation in use.
     *
     * @throws IOException naming what does not hold
     */
    public static void checkPairings(CeremonySetup setup, Kzg kzg) throws IOException {
        for (int power : new int[] {1, TrustedSetup.G1_POWERS - 1}) {
            long[] limbs = new long[Polynomial.LIMBS * (power + 1)];
            limbs[Polynomial.LIMBS * power] = 1;
            Polynomial polynomial = Polynomial.ofLimbs(limbs);
            KzgCommitment commitment = kzg.commit(polynomial);
            int domain = Domain.MAX_SIZE;
            boolean opens = kzg.verify(
                    commitment,
                    domain,
                    1,
                    Domain.of(domain).point(1).power(power).toBytes(),
                    kzg.createWitness(polynomial, domain, 1));
            if (!commitment.equals(KzgCommitment.of(setup.file(), power * CeremonySetup.G1_BYTES)) || !opens) {
                throw new IOException("power " + power + " of the " + setup.describe() + " does not fit the others: "
                        + kzg.describe() + " does not work here");
            }
        }
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }
}

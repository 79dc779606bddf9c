package xyz.autonomys.farmer.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Option;
import xyz.autonomys.farmer.kzg.DevelopmentSetup;
import xyz.autonomys.farmer.kzg.Kzg;
import xyz.autonomys.farmer.kzg.Kzgs;
import xyz.autonomys.farmer.kzg.TrustedSetup;
import xyz.autonomys.farmer.kzg.TrustedSetups;

/** Which trusted setup commitments are made and checked with. */
final class SetupOptions {
    /** The value that stands for the development setup. */
    static final String DEVELOPMENT = "development";

    @Option(
            names = "--trusted-setup",
            paramLabel = "FILE|development",
            description =
                    "The ceremony's setup file, or \"development\" for a simulated chain (default: the file named in"
                            + " AUTONOMYS_TRUSTED_SETUP).")
    private String trustedSetup;

    TrustedSetup setup() throws IOException {
        String chosen = trustedSetup != null ? trustedSetup : System.getenv("AUTONOMYS_TRUSTED_SETUP");
        if (chosen == null || chosen.isEmpty()) {
            throw new IOException("the protocol's trusted setup is needed; name the file with --trusted-setup or in"
                    + " AUTONOMYS_TRUSTED_SETUP");
        }
        if (!chosen.equals(DEVELOPMENT) && !Files.isRegularFile(Path.of(chosen))) {
            throw new IOException("there is no trusted setup at " + chosen + "; correct --trusted-setup or"
                    + " AUTONOMYS_TRUSTED_SETUP");
        }
        return chosen.equals(DEVELOPMENT) ? TrustedSetup.development() : TrustedSetups.read(Path.of(chosen));
    }

    /** For archiving: with the development setup its published secret saves nearly all of the work. */
    Kzg openForArchiving() throws IOException {
        TrustedSetup trusted = setup();
        return trusted instanceof DevelopmentSetup development ? Kzgs.openWithSecret(development) : Kzgs.open(trusted);
    }

    Kzg open() throws IOException {
        return Kzgs.open(setup());
    }
}

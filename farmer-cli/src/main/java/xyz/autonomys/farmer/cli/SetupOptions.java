package xyz.autonomys.farmer.cli;

import java.io.IOException;
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
                    "The ceremony's setup file, or \"development\" for a simulated chain (default: the one named in"
                            + " AUTONOMYS_TRUSTED_SETUP, else the one that is installed, else it is installed).")
    private String trustedSetup;

    /**
     * The setup that is named, else the one of this host, which is downloaded if there is none.
     *
     * @throws IOException saying what is wrong with it and what helps
     */
    TrustedSetup setup() throws IOException {
        String chosen = trustedSetup != null ? trustedSetup : System.getenv("AUTONOMYS_TRUSTED_SETUP");
        if (DEVELOPMENT.equals(chosen)) {
            return TrustedSetup.development();
        }
        return trustedSetup == null ? TrustedSetups.findOrInstall() : TrustedSetups.read(Path.of(trustedSetup));
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

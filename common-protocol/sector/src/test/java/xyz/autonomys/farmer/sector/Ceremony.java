package xyz.autonomys.farmer.sector;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import xyz.autonomys.farmer.kzg.Kzg;
import xyz.autonomys.farmer.kzg.Kzgs;
import xyz.autonomys.farmer.kzg.TrustedSetups;

/** The trusted setup of real networks, which recorded commitments and witnesses belong to. */
public final class Ceremony {
    private Ceremony() {}

    /** Opens it once, or skips the test that asks for it. */
    public static Kzg kzg() {
        assumeTrue(
                System.getenv("AUTONOMYS_TRUSTED_SETUP") != null,
                "skipped: AUTONOMYS_TRUSTED_SETUP does not name the ceremony's public parameters");
        return Opened.KZG;
    }

    private static final class Opened {
        static final Kzg KZG = open();

        private static Kzg open() {
            try {
                return Kzgs.open(TrustedSetups.read(Path.of(System.getenv("AUTONOMYS_TRUSTED_SETUP"))));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}

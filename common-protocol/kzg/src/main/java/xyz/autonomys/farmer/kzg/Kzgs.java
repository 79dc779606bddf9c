package xyz.autonomys.farmer.kzg;

import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import xyz.autonomys.farmer.kzg.blst.BlstCurve;
import xyz.autonomys.farmer.kzg.curve.CurveBackend;
import xyz.autonomys.farmer.kzg.curve.PreparedSetup;
import xyz.autonomys.farmer.kzg.curve.WorkCrew;
import xyz.autonomys.farmer.kzg.java.JavaCurve;

/** Opens a trusted setup for work. */
public final class Kzgs {
    /** System property that forces an implementation of the curve: {@code java} or {@code blst}. */
    public static final String BACK_END_PROPERTY = "farmer.kzg";

    private static final Logger LOG = LoggerFactory.getLogger(Kzgs.class);

    private Kzgs() {}

    /**
     * Prepares a setup with as many threads as there are processors. Takes about half a second of processor time.
     *
     * @throws IllegalArgumentException if the setup holds something that is no point
     */
    public static Kzg open(TrustedSetup setup) {
        return open(setup, Runtime.getRuntime().availableProcessors());
    }

    /** The same with at most {@code threads} threads at work for one call, the caller's included. */
    public static Kzg open(TrustedSetup setup, int threads) {
        return open(setup, Backend.CURVE, WorkCrew.of(threads));
    }

    /**
     * Commits and opens with the published secret of the development setup: a polynomial's evaluation and one scalar
     * multiplication instead of a multi-scalar multiplication. The results are the bytes that {@link #open} gives; the
     * simulated node uses it to archive its history in seconds.
     */
    public static Kzg openWithSecret(DevelopmentSetup setup) {
        return openWithSecret(
                setup, Backend.CURVE, WorkCrew.of(Runtime.getRuntime().availableProcessors()));
    }

    static Kzg open(TrustedSetup setup, CurveBackend curve, WorkCrew crew) {
        PreparedSetup prepared =
                switch (setup) {
                    case CeremonySetup ceremony ->
                        curve.prepare(ceremony.file(), TrustedSetup.G1_POWERS, ceremony.g2Tau(), crew);
                    case DevelopmentSetup development ->
                        curve.prepare(development.tauLimbs(), TrustedSetup.G1_POWERS, crew);
                };
        return new SetupKzg(new Openings(setup, curve, prepared, crew));
    }

    static Kzg openWithSecret(DevelopmentSetup setup, CurveBackend curve, WorkCrew crew) {
        PreparedSetup prepared = curve.prepare(setup.tauLimbs(), 1, crew);
        return new TrapdoorKzg(new Openings(setup, curve, prepared, crew), setup.tau());
    }

    /** The process's back end, chosen at the first use. */
    private static final class Backend {
        static final CurveBackend CURVE = choose(System.getProperty(BACK_END_PROPERTY, ""));
    }

    /**
     * The implementation that a setting asks for, by default the native one if it works here.
     *
     * @throws IllegalStateException if the one that is asked for does not exist or does not work here
     */
    static CurveBackend choose(String setting) {
        if (setting.equals("java")) {
            return new JavaCurve();
        }
        if (!setting.isEmpty() && !setting.equals("blst")) {
            throw new IllegalStateException(
                    "the property " + BACK_END_PROPERTY + " is java or blst or not set, not \"" + setting + '"');
        }
        try {
            return BlstCurve.load();
        } catch (IOException e) {
            if (!setting.isEmpty()) {
                throw new IllegalStateException(
                        "blst cannot be used as the property " + BACK_END_PROPERTY + " asks: " + e.getMessage(), e);
            }
            LOG.warn("KZG runs in plain Java, several times slower than with blst: {}", e.getMessage());
            return new JavaCurve();
        }
    }
}

package xyz.autonomys.farmer.pos;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which builders this process uses, decided on first use.
 *
 * @param vectors whether the vector builders are used
 * @param description the choice in words
 */
record BackEnd(boolean vectors, String description) {
    private static final Logger LOG = LoggerFactory.getLogger(BackEnd.class);
    private static final String MODULE = "jdk.incubator.vector";

    /** The decision; the first caller waits for it. */
    static BackEnd chosen() {
        return Chosen.BACK_END;
    }

    private static final class Chosen {
        static final BackEnd BACK_END = choose();
    }

    private static BackEnd choose() {
        if (ModuleLayer.boot().findModule(MODULE).isEmpty()) {
            LOG.warn(
                    "Proof-of-space tables are built in plain Java, ten times slower than possible: start the JVM with"
                            + " --add-modules {}",
                    MODULE);
            return new BackEnd(false, "plain Java, because the JVM was started without " + MODULE);
        }
        LOG.info("Trying proof-of-space tables with vectors of {} bits, for a few seconds", Lanes.BITS);
        return ofOutcome(new VectorSelfTest().run(), Lanes.BITS);
    }

    static BackEnd ofOutcome(VectorSelfTest.Outcome outcome, int bits) {
        String vectors = "vectors of " + bits + " bits";
        return switch (outcome) {
            case VectorSelfTest.Outcome.Fast(long millis) -> {
                LOG.debug("Proof-of-space tables use {}; one took {} ms of processor time", vectors, millis);
                yield new BackEnd(true, vectors);
            }
            case VectorSelfTest.Outcome.Slow(long millis) -> {
                LOG.warn(
                        "Proof-of-space tables use {}, but one takes {} ms of processor time: the JVM has not compiled"
                                + " all of it well; start it with -XX:Tier3DelayOn=1000000",
                        vectors,
                        millis);
                yield new BackEnd(true, vectors + ", slowed down by the JVM");
            }
            case VectorSelfTest.Outcome.Unusable(String reason) -> {
                LOG.warn(
                        "Proof-of-space tables are built in plain Java, ten times slower than possible: with {}, {}",
                        vectors,
                        reason);
                yield new BackEnd(false, "plain Java, because with " + vectors + ", " + reason);
            }
        };
    }
}

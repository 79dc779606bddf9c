package xyz.autonomys.farmer.erasure;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether this process computes in vectors. The first question starts a test in the background: it needs a second or two,
 * most of it for the compiler, and whoever asks meanwhile is told no and computes in plain Java, which gives the same
 * bytes. So a command that needs one record does not wait, and a farmer that needs thousands soon gets them faster.
 */
final class LaneSupport {
    private static final Logger LOG = LoggerFactory.getLogger(LaneSupport.class);
    private static final String MODULE = "jdk.incubator.vector";

    private static final class Test {
        static final CompletableFuture<Boolean> PASSED = new CompletableFuture<>();

        static {
            if (ModuleLayer.boot().findModule(MODULE).isEmpty()) {
                LOG.warn(
                        "Erasure coding computes in plain Java, four times slower than possible: start the JVM with"
                                + " --add-modules {}",
                        MODULE);
                PASSED.complete(false);
            } else {
                Thread.ofPlatform().daemon().name("erasure-self-test").start(() -> PASSED.complete(passes()));
            }
        }
    }

    private LaneSupport() {}

    /** Whether vectors are known to work and to be fast. */
    static boolean isReady() {
        return Test.PASSED.getNow(false);
    }

    /** Waits until that is known, at most as long as given. */
    static boolean awaitReady(long seconds) throws InterruptedException {
        try {
            return Test.PASSED.get(seconds, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            return false;
        }
    }

    /** How erasure coding is done, for logs and the console. */
    static String describe() {
        return isReady() ? "vectors of " + Lanes.BITS + " bits" : "plain Java";
    }

    private static boolean passes() {
        try {
            LaneSelfTest.Outcome outcome = LaneSelfTest.run();
            if (outcome.usable()) {
                LOG.debug("Erasure coding uses {}", outcome.description());
            } else {
                LOG.warn("Erasure coding computes in plain Java, slower than possible: {}", outcome.description());
            }
            return outcome.usable();
        } catch (RuntimeException | LinkageError e) {
            LOG.warn("Erasure coding computes in plain Java, slower than possible: {}", e.toString());
            return false;
        }
    }
}

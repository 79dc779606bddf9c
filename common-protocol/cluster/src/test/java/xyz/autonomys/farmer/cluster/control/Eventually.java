package xyz.autonomys.farmer.cluster.control;

import java.time.Duration;
import java.util.concurrent.Callable;

/** Waits of tests for what other threads and processes do. How long they may take is no matter of these tests. */
public final class Eventually {
    private static final Duration PATIENCE = Duration.ofMinutes(7);
    private static final long LOOK_MILLIS = 20;

    private Eventually() {}

    /** Waits until a condition holds, and fails after seven minutes. */
    public static void eventually(String what, Callable<Boolean> condition) throws Exception {
        eventually(what, PATIENCE, condition);
    }

    /** The same with another patience. */
    public static void eventually(String what, Duration patience, Callable<Boolean> condition) throws Exception {
        long deadline = System.nanoTime() + patience.toNanos();
        while (!condition.call()) {
            if (System.nanoTime() - deadline >= 0) {
                throw new AssertionError(what + " did not happen in " + patience.toSeconds() + " s");
            }
            Thread.sleep(LOOK_MILLIS);
        }
    }
}

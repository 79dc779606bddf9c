package xyz.autonomys.farmer.cluster.parity;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.Random;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The arithmetic of this process. The first use starts a comparison of vectors with plain Java in the background; until
 * vectors have shown that they give the same bytes faster, and where they do not, rows are computed in plain Java.
 */
final class Rows {
    private static final Logger LOG = LoggerFactory.getLogger(Rows.class);
    private static final String MODULE = "jdk.incubator.vector";
    private static final int TEST_BYTES = 1 << 16;
    private static final long LONGEST_TEST_NANOS = 3_000_000_000L;

    private static final RowArithmetic PLAIN = new PlainRows();
    private static volatile RowArithmetic best = PLAIN;

    static {
        if (ModuleLayer.boot().findModule(MODULE).isEmpty()) {
            LOG.warn(
                    "Fragments of pieces are computed in plain Java, slower than possible: start the JVM with"
                            + " --add-modules {}",
                    MODULE);
        } else {
            Thread.ofPlatform().daemon().name("parity-self-test").start(Rows::choose);
        }
    }

    private Rows() {}

    /** The fastest known to be right. */
    static RowArithmetic best() {
        return best;
    }

    private static void choose() {
        try {
            RowArithmetic lanes = new LaneRows();
            if (isFaster(lanes)) {
                best = lanes;
            }
            LOG.debug("Fragments of pieces are computed in {}", best == PLAIN ? "plain Java" : "vectors");
        } catch (RuntimeException | LinkageError e) {
            LOG.warn("Fragments of pieces are computed in plain Java, slower than possible: {}", e.toString());
        }
    }

    /** Waits until vectors are compiled, which nobody can ask for: they are when they are several times as fast. */
    private static boolean isFaster(RowArithmetic lanes) {
        Random random = new Random(TEST_BYTES);
        byte[] source = new byte[TEST_BYTES];
        random.nextBytes(source);
        byte[] expected = new byte[TEST_BYTES];
        byte[] actual = new byte[TEST_BYTES];
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long start = threads.getCurrentThreadCpuTime();
        long plainNanos = Long.MAX_VALUE;
        long laneNanos = Long.MAX_VALUE;
        for (long now = start; now - start < LONGEST_TEST_NANOS; now = threads.getCurrentThreadCpuTime()) {
            int factor = 2 + random.nextInt(254);
            long before = threads.getCurrentThreadCpuTime();
            PLAIN.multiplyAdd(factor, source, 0, expected, 0, TEST_BYTES);
            long between = threads.getCurrentThreadCpuTime();
            lanes.multiplyAdd(factor, source, 0, actual, 0, TEST_BYTES);
            plainNanos = Math.min(plainNanos, between - before);
            laneNanos = Math.min(laneNanos, threads.getCurrentThreadCpuTime() - between);
            if (!Arrays.equals(expected, actual)) {
                LOG.warn("Vectors give other fragments than plain Java; they are not used");
                return false;
            }
            if (laneNanos < plainNanos / 3) {
                return true;
            }
        }
        return laneNanos < plainNanos;
    }
}

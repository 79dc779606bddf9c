package xyz.autonomys.farmer.erasure;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.Random;

/**
 * Compares extension in vectors with that in plain Java and waits until it is compiled. Nobody can ask a JVM whether it
 * turned vector code into vector instructions; when it has not, every operation allocates.
 */
final class LaneSelfTest {
    private static final int CHUNKS = 4096;
    private static final int NARROWEST_BITS = 256;
    private static final long NANOS_PER_MILLI = 1_000_000;

    /** Processor time of an extension that shows everything compiled; plain Java needs 5 ms. */
    private static final long FAST_MILLIS = 3;

    /** One that takes longer is not worth it. */
    private static final long SLOWEST_MILLIS = 5;

    private static final long LIMIT_MILLIS = 15_000;

    private LaneSelfTest() {}

    /**
     * What came out.
     *
     * @param usable whether vectors are to be used
     * @param description why, or how
     */
    record Outcome(boolean usable, String description) {}

    static Outcome run() {
        if (Lanes.BITS < NARROWEST_BITS) {
            return new Outcome(false, "this processor's vectors have " + Lanes.BITS + " bits");
        }
        byte[] source = new byte[CHUNKS * ScalarField.BYTES];
        new Random(CHUNKS).nextBytes(source);
        for (int i = 0; i < CHUNKS; i++) {
            source[i * ScalarField.BYTES] = 0;
        }
        byte[] expected = new byte[source.length];
        byte[] parity = new byte[source.length];
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long start = threads.getCurrentThreadCpuTime();
        long fastest = Long.MAX_VALUE;
        try {
            ErasureCoding.inPlainJava(CHUNKS).extend(source, 0, expected, 0);
            LaneRecord lanes = new LaneRecord(CHUNKS);
            long before;
            do {
                before = threads.getCurrentThreadCpuTime();
                lanes.extend(source, 0, parity, 0);
                fastest = Math.min(fastest, threads.getCurrentThreadCpuTime() - before);
                if (!Arrays.equals(expected, parity)) {
                    return new Outcome(false, "vectors of " + Lanes.BITS + " bits give another result");
                }
            } while (fastest > FAST_MILLIS * NANOS_PER_MILLI
                    && threads.getCurrentThreadCpuTime() - start < LIMIT_MILLIS * NANOS_PER_MILLI);
        } catch (InvalidScalarException e) {
            throw new IllegalStateException(e);
        }
        String speed = "vectors of " + Lanes.BITS + " bits, " + CHUNKS + " chunks in " + fastest / 1000 + " µs";
        return new Outcome(fastest <= SLOWEST_MILLIS * NANOS_PER_MILLI, speed);
    }
}

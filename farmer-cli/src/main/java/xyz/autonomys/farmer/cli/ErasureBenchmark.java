package xyz.autonomys.farmer.cli;

import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Locale;
import java.util.Random;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import xyz.autonomys.farmer.erasure.ErasureCoding;
import xyz.autonomys.farmer.erasure.InvalidScalarException;
import xyz.autonomys.farmer.erasure.TooManyMissingException;
import xyz.autonomys.farmer.primitives.ProtocolSizes;

/** {@code autonomys-farmer util benchmark erasure}: coding of records on one core. */
@Command(
        name = "erasure",
        description =
                "Extend a record as plotting does, and recover one from a random half as proving does, on one core.",
        mixinStandardHelpOptions = true)
final class ErasureBenchmark implements Runnable {
    private static final int CHUNKS = ProtocolSizes.RECORD_CHUNKS;
    private static final int BYTES = ProtocolSizes.CHUNK_BYTES;
    private static final int WARM_UP = 20;
    private static final long LONGEST_TEST_SECONDS = 30;
    private static final double NANOS_PER_MILLI = 1e6;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--runs",
            defaultValue = "20",
            paramLabel = "N",
            description = "Records to measure, after " + WARM_UP + " that warm up (default: ${DEFAULT-VALUE}).")
    @Range(from = 1)
    private int runs;

    @Override
    public void run() {
        PrintWriter out = spec.commandLine().getOut();
        try {
            ErasureCoding.awaitVectors(LONGEST_TEST_SECONDS);
            out.println("Back end: " + ErasureCoding.describe());
            measure(out);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (InvalidScalarException | TooManyMissingException e) {
            throw new IllegalStateException(e);
        }
    }

    private void measure(PrintWriter out) throws InvalidScalarException, TooManyMissingException {
        Random random = new Random(1);
        byte[] source = new byte[CHUNKS * BYTES];
        random.nextBytes(source);
        for (int i = 0; i < source.length; i += BYTES) {
            source[i] = 0;
        }
        byte[] parity = new byte[source.length];
        byte[] interleaved = new byte[2 * source.length];
        BitSet known = new BitSet(2 * CHUNKS);
        while (known.cardinality() < CHUNKS) {
            known.set(random.nextInt(2 * CHUNKS));
        }
        ErasureCoding code = ErasureCoding.forSourceChunks(CHUNKS);
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        double[] extension = new double[runs];
        double[] recovery = new double[runs];
        for (int run = -WARM_UP; run < runs; run++) {
            long start = threads.getCurrentThreadCpuTime();
            code.extend(source, 0, parity, 0);
            long extended = threads.getCurrentThreadCpuTime();
            for (int i = 0; i < CHUNKS; i++) {
                System.arraycopy(source, i * BYTES, interleaved, 2 * i * BYTES, BYTES);
                System.arraycopy(parity, i * BYTES, interleaved, (2 * i + 1) * BYTES, BYTES);
            }
            long before = threads.getCurrentThreadCpuTime();
            code.recoverPolynomial(interleaved, known);
            long recovered = threads.getCurrentThreadCpuTime();
            if (run >= 0) {
                extension[run] = (extended - start) / NANOS_PER_MILLI;
                recovery[run] = (recovered - before) / NANOS_PER_MILLI;
            }
        }
        Arrays.sort(extension);
        Arrays.sort(recovery);
        out.printf(
                Locale.ROOT,
                "One core, CPU time, median of %d (fastest): extension %.1f ms (%.1f), recovery from a random half %.1f ms"
                        + " (%.1f)%n",
                runs,
                extension[runs / 2],
                extension[0],
                recovery[runs / 2],
                recovery[0]);
    }
}

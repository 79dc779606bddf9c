package xyz.autonomys.farmer.cli;

import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import xyz.autonomys.farmer.erasure.Domain;
import xyz.autonomys.farmer.erasure.Polynomial;
import xyz.autonomys.farmer.erasure.Polynomials;
import xyz.autonomys.farmer.kzg.Kzg;
import xyz.autonomys.farmer.kzg.KzgCommitment;
import xyz.autonomys.farmer.kzg.KzgWitness;
import xyz.autonomys.farmer.kzg.Kzgs;
import xyz.autonomys.farmer.kzg.TrustedSetup;
import xyz.autonomys.farmer.primitives.ProtocolSizes;
import xyz.autonomys.farmer.primitives.ScalarBytes;

/** {@code autonomys-farmer util benchmark kzg}: committing to a record, opening it, checking an opening. */
@Command(
        name = "kzg",
        description = "Commit to a record and open it at a chunk, on one core and on all, and check an opening."
                + " Uses the development setup, which takes the same work as the real one.",
        mixinStandardHelpOptions = true)
final class KzgBenchmark implements Runnable {
    private static final int WARM_UP = 3;
    private static final double NANOS_PER_MILLI = 1e6;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--runs",
            defaultValue = "5",
            paramLabel = "N",
            description = "Times to measure each, after " + WARM_UP + " that warm up (default: ${DEFAULT-VALUE}).")
    @Range(from = 1)
    private int runs;

    @Override
    public void run() {
        PrintWriter out = spec.commandLine().getOut();
        Kzg alone = Kzgs.open(TrustedSetup.development(), 1);
        Kzg all = Kzgs.open(TrustedSetup.development());
        out.println("Back end: " + all.describe());
        Polynomial record = randomPolynomial();
        KzgCommitment commitment = all.commit(record);
        KzgWitness witness = all.createWitness(record, ProtocolSizes.S_BUCKETS, 1);
        ScalarBytes value = Polynomials.evaluate(
                        record, Domain.of(ProtocolSizes.S_BUCKETS).point(1))
                .toBytes();
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        LongSupplier processor = threads::getCurrentThreadCpuTime;
        report("commit, one core, CPU time", processor, () -> alone.commit(record)
                .equals(commitment));
        report("commit, all cores, elapsed", System::nanoTime, () -> all.commit(record)
                .equals(commitment));
        report("witness, one core, CPU time", processor, () -> alone.createWitness(record, ProtocolSizes.S_BUCKETS, 1)
                .equals(witness));
        report(
                "check of an opening, one core, CPU time",
                processor,
                () -> alone.verify(commitment, ProtocolSizes.S_BUCKETS, 1, value, witness));
    }

    private void report(String what, LongSupplier clock, BooleanSupplier work) {
        double[] millis = new double[runs];
        for (int run = -WARM_UP; run < runs; run++) {
            long start = clock.getAsLong();
            boolean right = work.getAsBoolean();
            long end = clock.getAsLong();
            if (!right) {
                throw new IllegalStateException(what + " gives a wrong result");
            }
            if (run >= 0) {
                millis[run] = (end - start) / NANOS_PER_MILLI;
            }
        }
        Arrays.sort(millis);
        spec.commandLine()
                .getOut()
                .printf(Locale.ROOT, "%s: %.2f ms, fastest %.2f ms%n", what, millis[runs / 2], millis[0]);
    }

    private static Polynomial randomPolynomial() {
        Random random = new Random(1);
        long[] limbs = new long[Polynomial.LIMBS * ProtocolSizes.RECORD_CHUNKS];
        for (int i = 0; i < limbs.length; i++) {
            limbs[i] = i % Polynomial.LIMBS == Polynomial.LIMBS - 1 ? random.nextLong() >>> 2 : random.nextLong();
        }
        return Polynomial.ofLimbs(limbs);
    }
}

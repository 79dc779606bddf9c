package xyz.autonomys.farmer.proofserver;

import io.micrometer.core.instrument.Timer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import xyz.autonomys.farmer.cluster.control.ControlException;
import xyz.autonomys.farmer.cluster.control.ControlFormatException;
import xyz.autonomys.farmer.cluster.control.Member;
import xyz.autonomys.farmer.cluster.data.Answer;
import xyz.autonomys.farmer.cluster.data.DataRequest;
import xyz.autonomys.farmer.cluster.member.ClusterMember;
import xyz.autonomys.farmer.cluster.member.MemberStatus;
import xyz.autonomys.farmer.cluster.proofs.ProofAnswer;
import xyz.autonomys.farmer.cluster.proofs.ProofRequest;
import xyz.autonomys.farmer.kzg.Kzg;
import xyz.autonomys.farmer.pos.PosTables;
import xyz.autonomys.farmer.primitives.hash.Blake3;
import xyz.autonomys.farmer.sector.prove.ChunkProof;
import xyz.autonomys.farmer.sector.prove.ChunkProver;
import xyz.autonomys.farmer.sector.prove.ProvingException;
import xyz.autonomys.farmer.sector.prove.SolutionProver;
import xyz.autonomys.farmer.telemetry.Wait;

/**
 * The role. Requests wait for a free prover no longer than their own deadline; work past its deadline, or whose asker has
 * gone, is dropped at the next step.
 */
public final class ProofServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ProofServer.class);

    /** How long after its deadline a proof may run on until it is cancelled. */
    private static final Duration PROVER_PATIENCE = Duration.ofSeconds(10);

    private static final Duration FIRST_BUCKET = Duration.ofMillis(1);

    private final ProofServerSettings settings;
    private final ClusterMember member;
    private final List<ChunkProver> provers;
    private final BlockingQueue<ChunkProver> idle;
    private final AtomicInteger waiting = new AtomicInteger();
    private final LongAdder proven = new LongAdder();
    private final LongAdder late = new LongAdder();
    private final LongAdder proofMillis = new LongAdder();
    private final Timer times;
    private volatile long expectedNanos = TimeUnit.MILLISECONDS.toNanos(500);

    private ProofServer(ProofServerSettings settings, List<ChunkProver> provers)
            throws IOException, ControlException, ControlFormatException, InterruptedException {
        this.settings = settings;
        this.provers = provers;
        this.idle = new ArrayBlockingQueue<>(settings.provers());
        idle.addAll(provers);
        this.member = ClusterMember.join(settings.member());
        this.times = member.meters()
                .timer(
                        "autonomys_farmer_proving",
                        "Time from a request for a proof until it was sent, the wait for a free prover included.",
                        FIRST_BUCKET);
        member.server().register(DataRequest.Proof.class, this::prove);
        member.announce(this::status);
        LOG.info(
                "Proof-server: {} proofs at a time, {}",
                settings.provers(),
                provers.getFirst().describe());
    }

    /** Joins the cluster and begins to serve. Waits for NATS and a controller. */
    public static ProofServer start(ProofServerSettings settings, Kzg kzg)
            throws IOException, ControlException, ControlFormatException, InterruptedException {
        return start(settings, onProcessor(settings, kzg));
    }

    /** As many provers that use the processor as the settings say, with so many threads. */
    public static List<ChunkProver> onProcessor(ProofServerSettings settings, Kzg kzg) {
        List<ChunkProver> provers = new ArrayList<>();
        for (int i = 0; i < settings.provers(); i++) {
            provers.add(new SolutionProver(kzg, PosTables.newParallelBuilder(settings.threads())));
        }
        return provers;
    }

    /**
     * The same with other provers, such as those that use GPUs.
     *
     * @param provers as many as the settings say; the server closes them
     */
    public static ProofServer start(ProofServerSettings settings, List<ChunkProver> provers)
            throws IOException, ControlException, ControlFormatException, InterruptedException {
        return new ProofServer(settings, List.copyOf(provers));
    }

    private void prove(DataRequest.Proof request, Answer answer) throws IOException, InterruptedException {
        long start = System.nanoTime();
        ProofRequest wanted;
        try {
            wanted = ProofRequest.decode(request.body());
        } catch (IllegalArgumentException e) {
            throw new IOException(e.getMessage(), e);
        }
        long deadline = start + wanted.remaining().toNanos();
        ChunkProver prover = idle.poll();
        if (prover == null) {
            prover = awaitProver(deadline);
        }
        long begun = System.nanoTime();
        Wait stuck = member.waits()
                .begin(
                        "proof-server",
                        "its prover",
                        wanted.remaining().plus(PROVER_PATIENCE),
                        "it does not even notice that its time is up: see nvidia-smi and dmesg for a GPU that hangs, start"
                                + " this proof-server anew")
                .item("(" + prover.describe() + ")");
        try (stuck) {
            ChunkProof proof = prover.prove(
                    wanted.record(), wanted.sBucket(), () -> System.nanoTime() - deadline > 0 || answer.isCancelled());
            byte[] bytes = ProofAnswer.encode(proof);
            answer.item(0, bytes, Blake3.hash(bytes));
            proven.increment();
            times.record(Duration.ofNanos(System.nanoTime() - start));
            proofMillis.add((System.nanoTime() - start) / 1_000_000);
            took(System.nanoTime() - begun);
        } catch (ProvingException e) {
            if (e.kind() == ProvingException.Kind.CANCELLED) {
                late.increment();
                took(System.nanoTime() - begun);
            } else {
                LOG.warn("A proof was not possible: {}", e.getMessage());
            }
            throw new IOException(e.getMessage(), e);
        } finally {
            idle.add(prover);
        }
    }

    /**
     * Waits for a prover as long as a proof can still be done in time. Begun later it would only keep the prover from
     * one that can.
     */
    private ChunkProver awaitProver(long deadline) throws IOException, InterruptedException {
        waiting.incrementAndGet();
        try {
            long patience = deadline - System.nanoTime() - expectedNanos;
            ChunkProver prover = idle.poll(Math.max(0, patience), TimeUnit.NANOSECONDS);
            if (prover == null) {
                late.increment();
                throw new IOException("all " + settings.provers() + " provers are busy, and a proof takes about "
                        + expectedNanos / 1_000_000 + " ms");
            }
            return prover;
        } finally {
            waiting.decrementAndGet();
        }
    }

    /** A proof, or the attempt at one, took so long: recent ones count most. */
    private void took(long nanos) {
        expectedNanos = (3 * expectedNanos + nanos) / 4;
    }

    private MemberStatus status() {
        int busy = settings.provers() - idle.size();
        long count = proven.sum();
        return MemberStatus.working(
                1000 * (busy + waiting.get()) / settings.provers(),
                List.of(
                        new Member.Detail("proofs", Long.toString(count)),
                        new Member.Detail("too late", Long.toString(late.sum())),
                        new Member.Detail(
                                "mean milliseconds", count == 0 ? "-" : Long.toString(proofMillis.sum() / count))));
    }

    /** Proofs sent since the start. */
    public long proofs() {
        return proven.sum();
    }

    @Override
    public void close() {
        member.close();
        provers.forEach(ChunkProver::close);
    }
}

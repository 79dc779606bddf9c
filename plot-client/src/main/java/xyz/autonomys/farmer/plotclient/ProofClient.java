package xyz.autonomys.farmer.plotclient;

import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import xyz.autonomys.farmer.cluster.control.Member;
import xyz.autonomys.farmer.cluster.control.MemberRole;
import xyz.autonomys.farmer.cluster.data.DataPlaneException;
import xyz.autonomys.farmer.cluster.data.DataRequest;
import xyz.autonomys.farmer.cluster.data.PeerAddress;
import xyz.autonomys.farmer.cluster.data.RequestOptions;
import xyz.autonomys.farmer.cluster.member.ClusterMember;
import xyz.autonomys.farmer.cluster.proofs.ProofAnswer;
import xyz.autonomys.farmer.cluster.proofs.ProofRequest;
import xyz.autonomys.farmer.kzg.Kzg;
import xyz.autonomys.farmer.kzg.KzgCommitment;
import xyz.autonomys.farmer.kzg.KzgWitness;
import xyz.autonomys.farmer.pos.PosTables;
import xyz.autonomys.farmer.pos.PosVerifier;
import xyz.autonomys.farmer.primitives.ProtocolSizes;
import xyz.autonomys.farmer.sector.prove.ChunkProof;
import xyz.autonomys.farmer.sector.prove.ProvingException;
import xyz.autonomys.farmer.sector.prove.SolutionProver;
import xyz.autonomys.farmer.sector.read.StoredRecord;
import xyz.autonomys.farmer.telemetry.Wait;

/**
 * Gets proofs, each within its deadline: from the proof-server with the least load; when that one fails or is slower than
 * 95 of 100 recent proofs, from a second one beside it; from this process's own processors when there is no third and just
 * enough time is left. The first right answer counts, the others are given up. Every proof is checked before it is
 * believed. Thread-safe.
 */
final class ProofClient implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ProofClient.class);
    private static final int SERVERS_ASKED = 2;
    private static final Duration FIRST_BUCKET = Duration.ofMillis(1);
    private static final double HEDGE_QUANTILE = 0.95;
    /** Proofs after which their times are trusted. */
    private static final int ENOUGH_PROOFS = 20;

    private static final Duration FIRST_HEDGE = Duration.ofMillis(1200);
    private static final Duration SHORTEST_HEDGE = Duration.ofMillis(20);

    private final ClusterMember member;
    private final Kzg kzg;
    private final Semaphore ownProver = new Semaphore(1);
    private final AtomicInteger asking = new AtomicInteger();
    private final TimesHistogram remoteTimes = new TimesHistogram();
    private final TimesHistogram times = new TimesHistogram();
    private final LongAdder hedged = new LongAdder();
    private final LongAdder local = new LongAdder();
    private final LongAdder late = new LongAdder();
    private final LongAdder wrong = new LongAdder();
    private final Timer timer;
    private SolutionProver prover;
    private volatile Duration ownTime = Duration.ofMillis(1500);

    ProofClient(ClusterMember member, Kzg kzg) {
        this.member = member;
        this.kzg = kzg;
        this.timer = member.meters()
                .timer("autonomys_farmer_proof", "Time until the right proof of a chunk was had.", FIRST_BUCKET);
    }

    /** Times of all proofs had. */
    TimesHistogram times() {
        return times;
    }

    /** Proofs for which a second server was asked because the first one was slow. */
    long hedged() {
        return hedged.sum();
    }

    /** Proofs made by this process itself. */
    long local() {
        return local.sum();
    }

    /** Chunks for which no proof came in time. */
    long late() {
        return late.sum();
    }

    /** Proofs of servers that were wrong. */
    long wrong() {
        return wrong.sum();
    }

    /** What one of those who were asked says: a proof that was checked, or why there is none. */
    private record Reply(Optional<ChunkProof> proof, String failure) {}

    /** The asking of one chunk: who still works on it, and what came. */
    private final class Asking {
        private final StoredRecord record;
        private final int sBucket;
        private final long deadline;
        private final LinkedBlockingQueue<Reply> replies = new LinkedBlockingQueue<>();
        private final List<Thread> working = new ArrayList<>();
        private int open;

        Asking(StoredRecord record, int sBucket, long deadline) {
            this.record = record;
            this.sBucket = sBucket;
            this.deadline = deadline;
        }

        void ask(PeerAddress server) {
            begin("proof-request", () -> askServer(server, record, sBucket, deadline));
        }

        void proveHere() {
            begin("own-proof", () -> ProofClient.this.proveHere(record, sBucket, deadline));
        }

        private void begin(String name, Work work) {
            open++;
            working.add(Thread.ofVirtual().name(name).start(() -> {
                Reply reply;
                try {
                    reply = work.run();
                } catch (InterruptedException e) {
                    reply = new Reply(Optional.empty(), "given up");
                } catch (RuntimeException e) {
                    LOG.error("A proof failed", e);
                    reply = new Reply(Optional.empty(), e.toString());
                }
                replies.add(reply);
            }));
        }

        Reply next(long until) throws InterruptedException {
            Reply reply = replies.poll(Math.max(0, until - System.nanoTime()), TimeUnit.NANOSECONDS);
            if (reply != null) {
                open--;
            }
            return reply;
        }

        void giveUpTheRest() {
            working.forEach(Thread::interrupt);
        }
    }

    private interface Work {
        Reply run() throws InterruptedException;
    }

    /**
     * The proof of a chunk.
     *
     * @param deadline nano time after which it is of no use
     * @return empty if nobody could prove it in time; the reason is logged
     */
    Optional<ChunkProof> prove(StoredRecord record, int sBucket, long deadline) throws InterruptedException {
        long start = System.nanoTime();
        List<PeerAddress> servers = servers();
        List<String> failures = new ArrayList<>();
        Asking asking = new Asking(record, sBucket, deadline);
        int next = 0;
        boolean here = false;
        boolean slow = false;
        try {
            while (System.nanoTime() - deadline < 0) {
                boolean another = asking.open == 0 || slow;
                boolean lastMoment = deadline - System.nanoTime() <= ownTime.toNanos() + ownTime.toNanos() / 4;
                if (another && next < servers.size()) {
                    hedged.add(slow ? 1 : 0);
                    asking.ask(servers.get(next));
                    next++;
                } else if (!here && (asking.open == 0 || lastMoment)) {
                    here = true;
                    asking.proveHere();
                } else if (asking.open == 0) {
                    break;
                }
                long hedge =
                        next < servers.size() ? System.nanoTime() + hedgeDelay().toNanos() : deadline;
                long own = here ? deadline : deadline - ownTime.toNanos() - ownTime.toNanos() / 4;
                Reply reply = asking.next(Math.min(Math.min(hedge, deadline), Math.max(own, System.nanoTime() + 1)));
                slow = reply == null && next < servers.size() && System.nanoTime() - hedge >= 0;
                if (reply != null && reply.proof().isPresent()) {
                    Duration took = Duration.ofNanos(System.nanoTime() - start);
                    times.add(took);
                    timer.record(took);
                    return reply.proof();
                }
                if (reply != null) {
                    failures.add(reply.failure());
                }
            }
        } finally {
            asking.giveUpTheRest();
        }
        late.increment();
        LOG.warn("A chunk could not be proven in time: {}", failures.isEmpty() ? "no time was left" : failures);
        return Optional.empty();
    }

    /** The servers to ask, the one with the least load first. */
    private List<PeerAddress> servers() {
        List<Member> present = new ArrayList<>(member.membership().present(MemberRole.PROOF_SERVER));
        present.removeIf(server -> !server.healthy());
        present.sort(Comparator.comparingInt(Member::load));
        List<PeerAddress> addresses = new ArrayList<>();
        present.forEach(server -> ClusterMember.address(server).ifPresent(addresses::add));
        // Several that are equally free take turns, since their load is told only every few seconds.
        int equal = (int) present.stream()
                .filter(server -> server.load() == present.getFirst().load())
                .count();
        if (equal > 1 && addresses.size() == present.size()) {
            Collections.rotate(addresses.subList(0, equal), asking.incrementAndGet() % equal);
        }
        return addresses.subList(0, Math.min(SERVERS_ASKED, addresses.size()));
    }

    private Duration hedgeDelay() {
        if (remoteTimes.count() < ENOUGH_PROOFS) {
            return FIRST_HEDGE;
        }
        Duration usual = remoteTimes.quantile(HEDGE_QUANTILE);
        return usual.compareTo(SHORTEST_HEDGE) < 0 ? SHORTEST_HEDGE : usual;
    }

    private Reply askServer(PeerAddress server, StoredRecord record, int sBucket, long deadline)
            throws InterruptedException {
        long start = System.nanoTime();
        Duration left = Duration.ofNanos(deadline - start);
        if (!left.isPositive()) {
            return new Reply(Optional.empty(), "no time was left for " + server);
        }
        try (Wait _ = ClientWaits.proof(member, server, sBucket)) {
            byte[] answer = member.client()
                    .ask(
                            server,
                            new DataRequest.Proof(new ProofRequest(left, sBucket, record).encode()),
                            RequestOptions.within(left),
                            ProofAnswer.BYTES);
            ChunkProof proof = ProofAnswer.decode(answer);
            if (isRight(record, sBucket, proof)) {
                remoteTimes.add(Duration.ofNanos(System.nanoTime() - start));
                return new Reply(Optional.of(proof), "");
            }
            wrong.increment();
            return new Reply(Optional.empty(), "the proof of " + server + " is wrong");
        } catch (DataPlaneException | IllegalArgumentException e) {
            return new Reply(Optional.empty(), String.valueOf(e.getMessage()));
        }
    }

    private Reply proveHere(StoredRecord record, int sBucket, long deadline) throws InterruptedException {
        long left = deadline - System.nanoTime();
        if (left <= 0 || !ownProver.tryAcquire(left, TimeUnit.NANOSECONDS)) {
            return new Reply(Optional.empty(), "this process is busy with another proof");
        }
        try {
            long start = System.nanoTime();
            if (prover == null) {
                prover = new SolutionProver(
                        kzg, PosTables.newParallelBuilder(Runtime.getRuntime().availableProcessors()));
            }
            Thread asked = Thread.currentThread();
            ChunkProof proof =
                    prover.prove(record, sBucket, () -> System.nanoTime() - deadline > 0 || asked.isInterrupted());
            ownTime = Duration.ofNanos((3 * ownTime.toNanos() + System.nanoTime() - start) / 4);
            if (!isRight(record, sBucket, proof)) {
                wrong.increment();
                return new Reply(Optional.empty(), "this process's own proof is wrong: its memory or processor is bad");
            }
            local.increment();
            return new Reply(Optional.of(proof), "");
        } catch (ProvingException e) {
            return new Reply(Optional.empty(), e.getMessage());
        } finally {
            ownProver.release();
        }
    }

    /** Whether the network will accept the proof of the chunk and its witness. */
    private boolean isRight(StoredRecord record, int sBucket, ChunkProof proof) {
        return PosVerifier.isValid(record.posSeed(), sBucket, proof.proofOfSpace())
                && kzg.verify(
                        KzgCommitment.of(record.commitment()),
                        ProtocolSizes.S_BUCKETS,
                        sBucket,
                        proof.chunk(),
                        KzgWitness.of(proof.witness()));
    }

    @Override
    public void close() {
        if (ownProver.tryAcquire() && prover != null) {
            prover.close();
        }
    }
}

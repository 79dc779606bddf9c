package xyz.autonomys.farmer.plotclient;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
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

/**
 * Gets proofs: from the proof-server with the least load, then from the next one, at last from this process's own
 * processors. Every proof is checked before it is believed. Thread-safe.
 */
final class ProofClient implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ProofClient.class);
    private static final int SERVERS_ASKED = 2;

    private final ClusterMember member;
    private final Kzg kzg;
    private final Semaphore ownProver = new Semaphore(1);
    private SolutionProver prover;

    ProofClient(ClusterMember member, Kzg kzg) {
        this.member = member;
        this.kzg = kzg;
    }

    /**
     * The proof of a chunk.
     *
     * @param deadline nano time after which it is of no use
     * @return empty if nobody could prove it in time; the reason is logged
     */
    Optional<ChunkProof> prove(StoredRecord record, int sBucket, long deadline) throws InterruptedException {
        List<Member> servers = new ArrayList<>(member.membership().present(MemberRole.PROOF_SERVER));
        servers.sort(Comparator.comparingInt(Member::load));
        List<String> failures = new ArrayList<>();
        for (Member server : servers.subList(0, Math.min(SERVERS_ASKED, servers.size()))) {
            Duration left = Duration.ofNanos(deadline - System.nanoTime());
            Optional<PeerAddress> address = ClusterMember.address(server);
            if (left.isPositive() && address.isPresent()) {
                try {
                    byte[] answer = member.client()
                            .ask(
                                    address.get(),
                                    new DataRequest.Proof(new ProofRequest(left, sBucket, record).encode()),
                                    RequestOptions.within(left),
                                    ProofAnswer.BYTES);
                    ChunkProof proof = ProofAnswer.decode(answer);
                    if (isRight(record, sBucket, proof)) {
                        return Optional.of(proof);
                    }
                    failures.add("the proof of " + address.get() + " is wrong");
                } catch (DataPlaneException | IllegalArgumentException e) {
                    failures.add(e.getMessage());
                }
            }
        }
        Optional<ChunkProof> own = proveHere(record, sBucket, deadline, failures);
        if (own.isEmpty()) {
            LOG.warn("A chunk could not be proven in time: {}", failures.isEmpty() ? "no time was left" : failures);
        }
        return own;
    }

    private Optional<ChunkProof> proveHere(StoredRecord record, int sBucket, long deadline, List<String> failures)
            throws InterruptedException {
        long left = deadline - System.nanoTime();
        if (left <= 0 || !ownProver.tryAcquire(left, TimeUnit.NANOSECONDS)) {
            return Optional.empty();
        }
        try {
            if (prover == null) {
                prover = new SolutionProver(
                        kzg, PosTables.newParallelBuilder(Runtime.getRuntime().availableProcessors()));
            }
            return Optional.of(prover.prove(record, sBucket, () -> System.nanoTime() - deadline > 0));
        } catch (ProvingException e) {
            failures.add(e.getMessage());
            return Optional.empty();
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

package xyz.autonomys.farmer.proofserver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static xyz.autonomys.farmer.cluster.control.Eventually.eventually;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import xyz.autonomys.farmer.cluster.control.Member;
import xyz.autonomys.farmer.cluster.control.MemberRole;
import xyz.autonomys.farmer.cluster.control.TestNats;
import xyz.autonomys.farmer.cluster.data.DataPlaneException;
import xyz.autonomys.farmer.cluster.data.DataRequest;
import xyz.autonomys.farmer.cluster.data.RequestOptions;
import xyz.autonomys.farmer.cluster.member.ClusterMember;
import xyz.autonomys.farmer.cluster.pieces.TestController;
import xyz.autonomys.farmer.cluster.pieces.TestHistory;
import xyz.autonomys.farmer.cluster.proofs.ProofAnswer;
import xyz.autonomys.farmer.cluster.proofs.ProofRequest;
import xyz.autonomys.farmer.cluster.proofs.ProvableRecord;
import xyz.autonomys.farmer.cluster.proofs.TestProver;

/** A proof-server that is asked over the real data plane. */
class ProofServerTest {
    private static final long PATIENCE_SECONDS = 300;
    private static final Duration LONG = Duration.ofSeconds(PATIENCE_SECONDS);

    @RegisterExtension
    static final TestNats NATS = new TestNats();

    private static int clusters;

    /** What the clock of the server's waits is ahead of the system's. */
    private final AtomicLong ahead = new AtomicLong();

    private String cluster;
    private ClusterMember asker;

    @BeforeEach
    void join() throws Exception {
        cluster = "proving" + clusters++;
        asker = ClusterMember.establish(
                TestController.options(NATS.url(), cluster, MemberRole.CONTROLLER), TestController.GENESIS);
    }

    @AfterEach
    void leave() {
        asker.close();
    }

    private ProofServerSettings settings() {
        return new ProofServerSettings(
                TestController.options(NATS.url(), cluster, MemberRole.PROOF_SERVER)
                        .withWaitClock(() -> System.nanoTime() + ahead.get()),
                1,
                2);
    }

    private Optional<Member> server() {
        return asker.membership().present(MemberRole.PROOF_SERVER).stream().findFirst();
    }

    private byte[] ask(Duration remaining, int sBucket) throws Exception {
        return ask(new ProofRequest(remaining, sBucket, ProvableRecord.record()).encode());
    }

    private byte[] ask(byte[] request) throws Exception {
        eventually("a proof-server", () -> server().isPresent());
        return asker.client()
                .ask(
                        ClusterMember.address(server().orElseThrow()).orElseThrow(),
                        new DataRequest.Proof(request),
                        RequestOptions.within(LONG),
                        ProofAnswer.BYTES);
    }

    private CompletableFuture<byte[]> askInTheBackground(Duration remaining, int sBucket) {
        CompletableFuture<byte[]> answer = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                answer.complete(ask(remaining, sBucket));
            } catch (Exception e) {
                answer.completeExceptionally(e);
            }
        });
        return answer;
    }

    @Test
    void itProvesWhatTheNetworkAccepts() throws Exception {
        try (ProofServer server = ProofServer.start(settings(), TestHistory.kzg())) {
            for (int n = 0; n < 2; n++) {
                int sBucket = ProvableRecord.sBucket(n);
                assertTrue(ProvableRecord.isRight(sBucket, ProofAnswer.decode(ask(LONG, sBucket))));
            }
            assertEquals(2, server.proofs());
        }
    }

    @Test
    void whatItDoesNotUnderstandOrCannotProveIsRefusedInWords() throws Exception {
        try (ProofServer server = ProofServer.start(settings(), TestHistory.kzg())) {
            byte[] newer = new ProofRequest(LONG, 0, ProvableRecord.record()).encode();
            newer[0] = 9;
            DataPlaneException version = assertThrows(DataPlaneException.class, () -> ask(newer));
            assertTrue(version.getMessage().contains("version 1, got 9"), version.getMessage());
            int without = 0;
            while (ProvableRecord.record().isEncoded(without)) {
                without++;
            }
            int bucket = without;
            DataPlaneException absent = assertThrows(DataPlaneException.class, () -> ask(LONG, bucket));
            assertTrue(absent.getMessage().contains("no encoded chunk in s-bucket " + bucket), absent.getMessage());
            assertEquals(0, server.proofs());
        }
    }

    @Test
    void workPastItsDeadlineIsDroppedAndTheNextIsProven() throws Exception {
        Semaphore stalls = new Semaphore(1);
        try (ProofServer server = ProofServer.start(settings(), List.of(new TestProver(cancelled -> {
            while (!cancelled.getAsBoolean() && stalls.availablePermits() > 0) {
                Thread.sleep(10);
            }
            return true;
        })))) {
            DataPlaneException late = assertThrows(
                    DataPlaneException.class, () -> ask(Duration.ofMillis(300), ProvableRecord.sBucket(0)));
            assertTrue(late.getMessage().contains("cancelled"), late.getMessage());
            eventually("its count", () -> server().flatMap(member -> member.detail("too late"))
                    .equals(Optional.of("1")));
            stalls.drainPermits();
            ask(LONG, ProvableRecord.sBucket(0));
            assertEquals(1, server.proofs());
        }
    }

    @Test
    void whoCannotBeServedInTimeIsRefusedAtOnceAndWhoCanWaits() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch mayEnd = new CountDownLatch(1);
        try (ProofServer server = ProofServer.start(settings(), List.of(new TestProver(_ -> {
            begun.countDown();
            mayEnd.await();
            return true;
        })))) {
            CompletableFuture<byte[]> first = askInTheBackground(LONG, ProvableRecord.sBucket(0));
            assertTrue(begun.await(PATIENCE_SECONDS, TimeUnit.SECONDS));
            DataPlaneException busy = assertThrows(
                    DataPlaneException.class, () -> ask(Duration.ofMillis(100), ProvableRecord.sBucket(1)));
            assertTrue(busy.getMessage().contains("all 1 provers are busy"), busy.getMessage());
            CompletableFuture<byte[]> second = askInTheBackground(LONG, ProvableRecord.sBucket(1));
            eventually("its waiting", () -> server().orElseThrow().load() == 2000);
            mayEnd.countDown();
            first.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            second.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            assertEquals(2, server.proofs());
        }
    }

    @Test
    void aProverThatDoesNotStopAtItsDeadlineIsAWait() throws Exception {
        CountDownLatch hangs = new CountDownLatch(1);
        try (ProofServer server = ProofServer.start(settings(), List.of(new TestProver(_ -> {
            hangs.await();
            return true;
        })))) {
            CompletableFuture<byte[]> answer = askInTheBackground(LONG, ProvableRecord.sBucket(0));
            eventually("the wait past its limit", () -> {
                ahead.addAndGet(TimeUnit.HOURS.toNanos(1));
                return server().orElseThrow()
                        .waitingFor()
                        .contains("proof-server waits for its prover (a prover under test)");
            });
            hangs.countDown();
            answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            eventually(
                    "nothing to wait for",
                    () -> server().orElseThrow().waitingFor().isEmpty());
            assertEquals(1, server.proofs());
        }
    }
}

package xyz.autonomys.farmer.plotclient;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static xyz.autonomys.farmer.cluster.control.Eventually.eventually;

import java.io.BufferedReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import xyz.autonomys.farmer.cluster.control.MemberRole;
import xyz.autonomys.farmer.cluster.control.TestNats;
import xyz.autonomys.farmer.cluster.member.ClusterMember;
import xyz.autonomys.farmer.cluster.pieces.TestController;
import xyz.autonomys.farmer.cluster.pieces.TestHistory;
import xyz.autonomys.farmer.cluster.proofs.ProvableRecord;
import xyz.autonomys.farmer.cluster.proofs.TestProver;
import xyz.autonomys.farmer.proofserver.ProofServer;
import xyz.autonomys.farmer.proofserver.ProofServerSettings;
import xyz.autonomys.farmer.sector.prove.ChunkProof;
import xyz.autonomys.farmer.sector.read.StoredRecord;
import xyz.autonomys.farmer.telemetry.OverdueWait;

/** Proofs from real proof-servers over a real NATS server and data plane, some of which stall, die or lie. */
class ProofClientTest {
    private static final long PATIENCE_SECONDS = 300;

    @RegisterExtension
    static final TestNats NATS = new TestNats();

    private static int clusters;

    private final List<ProofServer> servers = new ArrayList<>();
    /** What the clock of the client's waits is ahead of the system's. */
    private final AtomicLong ahead = new AtomicLong();

    private String cluster;
    private ClusterMember controller;
    private ClusterMember member;
    private ProofClient client;

    @BeforeEach
    void join() throws Exception {
        cluster = "proofs" + clusters++;
        controller = ClusterMember.establish(
                TestController.options(NATS.url(), cluster, MemberRole.CONTROLLER), TestController.GENESIS);
        member = ClusterMember.join(TestController.options(NATS.url(), cluster, MemberRole.PLOT_CLIENT)
                .withWaitClock(() -> System.nanoTime() + ahead.get()));
        client = new ProofClient(member, TestHistory.kzg());
    }

    @AfterEach
    void leave() {
        client.close();
        member.close();
        servers.forEach(ProofServer::close);
        controller.close();
    }

    private void serve(TestProver.Script script) throws Exception {
        servers.add(serve(NATS.url(), cluster, script));
    }

    private static ProofServer serve(String url, String cluster, TestProver.Script script) throws Exception {
        return ProofServer.start(
                new ProofServerSettings(TestController.options(url, cluster, MemberRole.PROOF_SERVER), 1, 1),
                List.of(new TestProver(script)));
    }

    private void awaitServers(int number) throws Exception {
        eventually(
                number + " proof-servers",
                () -> member.membership().present(MemberRole.PROOF_SERVER).size() == number);
    }

    private Optional<ChunkProof> prove(int n) throws InterruptedException {
        return client.prove(
                ProvableRecord.record(),
                ProvableRecord.sBucket(n),
                System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS));
    }

    private void assertProves(int n) throws InterruptedException {
        assertTrue(ProvableRecord.isRight(ProvableRecord.sBucket(n), prove(n).orElseThrow()));
    }

    @Test
    void whenTheFirstServerStallsTheSecondAnswersAndTheFirstIsGivenUp() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        CountDownLatch givenUp = new CountDownLatch(1);
        TestProver.Script firstStalls = cancelled -> {
            if (asked.getAndIncrement() == 0) {
                while (!cancelled.getAsBoolean()) {
                    Thread.sleep(10);
                }
                givenUp.countDown();
            }
            return true;
        };
        serve(firstStalls);
        serve(firstStalls);
        awaitServers(2);
        assertProves(0);
        assertTrue(givenUp.await(PATIENCE_SECONDS, TimeUnit.SECONDS), "the first one goes on for nobody");
        assertEquals(2, asked.get());
        assertEquals(1, client.hedged());
        assertEquals(0, client.local() + client.late() + client.wrong());
    }

    @Test
    void aSlowServerIsAWaitUntilItAnswers() throws Exception {
        CountDownLatch mayProve = new CountDownLatch(1);
        serve(_ -> {
            mayProve.await();
            return true;
        });
        awaitServers(1);
        CompletableFuture<Boolean> proven = CompletableFuture.supplyAsync(() -> {
            try {
                return prove(0).isPresent();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        eventually("an open wait", () -> member.waits().open() > 0);
        ahead.addAndGet(TimeUnit.MINUTES.toNanos(1));
        OverdueWait wait = member.waits().overdue().getFirst();
        assertEquals("a proof", wait.what());
        assertTrue(wait.describe().contains("from proof-server 127.0.0.1:"), wait.describe());
        mayProve.countDown();
        assertTrue(proven.get(PATIENCE_SECONDS, TimeUnit.SECONDS));
        eventually("the end of the wait", () -> member.waits().open() == 0);
    }

    /** A proof-server in a process of its own, which says when it is asked and never answers. */
    static final class Silent {
        private Silent() {}

        public static void main(String[] args) throws Exception {
            PrintStream out = new PrintStream(System.out, true, StandardCharsets.US_ASCII);
            serve(args[0], args[1], _ -> {
                out.println("asked");
                new CountDownLatch(1).await();
                return true;
            });
            out.println("serving");
            new CountDownLatch(1).await();
        }
    }

    @Test
    void whenAServerIsKilledInTheMiddleTheOtherAnswers() throws Exception {
        Process silent = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-Xmx1g",
                        "--add-modules",
                        "jdk.incubator.vector",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Silent.class.getName(),
                        NATS.url(),
                        cluster)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (BufferedReader lines = silent.inputReader(StandardCharsets.US_ASCII)) {
            awaitLine(lines, "serving");
            CountDownLatch killed = new CountDownLatch(1);
            serve(_ -> {
                killed.await();
                return true;
            });
            awaitServers(2);
            Thread killer = Thread.ofPlatform().start(() -> {
                awaitLine(lines, "asked");
                silent.destroyForcibly().onExit().join();
                killed.countDown();
            });
            assertProves(0);
            killer.join();
            assertFalse(silent.isAlive());
            assertProves(1);
            assertProves(2);
            assertEquals(
                    0, client.local() + client.late(), "the dead one costs no proof while it still counts as there");
        } finally {
            silent.destroyForcibly();
        }
    }

    private static void awaitLine(BufferedReader lines, String wanted) {
        assertTrue(lines.lines().anyMatch(wanted::equals), "the other process ended before it said: " + wanted);
    }

    @Test
    void aWrongProofIsRefusedAndCounted() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        TestProver.Script firstLies = _ -> asked.getAndIncrement() > 0;
        serve(firstLies);
        serve(firstLies);
        awaitServers(2);
        assertProves(0);
        assertEquals(1, client.wrong());
        assertEquals(0, client.local() + client.late());
    }

    @Test
    void whenEveryServerLiesThisProcessProves() throws Exception {
        serve(_ -> false);
        serve(_ -> false);
        awaitServers(2);
        assertProves(0);
        assertEquals(2, client.wrong());
        assertEquals(1, client.local());
    }

    @Test
    void whatNobodyProvesInTimeIsDropped() throws Exception {
        CountDownLatch dropped = new CountDownLatch(1);
        serve(cancelled -> {
            while (!cancelled.getAsBoolean()) {
                Thread.sleep(10);
            }
            dropped.countDown();
            return true;
        });
        awaitServers(1);
        // Chunks that are no scalars, so that this process cannot prove it either.
        StoredRecord whole = ProvableRecord.record();
        byte[] chunks = whole.chunks().clone();
        Arrays.fill(chunks, (byte) -1);
        StoredRecord damaged = new StoredRecord(
                whole.sectorId(),
                whole.pieceOffset(),
                whole.encodedSBuckets(),
                chunks,
                whole.commitment(),
                whole.witness(),
                whole.pieceChecksum());
        Optional<ChunkProof> proof =
                client.prove(damaged, ProvableRecord.sBucket(0), System.nanoTime() + TimeUnit.SECONDS.toNanos(4));
        assertTrue(proof.isEmpty());
        assertEquals(1, client.late());
        assertTrue(dropped.await(PATIENCE_SECONDS, TimeUnit.SECONDS), "the server drops it");
        eventually("the server's count", () -> member.membership().present(MemberRole.PROOF_SERVER).stream()
                .anyMatch(server -> server.detail("too late").equals(Optional.of("1"))));
        assertEquals(0, servers.getFirst().proofs());
    }
}

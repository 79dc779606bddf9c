package xyz.autonomys.farmer.cluster.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import xyz.autonomys.farmer.primitives.ProtocolSizes;
import xyz.autonomys.farmer.primitives.hash.Blake3;

class DataPlaneTest {
    private static final Duration SHORT = Duration.ofMillis(200);

    private TestCluster cluster;

    @BeforeEach
    void start() throws IOException {
        cluster = new TestCluster();
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    private static byte[] piece(long index) {
        return TestCluster.bytes(index, ProtocolSizes.PIECE_BYTES);
    }

    private void servePieces() {
        cluster.server.register(DataRequest.Pieces.class, (request, answer) -> {
            for (int i = request.indices().length - 1; i >= 0; i--) {
                long index = request.indices()[i];
                if (index % 3 == 0) {
                    answer.missing(index);
                } else {
                    byte[] bytes = piece(index);
                    answer.item(index, bytes, index % 5 == 0 ? Blake3.hash(new byte[1]) : Blake3.hash(bytes));
                }
            }
        });
    }

    private Map<Long, PieceAnswer> fetch(long... indices) throws IOException, InterruptedException {
        Map<Long, PieceAnswer> answers = new HashMap<>();
        cluster.client.pieces(
                cluster.address(),
                new DataRequest.Pieces(ItemType.PIECE, false, indices),
                cluster.client.defaultOptions(),
                answer -> answers.put(answer.index(), answer));
        return answers;
    }

    @Test
    void piecesComeInAnyOrderAndMissesAndDamageAreAnswers() throws Exception {
        servePieces();
        Map<Long, PieceAnswer> answers = fetch(1, 2, 3, 4, 5);
        assertEquals(5, answers.size());
        for (long good : new long[] {1, 2, 4}) {
            assertArrayEquals(
                    piece(good),
                    assertInstanceOf(PieceAnswer.Found.class, answers.get(good))
                            .piece()
                            .array());
        }
        assertInstanceOf(PieceAnswer.Missing.class, answers.get(3L));
        assertInstanceOf(PieceAnswer.Damaged.class, answers.get(5L));
        PeerHealth.Snapshot health =
                cluster.client.peerHealth().get(cluster.address().toString());
        assertEquals(1, health.failures().get(FailureKind.CHECKSUM));
        assertTrue(health.score() < 1);
    }

    @Test
    void manyRequestsShareTheConnections() throws Exception {
        servePieces();
        List<Future<Map<Long, PieceAnswer>>> running = new ArrayList<>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 8; i++) {
                long first = 100 + 7L * i;
                running.add(
                        threads.submit((Callable<Map<Long, PieceAnswer>>) () -> fetch(first, first + 1, first + 2)));
            }
            for (Future<Map<Long, PieceAnswer>> answers : running) {
                assertEquals(3, answers.get(60, TimeUnit.SECONDS).size());
            }
        }
        assertTrue(cluster.server.connectionCount() <= 2);
    }

    @Test
    void aRequestLongerThanAFrameArrivesWhole() throws Exception {
        byte[] body = TestCluster.bytes(7, 1_100_000);
        byte[] reply = cluster.client.ask(
                cluster.address(), new DataRequest.Echo(body), RequestOptions.within(TestCluster.PATIENT), 2 << 20);
        assertArrayEquals(body, reply);
    }

    @Test
    void aProofRequestGetsItsSmallReply() throws Exception {
        cluster.server.register(DataRequest.Proof.class, (request, answer) -> {
            byte[] reply = Blake3.hash(request.body()).toBytes();
            answer.item(0, reply, Blake3.hash(reply));
        });
        byte[] body = TestCluster.bytes(8, 1_100_000);
        byte[] reply = cluster.client.ask(
                cluster.address(), new DataRequest.Proof(body), RequestOptions.within(TestCluster.PATIENT), 1024);
        assertArrayEquals(Blake3.hash(body).toBytes(), reply);
    }

    @Test
    void healthIsTextAndUnservedKindsAreNamed() throws Exception {
        byte[] health =
                cluster.client.ask(cluster.address(), new DataRequest.Health(), cluster.client.defaultOptions(), 4096);
        assertTrue(new String(health, StandardCharsets.UTF_8).startsWith("ok; "));
        DataPlaneException refusal = assertThrows(DataPlaneException.class, () -> fetch(1));
        assertEquals(FailureKind.NOT_SERVED, refusal.kind());
    }

    /** As many times as there are places for requests. */
    @Test
    void aHandlerThatDiesLeavesItsPlace() throws Exception {
        cluster.server.register(DataRequest.Proof.class, (_, _) -> {
            throw new StackOverflowError("too deep");
        });
        for (int i = 0; i < DataServerSettings.onPort(0).maxRequests(); i++) {
            DataPlaneException died = assertThrows(
                    DataPlaneException.class,
                    () -> cluster.client.ask(
                            cluster.address(),
                            new DataRequest.Proof(new byte[1]),
                            RequestOptions.within(TestCluster.PATIENT),
                            1024));
            assertEquals(FailureKind.REMOTE, died.kind());
            assertTrue(died.getMessage().contains("too deep"), died.getMessage());
        }
        servePieces();
        assertEquals(1, fetch(1).size());
    }

    @Test
    void aFailingHandlerSaysWhy() {
        cluster.server.register(DataRequest.Pieces.class, (_, _) -> {
            throw new IOException("the disk is on fire");
        });
        DataPlaneException failure = assertThrows(DataPlaneException.class, () -> fetch(1));
        assertEquals(FailureKind.REMOTE, failure.kind());
        assertTrue(failure.getMessage().contains("the disk is on fire"));
    }

    @Test
    void aPeerThatDoesNotBeginOrStandsStillIsLeft() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        cluster.server.register(DataRequest.Pieces.class, (request, answer) -> {
            if (request.indices()[0] == 2) {
                answer.missing(2);
            }
            over.await(30, TimeUnit.SECONDS);
        });
        for (long index : new long[] {1, 2}) {
            DataPlaneException failure = assertThrows(
                    DataPlaneException.class,
                    () -> cluster.client.pieces(
                            cluster.address(),
                            new DataRequest.Pieces(ItemType.PIECE, false, index),
                            new RequestOptions(SHORT, SHORT, TestCluster.PATIENT),
                            _ -> {}));
            assertEquals(index == 1 ? FailureKind.FIRST_BYTE : FailureKind.STALLED, failure.kind());
        }
        over.countDown();
    }

    @Test
    void aCallerThatGivesUpStopsTheHandler() throws Exception {
        CountDownLatch stopped = new CountDownLatch(1);
        cluster.server.register(DataRequest.Pieces.class, (_, answer) -> {
            byte[] bytes = piece(1);
            try {
                answer.item(1, bytes, Blake3.hash(bytes));
                while (!answer.isCancelled()) {
                    Thread.sleep(5);
                }
            } finally {
                stopped.countDown();
            }
        });
        assertThrows(
                IllegalStateException.class,
                () -> cluster.client.pieces(
                        cluster.address(),
                        new DataRequest.Pieces(ItemType.PIECE, false, 1),
                        cluster.client.defaultOptions(),
                        _ -> {
                            throw new IllegalStateException("enough");
                        }));
        assertTrue(stopped.await(20, TimeUnit.SECONDS));
    }

    @Test
    void aFullServerIsBusyForNormalRequestsAndKeepsRoomForUrgentOnes() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        CountDownLatch running = new CountDownLatch(12);
        cluster.server.register(DataRequest.Pieces.class, (request, answer) -> {
            running.countDown();
            if (!request.highPriority()) {
                over.await(30, TimeUnit.SECONDS);
            }
            answer.missing(request.indices()[0]);
        });
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Map<Long, PieceAnswer>>> waiting = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                waiting.add(threads.submit(() -> fetch(1)));
            }
            assertTrue(running.await(20, TimeUnit.SECONDS));
            DataPlaneException refusal = assertThrows(DataPlaneException.class, () -> fetch(1));
            assertEquals(FailureKind.BUSY, refusal.kind());
            AtomicBoolean answered = new AtomicBoolean();
            cluster.client.pieces(
                    cluster.address(),
                    new DataRequest.Pieces(ItemType.PIECE, true, 9),
                    cluster.client.defaultOptions(),
                    _ -> answered.set(true));
            assertTrue(answered.get());
            over.countDown();
            for (Future<Map<Long, PieceAnswer>> answer : waiting) {
                assertEquals(1, answer.get(20, TimeUnit.SECONDS).size());
            }
        }
    }

    @Test
    void aClosedServerFailsCallsWithADisconnectAndIsReachedAgainWhenItReturns() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        cluster.server.register(DataRequest.Pieces.class, (_, answer) -> {
            running.countDown();
            while (!answer.isCancelled()) {
                Thread.sleep(5);
            }
        });
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<DataPlaneException> failure =
                    threads.submit(() -> assertThrows(DataPlaneException.class, () -> fetch(1)));
            assertTrue(running.await(20, TimeUnit.SECONDS));
            cluster.server.close();
            assertEquals(
                    FailureKind.DISCONNECTED, failure.get(20, TimeUnit.SECONDS).kind());
        }
        assertEquals(
                FailureKind.CONNECT,
                assertThrows(DataPlaneException.class, () -> fetch(1)).kind());
    }

    @Test
    void theBudgetsAddUp() {
        assertEquals(
                cluster.server.memoryBudget().parts().stream()
                        .mapToLong(MemoryBudget.Part::bytes)
                        .sum(),
                cluster.server.memoryBudget().totalBytes());
        assertTrue(cluster.client.memoryBudget().toString().startsWith("data client: at most "));
    }
}

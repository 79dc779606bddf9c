package xyz.autonomys.farmer.node;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import xyz.autonomys.farmer.node.server.RpcException;
import xyz.autonomys.farmer.node.server.Subscriber;
import xyz.autonomys.farmer.primitives.ChunkWitness;
import xyz.autonomys.farmer.primitives.GenesisHash;
import xyz.autonomys.farmer.primitives.Piece;
import xyz.autonomys.farmer.primitives.PosProof;
import xyz.autonomys.farmer.primitives.ProtocolSizes;
import xyz.autonomys.farmer.primitives.PublicKey;
import xyz.autonomys.farmer.primitives.RecordCommitment;
import xyz.autonomys.farmer.primitives.RecordWitness;
import xyz.autonomys.farmer.primitives.RewardHash;
import xyz.autonomys.farmer.primitives.RewardSignature;
import xyz.autonomys.farmer.primitives.RewardSignatureResponse;
import xyz.autonomys.farmer.primitives.RewardSigningInfo;
import xyz.autonomys.farmer.primitives.ScalarBytes;
import xyz.autonomys.farmer.primitives.SegmentHeader;
import xyz.autonomys.farmer.primitives.SlotInfo;
import xyz.autonomys.farmer.primitives.Solution;
import xyz.autonomys.farmer.primitives.SolutionResponse;

/** What a client delivers, asks for, acknowledges and submits when all is well. */
class WebSocketNodeClientTest {
    private final Recorder recorder = new Recorder();
    private TestNode node;
    private NodeClient client;

    @BeforeEach
    void start() throws Exception {
        node = new TestNode();
    }

    @AfterEach
    void stop() {
        if (client != null) {
            client.close();
        }
        node.close();
    }

    private void connect(NodeClientConfig config) throws InterruptedException {
        client = WebSocketNodeClient.start(config);
        client.listen(recorder);
        recorder.await(NodeEvent.Connected.class);
    }

    private void connect() throws InterruptedException {
        connect(config(node.url()));
    }

    /** Watchdogs that sleep through a test, and a client that hurries otherwise. */
    static NodeClientConfig config(URI url) {
        return new NodeClientConfig(
                url,
                Optional.of(GenesisHash.of(new byte[32])),
                Duration.ofSeconds(3),
                Duration.ofSeconds(20),
                Duration.ofSeconds(20),
                Duration.ofSeconds(4),
                Duration.ofSeconds(60),
                Duration.ofMillis(300),
                Duration.ofMillis(300),
                Duration.ofSeconds(60),
                Duration.ofSeconds(60),
                Duration.ofSeconds(60),
                Duration.ofMillis(50),
                Duration.ofMillis(200),
                Duration.ofSeconds(60),
                64);
    }

    static SolutionResponse solution() {
        return new SolutionResponse(
                1,
                new Solution(
                        PublicKey.of(new byte[32]),
                        PublicKey.of(new byte[32]),
                        0,
                        1,
                        0,
                        RecordCommitment.of(new byte[48]),
                        RecordWitness.of(new byte[48]),
                        ScalarBytes.of(new byte[32]),
                        ChunkWitness.of(new byte[48]),
                        PosProof.of(new byte[160])));
    }

    @Test
    void deliversEachSlotOnceAndTellsOfGaps() throws Exception {
        connect();
        for (long number : new long[] {10, 11, 11, 9, 14}) {
            node.slot(number);
        }
        recorder.awaitSlot(10);
        recorder.awaitSlot(11);
        recorder.awaitSlot(14);
        assertEquals(
                new NodeEvent.SlotsMissed(12, 13, NodeEvent.SlotGap.SKIPPED_BY_NODE),
                recorder.await(NodeEvent.SlotsMissed.class));
        assertEquals(2, client.health().slotsMissed());
        assertEquals(3, client.health().slotsDelivered());
        assertEquals(Optional.of(14L), client.health().lastSlot());
    }

    @Test
    void handsOverSigningRequestsAndSignatures() throws Exception {
        connect();
        RewardSigningInfo request = new RewardSigningInfo(RewardHash.of(new byte[32]), PublicKey.of(new byte[32]));
        // No deduplication: the node may ask twice, and both must be answered.
        node.askToSign(request);
        node.askToSign(request);
        assertEquals(request, recorder.signing.poll(60, TimeUnit.SECONDS));
        assertEquals(request, recorder.signing.poll(60, TimeUnit.SECONDS));
        RewardSignatureResponse signature =
                new RewardSignatureResponse(request.hash(), RewardSignature.of(new byte[64]));
        assertInstanceOf(SubmissionOutcome.Accepted.class, client.submitRewardSignature(signature));
        assertEquals(NodeJson.write(signature), node.signatures.poll(60, TimeUnit.SECONDS));
    }

    @Test
    void acknowledgesEachSegmentOnceAndFillsHolesBeforeIt() throws Exception {
        connect();
        node.archive();
        recorder.awaitSegment("0 known");
        recorder.awaitSegment("1 live");
        assertEquals(1, node.acknowledged.poll(60, TimeUnit.SECONDS));
        node.archiveSilently();
        node.archive();
        recorder.awaitSegment("2 known");
        recorder.awaitSegment("3 live");
        assertEquals(3, node.acknowledged.poll(60, TimeUnit.SECONDS));
        Recorder.eventually("two confirmed", () -> client.health().acknowledgements() == 2);
        // Announced again: acknowledged again, but not told again.
        node.announce(node.headers.get(3));
        assertEquals(3, node.acknowledged.poll(60, TimeUnit.SECONDS));
        node.archive();
        recorder.awaitSegment("4 live");
        assertEquals(4, node.acknowledged.poll(60, TimeUnit.SECONDS));
        assertEquals(0, node.owing());
        assertEquals(0, node.acknowledgementsTooMany.get());
        assertEquals(node.headers, client.knownSegmentHeaders());
        Recorder.eventually("four confirmed", () -> client.health().acknowledgements() == 4);
    }

    @Test
    void aSegmentIsAcknowledgedAfterAllListenersHaveItsPieces() throws Exception {
        connect();
        CountDownLatch harvested = new CountDownLatch(1);
        BlockingQueue<Optional<Piece>> got = new LinkedBlockingQueue<>();
        client.listen(new NodeListener() {
            @Override
            public void onSegment(SegmentHeader header, boolean live) {
                try {
                    got.add(client.piece(header.segmentIndex() * 256));
                    harvested.await();
                } catch (NodeException | InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }
        });
        byte[] bytes = new byte[ProtocolSizes.PIECE_BYTES];
        new Random(1).nextBytes(bytes);
        node.pieces.put(256L, Piece.wrap(bytes));
        node.archive();
        recorder.awaitSegment("0 known");
        recorder.awaitSegment("1 live");
        assertEquals(Optional.of(Piece.wrap(bytes)), got.poll(60, TimeUnit.SECONDS));
        assertEquals(1, node.owing());
        // The same announcement on the same subscription asks for no second acknowledgement.
        node.announce(node.headers.get(1));
        assertNull(node.acknowledged.poll(300, TimeUnit.MILLISECONDS));
        harvested.countDown();
        assertEquals(1, node.acknowledged.poll(60, TimeUnit.SECONDS));
        assertNull(node.acknowledged.poll(300, TimeUnit.MILLISECONDS));
        assertEquals(0, node.owing());
        assertEquals(0, node.acknowledgementsTooMany.get());
    }

    @Test
    void aSegmentSeenBeforeItsAnnouncementIsToldAgainAsLive() throws Exception {
        connect();
        recorder.awaitSegment("0 known");
        // The header is in the node's store before subscribers hear of it.
        SegmentHeader first = node.archiveSilently();
        node.dropConnections();
        recorder.await(NodeEvent.Connected.class);
        recorder.awaitSegment("1 known");
        node.announce(first);
        recorder.awaitSegment("1 live");
        assertEquals(1, node.acknowledged.poll(60, TimeUnit.SECONDS));
    }

    @Test
    void anAcknowledgementThatFailedIsRepeated() throws Exception {
        connect();
        node.acknowledgementsToFail.set(3);
        node.archive();
        assertEquals(1, node.acknowledged.poll(60, TimeUnit.SECONDS));
        assertEquals(0, node.owing());
    }

    @Test
    void thousandsOfHeadersComeInOrderWithAndWithoutBatches() throws Exception {
        for (int i = 0; i < 2500; i++) {
            node.archiveSilently();
        }
        connect();
        for (int i = 0; i <= 2500; i++) {
            recorder.awaitSegment(i + " known");
        }
        assertEquals(2501, client.knownSegmentHeaders().size());
        List<Long> some = LongStream.rangeClosed(0, 3000).boxed().toList();
        List<Optional<SegmentHeader>> found = client.segmentHeaders(some);
        for (int i = 0; i < some.size(); i++) {
            assertEquals(i < 2501 ? Optional.of(node.headers.get(i)) : Optional.empty(), found.get(i));
        }
        for (int batch : new int[] {0, 2}) {
            node.kill();
            node.maxBatch = batch;
            node.start();
            recorder.await(NodeEvent.Connected.class);
            assertEquals(found, client.segmentHeaders(some), "at most " + batch + " calls in a batch");
        }
        assertEquals(node.headers.subList(2499, 2501), client.lastSegmentHeaders(2));
    }

    @Test
    void tellsWhatIsCertainAboutASubmission() throws Exception {
        connect();
        assertInstanceOf(SubmissionOutcome.Accepted.class, client.submitSolution(solution()));
        node.refusal = new RpcException(9001, "Solution was ignored");
        SubmissionOutcome.Refused refused =
                assertInstanceOf(SubmissionOutcome.Refused.class, client.submitSolution(solution()));
        assertEquals(9001, refused.code());
        assertTrue(refused.message().contains("Solution was ignored"), refused.message());
        assertTrue(refused.certainlyNotQueued());
        node.refusal = null;
        node.mute.add("subspace_submitSolutionResponse");
        SubmissionOutcome unknown = client.submitSolution(solution());
        assertInstanceOf(SubmissionOutcome.Unknown.class, unknown);
        assertTrue(!unknown.certainlyNotQueued());
        assertEquals(3, node.solutions.get());
        // The connection dies while the answer is awaited: nobody knows, and nothing is sent twice.
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<SubmissionOutcome> outcome = executor.submit(() -> client.submitSolution(solution()));
            Recorder.eventually("the solution is there", () -> node.solutions.get() == 4);
            node.kill();
            assertInstanceOf(SubmissionOutcome.Unknown.class, outcome.get(60, TimeUnit.SECONDS));
        }
        recorder.await(NodeEvent.Disconnected.class);
        assertInstanceOf(SubmissionOutcome.NotSent.class, client.submitSolution(solution()));
        assertEquals(4, node.solutions.get());
    }

    @Test
    void callsHaveTimeLimitsAndSayWhatWasAsked() throws Exception {
        NodeClientConfig base = config(node.url());
        connect(new NodeClientConfig(
                base.url(),
                base.genesisHash(),
                base.connectTimeout(),
                base.callTimeout(),
                Duration.ofMillis(300),
                base.submissionTimeout(),
                base.slotSilence(),
                base.chainRestartAfter(),
                base.appInfoInterval(),
                base.headerCheckInterval(),
                base.subscriptionCheckInterval(),
                base.pingInterval(),
                base.firstBackOff(),
                base.maxBackOff(),
                base.acknowledgeWithin(),
                base.listenerQueue()));
        node.mute.add("subspace_piece");
        NodeException e = assertThrows(NodeException.class, () -> client.piece(5));
        assertEquals(NodeException.Kind.NO_ANSWER, e.kind());
        assertTrue(e.getMessage().contains("subspace_piece") && e.getMessage().contains("300 ms"), e.getMessage());
        NodeException refused = assertThrows(NodeException.class, () -> client.lastSegmentHeaders(-1));
        assertTrue(refused.getMessage().contains("subspace_lastSegmentHeaders"), refused.getMessage());
    }

    @Test
    void fetchesBlocksAndChecksThatTheyAreTheOnesAskedFor() throws Exception {
        connect();
        List<SignedBlock> blocks = new ArrayList<>();
        for (int number = 0; number < 2; number++) {
            blocks.add(new SignedBlock(
                    new BlockHeader(
                            BlockHash.of(new byte[32]),
                            number,
                            TrieRoot.of(new byte[32]),
                            TrieRoot.of(new byte[32]),
                            List.of()),
                    List.of(),
                    List.of()));
        }
        BlockHash hash = blocks.get(1).header().hash();
        node.blocks.put(1L, blocks.get(1));
        assertEquals(Optional.of(hash), client.blockHash(1));
        assertEquals(Optional.empty(), client.blockHash(2));
        assertEquals(Optional.empty(), client.block(hash));
        node.served.put(hash.toHex(), blocks.get(1));
        assertArrayEquals(
                blocks.get(1).encode(), client.block(hash).orElseThrow().encode());
        node.served.put(hash.toHex(), blocks.get(0));
        NodeException e = assertThrows(NodeException.class, () -> client.block(hash));
        assertEquals(NodeException.Kind.MALFORMED, e.kind());
        assertTrue(e.getMessage().contains("asked for block " + hash), e.getMessage());
    }

    @Test
    void slowListenersLearnExactlyWhatTheyMissed() throws Exception {
        connect();
        List<Long> delivered = new ArrayList<>();
        List<NodeEvent.SlotsMissed> missed = new ArrayList<>();
        CountDownLatch go = new CountDownLatch(1);
        CountDownLatch last = new CountDownLatch(1);
        client.listen(new NodeListener() {
            @Override
            public void onSlot(SlotInfo slot, long arrivedAt) {
                delivered.add(slot.slotNumber());
                try {
                    go.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                if (slot.slotNumber() == 202) {
                    last.countDown();
                }
            }

            @Override
            public void onEvent(NodeEvent event) {
                if (event instanceof NodeEvent.SlotsMissed gap) {
                    missed.add(gap);
                }
            }
        });
        for (long number = 1; number <= 200; number++) {
            if (number % 50 != 0) {
                node.slot(number);
                recorder.awaitSlot(number);
            }
        }
        go.countDown();
        Recorder.eventually("the backlog is worked off", () -> delivered.size() >= 60);
        node.slot(201);
        node.slot(202);
        assertTrue(last.await(60, TimeUnit.SECONDS));
        // Together they are all slots, each once.
        List<Long> all = new ArrayList<>(delivered);
        missed.forEach(
                gap -> LongStream.rangeClosed(gap.firstSlot(), gap.lastSlot()).forEach(all::add));
        all.sort(null);
        assertEquals(LongStream.rangeClosed(1, 202).boxed().toList(), all);
        assertTrue(
                missed.stream()
                        .anyMatch(gap -> gap.cause() == NodeEvent.SlotGap.LISTENER_TOO_SLOW
                                && gap.lastSlot() - gap.firstSlot() > 50),
                missed.toString());
    }

    @Test
    void oneListenerThatFailsOrHangsHarmsNoOther() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        connect();
        client.listen(new NodeListener() {
            @Override
            public void onSlot(SlotInfo slot, long arrivedAt) {
                throw new IllegalStateException("on purpose");
            }

            @Override
            public void onRewardSigning(RewardSigningInfo request, long arrivedAt) {
                try {
                    never.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        });
        RewardSigningInfo request = new RewardSigningInfo(RewardHash.of(new byte[32]), PublicKey.of(new byte[32]));
        for (long number = 1; number <= 100; number++) {
            node.slot(number);
            node.askToSign(request);
            recorder.awaitSlot(number);
            assertEquals(request, recorder.signing.poll(60, TimeUnit.SECONDS));
        }
        never.countDown();
    }

    @Test
    void aClosedClientLeavesNothingBehind() throws Exception {
        connect();
        client.close();
        assertEquals(NodeState.CLOSED, client.health().state());
        assertInstanceOf(SubmissionOutcome.NotSent.class, client.submitSolution(solution()));
        Recorder.eventually("subscriptions end", () -> List.of(node.slots, node.signing, node.segments).stream()
                .allMatch(List<Subscriber>::isEmpty));
    }
}

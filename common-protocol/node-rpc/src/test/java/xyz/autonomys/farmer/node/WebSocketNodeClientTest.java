package xyz.autonomys.farmer.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import xyz.autonomys.farmer.node.server.JsonRpcServer;
import xyz.autonomys.farmer.node.server.JsonRpcServerSettings;
import xyz.autonomys.farmer.node.server.RpcException;
import xyz.autonomys.farmer.node.server.Subscriber;
import xyz.autonomys.farmer.primitives.Blake3Hash;
import xyz.autonomys.farmer.primitives.ChunkWitness;
import xyz.autonomys.farmer.primitives.FarmerProtocolInfo;
import xyz.autonomys.farmer.primitives.GenesisHash;
import xyz.autonomys.farmer.primitives.LastArchivedBlock;
import xyz.autonomys.farmer.primitives.PosProof;
import xyz.autonomys.farmer.primitives.PublicKey;
import xyz.autonomys.farmer.primitives.RecordCommitment;
import xyz.autonomys.farmer.primitives.RecordWitness;
import xyz.autonomys.farmer.primitives.RewardHash;
import xyz.autonomys.farmer.primitives.RewardSigningInfo;
import xyz.autonomys.farmer.primitives.ScalarBytes;
import xyz.autonomys.farmer.primitives.SegmentCommitment;
import xyz.autonomys.farmer.primitives.SegmentHeader;
import xyz.autonomys.farmer.primitives.SlotInfo;
import xyz.autonomys.farmer.primitives.Solution;
import xyz.autonomys.farmer.primitives.SolutionResponse;
import xyz.autonomys.farmer.primitives.scale.SegmentHeaders;

/** The client against a server that behaves like a node and can be killed, silenced and contradicted. */
class WebSocketNodeClientTest {
    private static final Blake3Hash CHALLENGE = Blake3Hash.of(new byte[32]);

    private final List<SegmentHeader> headers = new CopyOnWriteArrayList<>();
    private final List<Subscriber> slots = new CopyOnWriteArrayList<>();
    private final List<Subscriber> signing = new CopyOnWriteArrayList<>();
    private final List<Subscriber> segments = new CopyOnWriteArrayList<>();
    private final BlockingQueue<Long> acknowledged = new LinkedBlockingQueue<>();
    private final AtomicInteger solutions = new AtomicInteger();
    private final Recorder recorder = new Recorder();
    private GenesisHash genesis = GenesisHash.of(new byte[32]);
    private volatile RpcException refusal;
    private volatile boolean hang;
    private JsonRpcServer server;
    private NodeClient client;

    /** Collects what the client announces. */
    private static final class Recorder implements NodeListener {
        private final BlockingQueue<Long> slots = new LinkedBlockingQueue<>();
        private final BlockingQueue<NodeEvent> events = new LinkedBlockingQueue<>();
        private final BlockingQueue<RewardSigningInfo> signing = new LinkedBlockingQueue<>();
        private final BlockingQueue<String> segments = new LinkedBlockingQueue<>();

        @Override
        public void onSlot(SlotInfo slot, long arrivedAt) {
            slots.add(slot.slotNumber());
        }

        @Override
        public void onRewardSigning(RewardSigningInfo request, long arrivedAt) {
            signing.add(request);
        }

        @Override
        public void onSegment(SegmentHeader header, boolean live) {
            segments.add(header.segmentIndex() + (live ? " live" : " known"));
        }

        @Override
        public void onEvent(NodeEvent event) {
            events.add(event);
        }

        <T extends NodeEvent> T await(Class<T> kind) throws InterruptedException {
            for (NodeEvent event = events.poll(10, TimeUnit.SECONDS);
                    event != null;
                    event = events.poll(10, TimeUnit.SECONDS)) {
                if (kind.isInstance(event)) {
                    return kind.cast(event);
                }
            }
            throw new AssertionError("no " + kind.getSimpleName() + " came");
        }
    }

    @BeforeEach
    void start() throws Exception {
        headers.add(header(null));
        server = server(0);
        client = WebSocketNodeClient.start(config());
        client.listen(recorder);
        recorder.await(NodeEvent.Connected.class);
        assertEquals("0 known", recorder.segments.poll(5, TimeUnit.SECONDS));
    }

    @AfterEach
    void stop() {
        client.close();
        server.close();
    }

    private NodeClientConfig config() {
        NodeClientConfig base = NodeClientConfig.of(URI.create("ws://127.0.0.1:" + server.port()));
        return new NodeClientConfig(
                base.url(),
                Optional.of(genesis),
                base.connectTimeout(),
                Duration.ofSeconds(5),
                Duration.ofSeconds(5),
                Duration.ofMillis(500),
                Duration.ofSeconds(3),
                Duration.ofMillis(300),
                Duration.ofMillis(200),
                Duration.ofSeconds(60),
                Duration.ofMillis(400),
                Duration.ofSeconds(1),
                Duration.ofMillis(50),
                Duration.ofMillis(200),
                Duration.ofSeconds(2),
                64);
    }

    private JsonRpcServer server(int port) throws Exception {
        return JsonRpcServer.builder(JsonRpcServerSettings.loopback(port))
                .method(
                        "subspace_getFarmerAppInfo",
                        call -> NodeJson.write(new FarmerAppInfo(
                                genesis,
                                List.of(),
                                false,
                                Duration.ofSeconds(4),
                                new FarmerProtocolInfo(headers.size(), 1000, 5, 1, 10, 4))))
                .method("subspace_segmentHeaders", call -> {
                    ArrayNode answer = JsonNodeFactory.instance.arrayNode();
                    for (JsonNode index : call.param(0, "segmentIndexes")) {
                        answer.add(
                                index.asLong() < headers.size()
                                        ? NodeJson.write(headers.get(index.asInt()))
                                        : NullNode.getInstance());
                    }
                    return answer;
                })
                .unsafeMethod("subspace_submitSolutionResponse", call -> {
                    solutions.incrementAndGet();
                    if (hang) {
                        Thread.sleep(5000);
                    }
                    if (refusal != null) {
                        throw refusal;
                    }
                    return NullNode.getInstance();
                })
                .unsafeMethod("subspace_acknowledgeArchivedSegmentHeader", call -> {
                    acknowledged.add(call.param(0, "segmentIndex").asLong());
                    return NullNode.getInstance();
                })
                .subscription(
                        "subspace_subscribeSlotInfo",
                        "subspace_unsubscribeSlotInfo",
                        "subspace_slot_info",
                        false,
                        slots::add)
                .subscription(
                        "subspace_subscribeRewardSigning",
                        "subspace_unsubscribeRewardSigning",
                        "subspace_reward_signing",
                        true,
                        signing::add)
                .subscription(
                        "subspace_subscribeArchivedSegmentHeader",
                        "subspace_unsubscribeArchivedSegmentHeader",
                        "subspace_archived_segment_header",
                        false,
                        segments::add)
                .start();
    }

    private static SegmentHeader header(SegmentHeader previous) {
        return new SegmentHeader(
                previous == null ? 0 : previous.segmentIndex() + 1,
                SegmentCommitment.of(new byte[48]),
                previous == null ? Blake3Hash.of(new byte[32]) : SegmentHeaders.hash(previous),
                new LastArchivedBlock(7, -1));
    }

    private void slot(long number) {
        slots.forEach(subscriber -> subscriber.send(NodeJson.write(new SlotInfo(number, CHALLENGE, 1, 10))));
    }

    private void archive(SegmentHeader header) {
        headers.add(header);
        segments.forEach(subscriber -> subscriber.send(NodeJson.write(header)));
    }

    private void awaitConnected() throws InterruptedException {
        recorder.await(NodeEvent.Connected.class);
    }

    @Test
    void deliversSlotsOnceAndTellsOfGaps() throws Exception {
        slot(10);
        slot(11);
        slot(11);
        slot(9);
        slot(14);
        assertEquals(10, recorder.slots.poll(5, TimeUnit.SECONDS));
        assertEquals(11, recorder.slots.poll(5, TimeUnit.SECONDS));
        assertEquals(14, recorder.slots.poll(5, TimeUnit.SECONDS));
        assertEquals(
                new NodeEvent.SlotsMissed(12, 13, NodeEvent.SlotGap.SKIPPED_BY_NODE),
                recorder.await(NodeEvent.SlotsMissed.class));
    }

    @Test
    void comesBackAfterTheNodeWasKilledAndFillsTheGaps() throws Exception {
        slot(1);
        assertEquals(1, recorder.slots.poll(5, TimeUnit.SECONDS));
        int port = server.port();
        server.close();
        recorder.await(NodeEvent.Disconnected.class);
        slots.clear();
        signing.clear();
        segments.clear();
        headers.add(header(headers.getLast()));
        headers.add(header(headers.getLast()));
        assertThrows(NodeException.class, () -> client.farmerAppInfo());
        assertInstanceOf(SubmissionOutcome.NotSent.class, client.submitSolution(solution()));
        server = server(port);
        awaitConnected();
        assertEquals("1 known", recorder.segments.poll(5, TimeUnit.SECONDS));
        assertEquals("2 known", recorder.segments.poll(5, TimeUnit.SECONDS));
        slot(5);
        assertEquals(5, recorder.slots.poll(5, TimeUnit.SECONDS));
        assertEquals(
                NodeEvent.SlotGap.CONNECTION_LOST,
                recorder.await(NodeEvent.SlotsMissed.class).cause());
        assertEquals(3, client.knownSegmentHeaders().size());
    }

    @Test
    void acknowledgesEachSegmentOnceAndFillsHolesBeforeIt() throws Exception {
        archive(header(headers.getLast()));
        assertEquals("1 live", recorder.segments.poll(5, TimeUnit.SECONDS));
        assertEquals(1, acknowledged.poll(5, TimeUnit.SECONDS));
        SegmentHeader second = header(headers.getLast());
        headers.add(second);
        archive(header(second));
        assertEquals("2 known", recorder.segments.poll(5, TimeUnit.SECONDS));
        assertEquals("3 live", recorder.segments.poll(5, TimeUnit.SECONDS));
        assertEquals(3, acknowledged.poll(5, TimeUnit.SECONDS));
        assertEquals(null, acknowledged.poll(300, TimeUnit.MILLISECONDS));
    }

    @Test
    void stopsAtAContradiction() throws Exception {
        SegmentHeader other = new SegmentHeader(
                0, SegmentCommitment.of(new byte[48]), Blake3Hash.of(new byte[32]), new LastArchivedBlock(8, -1));
        segments.forEach(subscriber -> subscriber.send(NodeJson.write(other)));
        NodeEvent.HeaderConflict conflict = recorder.await(NodeEvent.HeaderConflict.class);
        assertEquals(other, conflict.received());
        recorder.await(NodeEvent.Disconnected.class);
        assertEquals(NodeState.CONFLICT, client.health().state());
        assertInstanceOf(SubmissionOutcome.NotSent.class, client.submitSolution(solution()));
    }

    @Test
    void connectsAgainWhenSlotsAreSilent() throws Exception {
        slot(1);
        recorder.await(NodeEvent.SlotsSilent.class);
        awaitConnected();
        slot(2);
        assertEquals(1, recorder.slots.poll(5, TimeUnit.SECONDS));
        assertEquals(2, recorder.slots.poll(5, TimeUnit.SECONDS));
    }

    @Test
    void noticesQuietSubscriptionsThatDied() throws Exception {
        Thread heart = Thread.ofVirtual().start(() -> {
            try {
                for (long number = 1; ; number++) {
                    slot(number);
                    Thread.sleep(100);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        signing.forEach(Subscriber::end);
        RewardSigningInfo request = new RewardSigningInfo(RewardHash.of(new byte[32]), PublicKey.of(new byte[32]));
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (recorder.signing.isEmpty() && System.nanoTime() < deadline) {
            signing.forEach(subscriber -> subscriber.send(NodeJson.write(request)));
            Thread.sleep(50);
        }
        heart.interrupt();
        assertEquals(request, recorder.signing.poll());
    }

    @Test
    void refusesAnotherChain() throws Exception {
        genesis = GenesisHash.fromHex("ab".repeat(32));
        server.dropConnections();
        NodeEvent.WrongChain wrong = recorder.await(NodeEvent.WrongChain.class);
        assertEquals(genesis, wrong.found());
        assertTrue(client.health().stateText().contains("genesis hash"));
    }

    @Test
    void tellsWhatIsCertainAboutASubmission() throws Exception {
        assertInstanceOf(SubmissionOutcome.Accepted.class, client.submitSolution(solution()));
        refusal = new RpcException(9001, "Solution was ignored");
        SubmissionOutcome.Refused refused =
                assertInstanceOf(SubmissionOutcome.Refused.class, client.submitSolution(solution()));
        assertEquals(9001, refused.code());
        assertTrue(refused.certainlyNotQueued());
        hang = true;
        assertInstanceOf(SubmissionOutcome.Unknown.class, client.submitSolution(solution()));
        assertEquals(3, solutions.get());
    }

    @Test
    void slowListenersLearnWhatTheyMissed() throws Exception {
        List<Object> heard = new ArrayList<>();
        BlockingQueue<Boolean> go = new LinkedBlockingQueue<>();
        client.listen(new NodeListener() {
            @Override
            public void onSlot(SlotInfo slot, long arrivedAt) {
                heard.add(slot.slotNumber());
                try {
                    go.poll(10, TimeUnit.SECONDS);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }

            @Override
            public void onEvent(NodeEvent event) {
                heard.add(event);
            }
        });
        for (long number = 1; number <= 100; number++) {
            slot(number);
            assertEquals(number, recorder.slots.poll(5, TimeUnit.SECONDS));
        }
        for (int i = 0; i < 100; i++) {
            go.add(true);
        }
        Thread.sleep(300);
        slot(101);
        recorder.slots.poll(5, TimeUnit.SECONDS);
        Thread.sleep(300);
        assertEquals(101L, heard.getLast());
        assertTrue(
                heard.stream()
                        .anyMatch(entry -> entry instanceof NodeEvent.SlotsMissed(long first, long last, var cause)
                                && last == 100
                                && cause == NodeEvent.SlotGap.LISTENER_TOO_SLOW),
                heard.toString());
    }

    private static SolutionResponse solution() {
        byte[] zero = new byte[160];
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
                        PosProof.of(zero)));
    }
}

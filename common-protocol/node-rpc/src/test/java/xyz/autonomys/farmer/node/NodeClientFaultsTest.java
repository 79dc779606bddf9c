package xyz.autonomys.farmer.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.TextNode;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import xyz.autonomys.farmer.node.server.Subscriber;
import xyz.autonomys.farmer.primitives.Blake3Hash;
import xyz.autonomys.farmer.primitives.GenesisHash;
import xyz.autonomys.farmer.primitives.LastArchivedBlock;
import xyz.autonomys.farmer.primitives.PublicKey;
import xyz.autonomys.farmer.primitives.RewardHash;
import xyz.autonomys.farmer.primitives.RewardSigningInfo;
import xyz.autonomys.farmer.primitives.SegmentCommitment;
import xyz.autonomys.farmer.primitives.SegmentHeader;

/** Nodes that die, hang, lie, forget and come back: the client recovers from all of it and tells what was lost. */
class NodeClientFaultsTest {
    private static final RewardSigningInfo REQUEST =
            new RewardSigningInfo(RewardHash.of(new byte[32]), PublicKey.of(new byte[32]));

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

    private void start(NodeClientConfig config) {
        client = WebSocketNodeClient.start(config);
        client.listen(recorder);
    }

    private void connect() throws InterruptedException {
        start(WebSocketNodeClientTest.config(node.url()));
        recorder.await(NodeEvent.Connected.class);
    }

    /** A configuration with frequent pings. */
    private static NodeClientConfig pinging(NodeClientConfig base) {
        return new NodeClientConfig(
                base.url(),
                base.genesisHash(),
                base.connectTimeout(),
                base.callTimeout(),
                base.pieceTimeout(),
                base.submissionTimeout(),
                base.slotSilence(),
                base.chainRestartAfter(),
                Duration.ofMinutes(1),
                base.headerCheckInterval(),
                base.subscriptionCheckInterval(),
                Duration.ofSeconds(1),
                base.firstBackOff(),
                base.maxBackOff(),
                base.acknowledgeWithin(),
                base.listenerQueue());
    }

    /** A configuration with other watchdogs. */
    private static NodeClientConfig watching(
            NodeClientConfig base, Duration slotSilence, Duration headerCheck, Duration subscriptionCheck) {
        return new NodeClientConfig(
                base.url(),
                base.genesisHash(),
                base.connectTimeout(),
                base.callTimeout(),
                base.pieceTimeout(),
                base.submissionTimeout(),
                slotSilence,
                base.chainRestartAfter(),
                base.appInfoInterval(),
                headerCheck,
                subscriptionCheck,
                base.pingInterval(),
                base.firstBackOff(),
                base.maxBackOff(),
                base.acknowledgeWithin(),
                base.listenerQueue());
    }

    @Test
    void aNodeThatIsKilledAndComesBackIsUsedAgainAndTheGapsAreFilled() throws Exception {
        connect();
        recorder.awaitSegment("0 known");
        for (int round = 0; round < 3; round++) {
            node.slot(10 * round + 1);
            recorder.awaitSlot(10 * round + 1);
            node.kill();
            recorder.await(NodeEvent.Disconnected.class);
            node.archiveSilently();
            node.archiveSilently();
            assertEquals(
                    NodeException.Kind.UNAVAILABLE,
                    assertThrows(NodeException.class, () -> client.farmerAppInfo())
                            .kind());
            assertInstanceOf(
                    SubmissionOutcome.NotSent.class, client.submitSolution(WebSocketNodeClientTest.solution()));
            node.start();
            recorder.await(NodeEvent.Connected.class);
            recorder.awaitSegment((2 * round + 1) + " known");
            recorder.awaitSegment((2 * round + 2) + " known");
            node.slot(10 * round + 5);
            recorder.awaitSlot(10 * round + 5);
            assertEquals(
                    new NodeEvent.SlotsMissed(10L * round + 2, 10L * round + 4, NodeEvent.SlotGap.CONNECTION_LOST),
                    recorder.await(NodeEvent.SlotsMissed.class));
        }
        assertEquals(0, node.solutions.get());
        assertEquals(4, client.health().connects());
    }

    @Test
    void aServerThatAcceptsAndNeverAnswersIsGivenUp() throws Exception {
        node.kill();
        List<Socket> accepted = new CopyOnWriteArrayList<>();
        try (ServerSocket silent = new ServerSocket(node.port(), 50, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> {
                try {
                    while (true) {
                        accepted.add(silent.accept());
                    }
                } catch (java.io.IOException e) {
                    // Closed.
                }
            });
            start(WebSocketNodeClientTest.config(node.url()));
            NodeEvent.Disconnected first = recorder.await(NodeEvent.Disconnected.class);
            assertTrue(first.reason().contains("node " + node.url()), first.reason());
            recorder.await(NodeEvent.Disconnected.class);
            assertTrue(accepted.size() >= 2, accepted.size() + " attempts");
        }
        for (Socket socket : accepted) {
            socket.close();
        }
        node.start();
        recorder.await(NodeEvent.Connected.class);
    }

    @Test
    void aNodeThatConnectsAndDoesNotAnswerCallsIsGivenUp() throws Exception {
        NodeClientConfig base = WebSocketNodeClientTest.config(node.url());
        Duration minute = Duration.ofMinutes(1);
        start(watching(base, Duration.ofSeconds(3), minute, minute));
        recorder.await(NodeEvent.Connected.class);
        node.mute.add("subspace_getFarmerAppInfo");
        NodeEvent.Disconnected lost = recorder.await(NodeEvent.Disconnected.class);
        assertTrue(lost.reason().contains("did not answer subspace_getFarmerAppInfo"), lost.reason());
        node.mute.clear();
        recorder.await(NodeEvent.Connected.class);
        node.slot(1);
        recorder.awaitSlot(1);
    }

    @Test
    @Tag("long")
    void aNodeThatIsBusyWithPiecesIsNotGivenUp() throws Exception {
        NodeClientConfig base = WebSocketNodeClientTest.config(node.url());
        Duration minute = Duration.ofMinutes(1);
        start(watching(base, Duration.ofSeconds(4), minute, minute));
        recorder.await(NodeEvent.Connected.class);
        node.mute.add("subspace_getFarmerAppInfo");
        Thread heart = Thread.ofVirtual().start(() -> {
            try {
                for (long number = 1; ; number++) {
                    node.slot(number);
                    client.piece(number);
                    Thread.sleep(100);
                }
            } catch (NodeException | InterruptedException e) {
                // The test is over.
            }
        });
        Thread.sleep(10_000);
        assertEquals(1, client.health().connects());
        heart.interrupt();
        // Without pieces on their way it is no excuse.
        NodeEvent.Disconnected lost = recorder.await(NodeEvent.Disconnected.class);
        assertTrue(lost.reason().contains("did not answer subspace_getFarmerAppInfo"), lost.reason());
    }

    @Test
    void aHalfOpenConnectionIsNoticedByItsSilence() throws Exception {
        try (FaultyLink link = new FaultyLink(node.port())) {
            start(pinging(WebSocketNodeClientTest.config(TestNode.url(link.port()))));
            recorder.await(NodeEvent.Connected.class);
            node.slot(1);
            recorder.awaitSlot(1);
            link.freeze();
            NodeEvent.Disconnected lost = recorder.await(NodeEvent.Disconnected.class);
            assertTrue(lost.reason().contains("not even a pong"), lost.reason());
            recorder.await(NodeEvent.Connected.class);
            node.slot(3);
            recorder.awaitSlot(3);
            assertEquals(
                    NodeEvent.SlotGap.CONNECTION_LOST,
                    recorder.await(NodeEvent.SlotsMissed.class).cause());
        }
    }

    @Test
    void whatIsNoJsonRpcEndsTheConnectionWithAClearReason() throws Exception {
        try (FaultyLink link = new FaultyLink(node.port())) {
            start(WebSocketNodeClientTest.config(TestNode.url(link.port())));
            for (String nonsense : List.of(
                    "{\"jsonrpc\":\"2.0\",\"id\":",
                    "{\"jsonrpc\":\"2.0\",\"id\":7} and more",
                    "[]",
                    "\"hello\"",
                    "{\"jsonrpc\":\"2.0\",\"method\":\"subspace_slot_info\"}",
                    "{\"jsonrpc\":\"2.0\",\"id\":\"abc\",\"result\":null}",
                    "[".repeat(3000))) {
                recorder.await(NodeEvent.Connected.class);
                link.relays().getFirst().slipIn(nonsense);
                NodeEvent.Disconnected lost = recorder.await(NodeEvent.Disconnected.class);
                assertTrue(lost.reason().startsWith("it sent what is no JSON"), nonsense + ": " + lost.reason());
            }
            recorder.await(NodeEvent.Connected.class);
            // Answers to calls that nobody waits for any more are none of that.
            link.relays().getFirst().slipIn("{\"jsonrpc\":\"2.0\",\"id\":999,\"result\":null}");
            link.relays()
                    .getFirst()
                    .slipIn("{\"jsonrpc\":\"2.0\",\"method\":\"m\",\"params\":{\"subscription\":\"x\",\"result\":1}}");
            node.slot(1);
            recorder.awaitSlot(1);
        }
    }

    @Test
    void aSlotThatCannotBeReadIsReportedWithItsCause() throws Exception {
        connect();
        node.slot(1);
        recorder.awaitSlot(1);
        node.slots.forEach(subscriber -> subscriber.send(TextNode.valueOf("slot 2")));
        node.slot(3);
        recorder.awaitSlot(3);
        assertEquals(
                new NodeEvent.SlotsMissed(2, 2, NodeEvent.SlotGap.MALFORMED),
                recorder.await(NodeEvent.SlotsMissed.class));
    }

    @Test
    void aSigningRequestOrSegmentThatCannotBeReadIsNotPassedOver() throws Exception {
        connect();
        node.signing.forEach(subscriber -> subscriber.send(TextNode.valueOf("sign")));
        recorder.await(NodeEvent.SigningRequestLost.class);
        SegmentHeader header = node.archiveSilently();
        node.segments.forEach(subscriber -> subscriber.send(TextNode.valueOf("segment")));
        recorder.await(NodeEvent.Disconnected.class);
        recorder.await(NodeEvent.Connected.class);
        recorder.awaitSegment("0 known");
        recorder.awaitSegment("1 known");
        assertEquals(header, client.knownSegmentHeaders().getLast());
    }

    /** A node stands still until its segment is acknowledged: who is fetching the pieces must not hang up on it. */
    @Test
    void aNodeThatWaitsForOurAcknowledgementIsNotSilent() throws Exception {
        NodeClientConfig base = WebSocketNodeClientTest.config(node.url());
        Duration long_ = Duration.ofMinutes(1);
        start(watching(base, Duration.ofSeconds(1), long_, long_));
        recorder.await(NodeEvent.Connected.class);
        CountDownLatch harvested = new CountDownLatch(1);
        client.listen(new NodeListener() {
            @Override
            public void onSegment(SegmentHeader header, boolean live) {
                try {
                    harvested.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        });
        node.slot(1);
        recorder.awaitSlot(1);
        long connects = client.health().connects();
        node.archive();
        Recorder.eventually("the segment is owed", () -> node.owing() == 1);
        Thread.sleep(3000);
        assertEquals(connects, client.health().connects());
        harvested.countDown();
        assertEquals(1, node.acknowledged.poll(60, TimeUnit.SECONDS));
        // From now on silence counts again.
        recorder.await(NodeEvent.SlotsSilent.class);
    }

    @Test
    void silenceOfSlotsIsBrokenByANewConnectionUnlessTheNodeSyncs() throws Exception {
        NodeClientConfig base = WebSocketNodeClientTest.config(node.url());
        Duration long_ = Duration.ofMinutes(1);
        start(watching(base, Duration.ofSeconds(1), long_, long_));
        recorder.await(NodeEvent.Connected.class);
        node.slot(1);
        recorder.awaitSlot(1);
        node.slots.forEach(Subscriber::end);
        recorder.await(NodeEvent.SlotsSilent.class);
        node.syncing = true;
        recorder.await(NodeEvent.Connected.class);
        Recorder.eventually("it syncs", () -> client.health().state() == NodeState.SYNCING);
        long connects = client.health().connects();
        Thread.sleep(3000);
        assertEquals(connects, client.health().connects(), "silence while syncing is normal");
        node.syncing = false;
        recorder.await(NodeEvent.SyncingChanged.class);
        Recorder.eventually("slots are subscribed", () -> !node.slots.isEmpty());
        node.slot(2);
        recorder.awaitSlot(2);
    }

    @Test
    void quietSubscriptionsThatDiedAreNoticed() throws Exception {
        NodeClientConfig base = WebSocketNodeClientTest.config(node.url());
        start(watching(base, base.slotSilence(), Duration.ofMinutes(1), Duration.ofMillis(500)));
        recorder.await(NodeEvent.Connected.class);
        recorder.awaitSegment("0 known");
        node.signing.forEach(Subscriber::end);
        recorder.await(NodeEvent.SigningRequestLost.class);
        node.askToSign(REQUEST);
        assertEquals(REQUEST, recorder.signing.poll(60, TimeUnit.SECONDS));
        node.segments.forEach(Subscriber::end);
        node.archiveSilently();
        recorder.awaitSegment("1 known");
        assertEquals(1, client.health().connects());
    }

    @Test
    void segmentsThatWereNotAnnouncedAreFound() throws Exception {
        NodeClientConfig base = WebSocketNodeClientTest.config(node.url());
        start(watching(base, base.slotSilence(), Duration.ofMillis(300), Duration.ofMinutes(1)));
        recorder.await(NodeEvent.Connected.class);
        node.segments.forEach(Subscriber::end);
        node.archiveSilently();
        recorder.awaitSegment("0 known");
        recorder.awaitSegment("1 known");
        Recorder.eventually("the subscription is renewed", () -> !node.segments.isEmpty());
        node.archive();
        assertEquals(2, node.acknowledged.poll(60, TimeUnit.SECONDS));
    }

    @Test
    void renewingSubscriptionsAcknowledgesNothingTwice() throws Exception {
        NodeClientConfig base = WebSocketNodeClientTest.config(node.url());
        start(watching(base, base.slotSilence(), Duration.ofMinutes(1), Duration.ofMillis(200)));
        recorder.await(NodeEvent.Connected.class);
        CountDownLatch harvested = new CountDownLatch(1);
        client.listen(new NodeListener() {
            @Override
            public void onSegment(SegmentHeader header, boolean live) {
                try {
                    harvested.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        });
        node.archive();
        recorder.awaitSegment("0 known");
        recorder.awaitSegment("1 live");
        Recorder.eventually("a second subscription is there", () -> node.segments.size() == 2);
        // Both hear of it, and while the pieces are fetched neither may let the node go on.
        node.announce(node.headers.get(1));
        Thread.sleep(500);
        assertTrue(node.owing() > 0);
        assertEquals(0, node.acknowledged.size());
        harvested.countDown();
        Recorder.eventually("nothing is owed", () -> node.owing() == 0);
        for (int i = 0; i < 30; i++) {
            node.archive();
            Recorder.eventually("nothing is owed", () -> node.owing() == 0);
            Thread.sleep(37);
        }
        assertEquals(0, node.acknowledgementsTooMany.get());
        assertEquals(1, client.health().connects());
    }

    @Test
    void aNodeOfAnotherChainIsNotUsedUntilItIsRight() throws Exception {
        connect();
        node.genesis = GenesisHash.fromHex("ab".repeat(32));
        NodeEvent.WrongChain wrong = recorder.await(NodeEvent.WrongChain.class);
        assertEquals(node.genesis, wrong.found());
        assertEquals(NodeState.WRONG_CHAIN, client.health().state());
        String text = client.health().stateText();
        assertTrue(text.contains(node.genesis.toHex()) && text.contains("00".repeat(32)), text);
        assertInstanceOf(SubmissionOutcome.NotSent.class, client.submitSolution(WebSocketNodeClientTest.solution()));
        assertTrue(node.slots.isEmpty(), "nothing is subscribed at a foreign node");
        node.genesis = wrong.expected();
        recorder.await(NodeEvent.Connected.class);
        assertInstanceOf(SubmissionOutcome.Accepted.class, client.submitSolution(WebSocketNodeClientTest.solution()));
    }

    @Test
    void aContradictionStopsTheClientForGood() throws Exception {
        connect();
        SegmentHeader other = new SegmentHeader(
                0, SegmentCommitment.of(new byte[48]), Blake3Hash.of(new byte[32]), new LastArchivedBlock(8, -1));
        node.announce(other);
        NodeEvent.HeaderConflict conflict = recorder.await(NodeEvent.HeaderConflict.class);
        assertEquals(node.headers.getFirst(), conflict.known());
        assertEquals(other, conflict.received());
        recorder.await(NodeEvent.Disconnected.class);
        recorder.await(NodeEvent.Disconnected.class);
        assertEquals(NodeState.CONFLICT, client.health().state());
        assertInstanceOf(SubmissionOutcome.NotSent.class, client.submitSolution(WebSocketNodeClientTest.solution()));
    }

    @Test
    void aNodeWhoseHistoryWasReplacedIsNoticedOnConnecting() throws Exception {
        node.archiveSilently();
        connect();
        node.kill();
        SegmentHeader replaced = node.headers.getLast();
        node.headers.set(
                1,
                new SegmentHeader(
                        1,
                        replaced.segmentCommitment(),
                        replaced.prevSegmentHeaderHash(),
                        new LastArchivedBlock(99, -1)));
        node.start();
        recorder.await(NodeEvent.HeaderConflict.class);
        assertEquals(NodeState.CONFLICT, client.health().state());
    }

    @Test
    void aDevelopmentChainThatStartedOverIsFollowed() throws Exception {
        connect();
        node.slot(1000);
        recorder.awaitSlot(1000);
        node.dropConnections();
        recorder.await(NodeEvent.Connected.class);
        long number = 1;
        while (recorder.slots.isEmpty()) {
            node.slot(number++);
            Thread.sleep(50);
            assertTrue(number < 400, "the new chain is not followed");
        }
        NodeEvent.ChainRestarted restarted = recorder.await(NodeEvent.ChainRestarted.class);
        assertEquals(1000, restarted.lastSlotBefore());
        assertEquals(restarted.newSlot(), recorder.slots.poll());
    }

    @Test
    void refusalsOfTheConnectionNameTheRemedy() throws Exception {
        node.kill();
        node.checkHost = true;
        node.start();
        try (FaultyLink link = new FaultyLink(node.port())) {
            start(WebSocketNodeClientTest.config(TestNode.url(link.port())));
            String reason = recorder.await(NodeEvent.Disconnected.class).reason();
            assertEquals(
                    "node ws://127.0.0.1:" + link.port()
                            + " cannot be reached: it answered HTTP 403; from another host it must run with --rpc-cors all",
                    reason);
        }
        String reason = recorder.await(NodeEvent.Disconnected.class).reason();
        while (reason.contains("403")) {
            reason = recorder.await(NodeEvent.Disconnected.class).reason();
        }
        assertTrue(reason.contains("cannot be reached: connection refused"), reason);
    }
}

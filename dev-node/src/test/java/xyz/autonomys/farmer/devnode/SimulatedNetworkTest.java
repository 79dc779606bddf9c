package xyz.autonomys.farmer.devnode;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocketHandshakeException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import xyz.autonomys.farmer.devnode.chain.ChainSettings;
import xyz.autonomys.farmer.devnode.chain.Journal;
import xyz.autonomys.farmer.kzg.Kzg;
import xyz.autonomys.farmer.kzg.Kzgs;
import xyz.autonomys.farmer.kzg.TrustedSetup;
import xyz.autonomys.farmer.node.BlockJson;
import xyz.autonomys.farmer.node.SignedBlock;
import xyz.autonomys.farmer.node.StateKeys;

/** Three nodes on one chain, and everything that can be made to go wrong with one of them (spec 06 §12). */
class SimulatedNetworkTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final String SLOTS = "subspace_slot_info";

    @TempDir
    static Path directory;

    private static DevNode network;

    @BeforeAll
    static void start() throws Exception {
        Kzg kzg = Kzgs.openWithSecret(TrustedSetup.development());
        ChainSettings chain = ChainSettings.development(1000, 1L << 40, 100).withBlockBodyBytes(1000);
        DevNodeSettings one = DevNodeSettings.of(chain, directory);
        network = DevNode.start(
                new DevNodeSettings(
                        chain,
                        directory,
                        1,
                        one.listenAddress(),
                        List.of(0, 0, 0),
                        false,
                        0,
                        one.signingLimit(),
                        one.acknowledgementLimit()),
                kzg,
                kzg);
    }

    @AfterAll
    static void stop() {
        network.close();
    }

    @AfterEach
    void repair() throws Exception {
        for (String command : List.of(
                "clear-schedule",
                "listen?value=true",
                "hang?value=false",
                "send-slowly?bytes-per-second=0",
                "delay?millis=0",
                "go-back?slots=0",
                "restart-slots?value=false",
                "behind?value=false",
                "shuffle-answers?millis=0",
                "syncing?value=false",
                "history-ahead?segments=0",
                "genesis-hash")) {
            command(command);
        }
    }

    private static void command(String command) throws Exception {
        HttpResponse<String> answer = post(command);
        assertEquals(200, answer.statusCode(), answer.body());
    }

    private static HttpResponse<String> post(String command) throws Exception {
        return HTTP.send(
                HttpRequest.newBuilder(URI.create(network.sideUrl() + "/" + command))
                        .POST(HttpRequest.BodyPublishers.noBody())
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private static JsonNode state() throws Exception {
        return JSON.readTree(HTTP.send(
                        HttpRequest.newBuilder(URI.create(network.sideUrl() + "/state"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body());
    }

    private static RawClient connect(int node) throws Exception {
        return RawClient.connect(network.urls().get(node));
    }

    private static BlockingQueue<JsonNode> slots(RawClient client) throws Exception {
        return client.subscribe("subspace_subscribeSlotInfo", SLOTS);
    }

    private static long slot(JsonNode info) {
        return info.get("slotNumber").asLong();
    }

    private static String challenge(JsonNode info) {
        return info.get("globalChallenge").asText();
    }

    @Test
    void allNodesShowTheSameSlotsAndBlocks() throws Exception {
        try (RawClient first = connect(0);
                RawClient second = connect(1)) {
            BlockingQueue<JsonNode> ofFirst = slots(first);
            BlockingQueue<JsonNode> ofSecond = slots(second);
            JsonNode slot = RawClient.next(ofFirst);
            JsonNode same = RawClient.next(ofSecond);
            while (slot(same) != slot(slot)) {
                if (slot(same) < slot(slot)) {
                    same = RawClient.next(ofSecond);
                } else {
                    slot = RawClient.next(ofFirst);
                }
            }
            assertEquals(slot, same);
            BlockingQueue<JsonNode> heads = second.subscribe("chain_subscribeNewHeads", "chain_newHead");
            RawClient.next(heads);
            JsonNode head = RawClient.next(heads);
            JsonNode hash = first.call("chain_getBlockHash", head.get("number").asText());
            SignedBlock block = BlockJson.readBlock(first.call("chain_getBlock", hash.asText()));
            assertEquals(BlockJson.readHash(hash), block.header().hash());
            assertTrue(block.proofOfTime().isPresent());
            assertEquals(head, second.call("chain_getHeader", hash.asText()));
            assertEquals(2, first.call("system_health").get("peers").asInt());
        }
    }

    @Test
    void blocksAreFoundByListsOfNumbersAndTheStateByItsKeys() throws Exception {
        try (RawClient client = connect(0)) {
            BlockingQueue<JsonNode> heads = client.subscribe("chain_subscribeNewHeads", "chain_newHead");
            while (Long.decode(RawClient.next(heads).get("number").asText()) < 2) {
                // Block 1 carries the header of segment 0.
            }
            JsonNode hashes = client.call("chain_getBlockHash", List.of(0, 1, "0x2", 4_000_000_000L));
            assertEquals(4, hashes.size());
            assertTrue(hashes.get(3).isNull());
            assertEquals(client.call("chain_getBlockHash", 0), hashes.get(0));
            JsonNode genesis = client.call("chain_getBlock", hashes.get(0).asText());
            assertTrue(genesis.get("justifications").isNull());
            assertEquals(hashes.get(0), client.call("chain_getFinalizedHead"));
            assertEquals(
                    "0x05000000",
                    client.call("state_getStorage", StateKeys.CONFIRMATION_DEPTH)
                            .asText());
            String commitment = client.call("subspace_segmentHeaders", List.of(0))
                    .get(0)
                    .get("v0")
                    .get("segmentCommitment")
                    .asText();
            assertEquals(
                    "0x" + commitment,
                    client.call("state_getStorage", StateKeys.segmentCommitment(0))
                            .asText());
            assertTrue(client.call("state_getStorage", StateKeys.segmentCommitment(7))
                    .isNull());
            String logs = client.call("chain_getHeader", hashes.get(1).asText()).toString();
            assertTrue(logs.contains("045355425fe404" + "00".repeat(8) + commitment), logs);
            assertEquals(
                    3001,
                    client.answer("chain_getBlockHash", 1L << 32)
                            .get("error")
                            .get("code")
                            .asInt());
        }
    }

    @Test
    void aNodeThatRefusesConnectionsDoesNotStopTheOthers() throws Exception {
        try (RawClient other = connect(0)) {
            BlockingQueue<JsonNode> slots = slots(other);
            command("listen?value=false&node=1");
            assertThrows(ExecutionException.class, () -> connect(1));
            slots.clear();
            RawClient.next(slots);
            command("listen?value=true&node=1");
            connect(1).close();
        }
    }

    @Test
    void connectionsEndInEachOfTheThreeWays() throws Exception {
        try (RawClient dropped = connect(1);
                RawClient untouched = connect(2)) {
            command("drop-connections?node=1");
            dropped.closed().get(RawClient.WAIT_SECONDS, TimeUnit.SECONDS);
            assertFalse(untouched.closed().isDone());
        }
        try (RawClient closed = connect(1)) {
            command("close-connections?node=1");
            assertEquals(1001, closed.closed().get(RawClient.WAIT_SECONDS, TimeUnit.SECONDS));
        }
        try (RawClient frozen = connect(1)) {
            BlockingQueue<JsonNode> slots = slots(frozen);
            RawClient.next(slots);
            command("freeze-connections?node=1");
            long last = network.lastSlot();
            slots.clear();
            CompletableFuture<JsonNode> unanswered = frozen.send("system_chain");
            awaitSlot(last + 5);
            assertTrue(slots.size() <= 1, "nothing is sent any more");
            assertFalse(unanswered.isDone());
            assertFalse(frozen.closed().isDone());
        }
    }

    private static void awaitSlot(long slot) throws Exception {
        try (RawClient client = connect(2)) {
            BlockingQueue<JsonNode> slots = slots(client);
            while (slot(RawClient.next(slots)) < slot) {
                // Later.
            }
        }
    }

    @Test
    void newConnectionsHangOrAreRefusedWithAStatus() throws Exception {
        command("refuse-upgrades?status=429&count=1&node=1");
        ExecutionException refused = assertThrows(ExecutionException.class, () -> connect(1));
        assertEquals(
                429,
                assertInstanceOf(WebSocketHandshakeException.class, refused.getCause())
                        .getResponse()
                        .statusCode());
        command("hang?node=1");
        CompletableFuture<HttpResponse<String>> hanging = HTTP.sendAsync(
                HttpRequest.newBuilder(URI.create(network.urls().get(1).replace("ws://", "http://") + "/health"))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        awaitSlot(network.lastSlot() + 5);
        assertFalse(hanging.isDone());
        command("hang?value=false&node=1");
        connect(1).close();
        hanging.cancel(true);
    }

    @Test
    void slotsAreSkippedRepeatedAndAnnouncedTogether() throws Exception {
        try (RawClient client = connect(1)) {
            BlockingQueue<JsonNode> slots = slots(client);
            long before = slot(RawClient.next(slots));
            command("skip-slots?count=3&node=1&at-slot=" + (network.lastSlot() + 2));
            assertEquals(4, gapAfter(slots, before));
            command("repeat-slots?node=1");
            JsonNode[] pair = repetition(slots);
            assertEquals(pair[0], pair[1]);
            command("repeat-slots?challenge=different&node=1");
            pair = repetition(slots);
            assertNotEquals(challenge(pair[0]), challenge(pair[1]));
            command("go-back?slots=5&node=1");
            long highest = slot(pair[1]);
            long next = slot(RawClient.next(slots));
            while (next > highest) {
                highest = next;
                next = slot(RawClient.next(slots));
            }
            assertEquals(highest - 4, next);
            command("restart-slots?node=1");
            while (slot(RawClient.next(slots)) != 1) {
                // The old chain's slots.
            }
            assertEquals(2, slot(RawClient.next(slots)));
        }
    }

    /** The distance of the first two slots that do not follow each other. */
    private static long gapAfter(BlockingQueue<JsonNode> slots, long before) throws Exception {
        long last = before;
        long next = slot(RawClient.next(slots));
        while (next == last + 1) {
            last = next;
            next = slot(RawClient.next(slots));
        }
        return next - last;
    }

    private static JsonNode[] repetition(BlockingQueue<JsonNode> slots) throws Exception {
        JsonNode last = RawClient.next(slots);
        JsonNode next = RawClient.next(slots);
        while (slot(next) != slot(last)) {
            last = next;
            next = RawClient.next(slots);
        }
        return new JsonNode[] {last, next};
    }

    @Test
    void aForkAnnouncesOtherChallengesThanTheChain() throws Exception {
        try (RawClient forked = connect(1);
                RawClient right = connect(0)) {
            BlockingQueue<JsonNode> ofForked = slots(forked);
            BlockingQueue<JsonNode> ofRight = slots(right);
            command("fork-slots?count=1000&node=1");
            awaitSlot(network.lastSlot() + 3);
            command("fork-slots?count=0&node=1");
            Set<String> challenges = new HashSet<>();
            ofRight.forEach(info -> challenges.add(challenge(info)));
            assertTrue(ofForked.stream().anyMatch(info -> !challenges.contains(challenge(info))));
        }
    }

    @Test
    void answersFailAreLostAndComeLate() throws Exception {
        try (RawClient client = connect(1)) {
            command("fail-answers?method=system_chain&code=-32603&count=1&node=1");
            assertEquals(
                    -32603,
                    client.answer("system_chain").get("error").get("code").asInt());
            assertEquals("Autonomys Development", client.call("system_chain").asText());
            command("lose-answers?method=system_chain&node=1");
            // A node answers calls side by side: either answer may be the one that is lost.
            CompletableFuture<JsonNode> one = client.send("system_chain");
            CompletableFuture<JsonNode> other = client.send("system_chain");
            CompletableFuture.anyOf(one, other).get(RawClient.WAIT_SECONDS, TimeUnit.SECONDS);
            client.call("system_name");
            assertNotEquals(one.isDone(), other.isDone(), "one of them is lost");
            command("delay-answers?method=system_name&millis=200&node=1");
            CompletableFuture<JsonNode> late = client.send("system_name");
            client.call("system_name");
            assertEquals(
                    "subspace-node",
                    late.get(RawClient.WAIT_SECONDS, TimeUnit.SECONDS)
                            .get("result")
                            .asText());
        }
    }

    @Test
    void everythingGoesOutSlowlyInManyFrames() throws Exception {
        try (RawClient client = connect(1)) {
            command("send-slowly?bytes-per-second=400&node=1");
            int before = client.frames();
            client.call("system_chain");
            assertTrue(client.frames() - before > 1, "an answer of 60 bytes comes in several frames");
        }
    }

    @Test
    void subscriptionsDieSilentlyByTheirName() throws Exception {
        try (RawClient client = connect(1)) {
            BlockingQueue<JsonNode> slots = slots(client);
            BlockingQueue<JsonNode> heads = client.subscribe("chain_subscribeNewHeads", "chain_newHead");
            RawClient.next(slots);
            command("kill-subscriptions?name=slots&node=1");
            slots.clear();
            awaitSlot(network.lastSlot() + 3);
            assertTrue(slots.size() <= 1, "at most the one that was on its way");
            heads.clear();
            RawClient.next(heads);
            assertEquals(0, state().get("nodes").get(1).get("slotSubscribers").asInt());
        }
    }

    @Test
    void aNodePretendsToSyncOnAnotherChain() throws Exception {
        try (RawClient client = connect(1);
                RawClient other = connect(0)) {
            command("syncing?node=1");
            command("history-ahead?segments=7&node=1");
            command("genesis-hash?value=" + "ab".repeat(32) + "&node=1");
            JsonNode info = client.call("subspace_getFarmerAppInfo");
            assertTrue(info.get("syncing").asBoolean());
            assertEquals("ab".repeat(32), info.get("genesisHash").asText());
            JsonNode right = other.call("subspace_getFarmerAppInfo");
            assertFalse(right.get("syncing").asBoolean());
            assertEquals(
                    right.get("protocolInfo").get("historySize").asLong() + 7,
                    info.get("protocolInfo").get("historySize").asLong());
            BlockingQueue<JsonNode> slots = slots(client);
            awaitSlot(network.lastSlot() + 3);
            assertEquals(0, slots.size());
        }
    }

    @Test
    void signaturesAreAskedForThatNothingNeeds() throws Exception {
        try (RawClient client = connect(1)) {
            BlockingQueue<JsonNode> requests =
                    client.subscribe("subspace_subscribeRewardSigning", "subspace_reward_signing");
            command("request-signature?node=1&hash=" + "11".repeat(32) + "&public-key=" + "22".repeat(32));
            JsonNode request = RawClient.next(requests);
            assertEquals("11".repeat(32), request.get("hash").asText());
            client.call(
                    "subspace_submitRewardSignature",
                    JSON.readTree("{\"hash\":\"" + "11".repeat(32) + "\",\"signature\":null}"));
            while (network.journal().count(Journal.Kind.NOT_SIGNED) == 0) {
                Thread.sleep(20);
            }
        }
    }

    @Test
    void piecesAreSpoiled() throws Exception {
        try (RawClient client = connect(1)) {
            String right = client.call("subspace_piece", 3).asText();
            command("bad-pieces?kind=wrong&node=1");
            String wrong = client.call("subspace_piece", 3).asText();
            assertEquals(right.length(), wrong.length());
            assertNotEquals(right, wrong);
            command("bad-pieces?kind=short&node=1");
            assertEquals(
                    right.length() - 2,
                    client.call("subspace_piece", 3).asText().length());
            command("bad-pieces?kind=missing&node=1");
            assertTrue(client.call("subspace_piece", 3).isNull());
            assertEquals(right, client.call("subspace_piece", 3).asText());
            assertTrue(client.call("subspace_piece", 256).isNull());
        }
    }

    @Test
    void faultsHappenByChance() throws Exception {
        try (RawClient client = connect(1)) {
            BlockingQueue<JsonNode> slots = slots(client);
            RawClient.next(slots);
            command("skip-slots?probability=1&node=1");
            slots.clear();
            awaitSlot(network.lastSlot() + 3);
            assertTrue(slots.size() <= 1);
            command("clear-schedule");
            slots.clear();
            RawClient.next(slots);
        }
    }

    @Test
    void whatIsNoCommandIsNamed() throws Exception {
        HttpResponse<String> answer = post("no-such-thing");
        assertEquals(400, answer.statusCode());
        assertTrue(answer.body().contains("no-such-thing"), answer.body());
        assertTrue(post("delay?node=3&millis=1").body().contains("0 to 2"));
    }

    /** A relay dies, its node does not, and neither does the chain. */
    @Test
    void aRelayStandsForTheProcessOfANode() throws Exception {
        URI node = URI.create(network.urls().get(1));
        InetSocketAddress target = new InetSocketAddress(node.getHost(), node.getPort());
        NodeRelay relay = NodeRelay.start("127.0.0.1", 0, target);
        int port = relay.port();
        try (RawClient client = RawClient.connect("ws://127.0.0.1:" + port)) {
            BlockingQueue<JsonNode> slots = slots(client);
            RawClient.next(slots);
            relay.close();
            client.closed().get(RawClient.WAIT_SECONDS, TimeUnit.SECONDS);
            assertThrows(ExecutionException.class, () -> RawClient.connect("ws://127.0.0.1:" + port));
            awaitSlot(network.lastSlot() + 2);
        }
        try (NodeRelay again = NodeRelay.start("127.0.0.1", port, target);
                RawClient client = RawClient.connect("ws://127.0.0.1:" + again.port())) {
            RawClient.next(slots(client));
        }
    }
}

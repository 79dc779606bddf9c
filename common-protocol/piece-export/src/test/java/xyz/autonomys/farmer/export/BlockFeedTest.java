package xyz.autonomys.farmer.export;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import xyz.autonomys.farmer.node.BlockHash;
import xyz.autonomys.farmer.node.BlockHeader;
import xyz.autonomys.farmer.node.BlockJson;
import xyz.autonomys.farmer.node.ChainReader;
import xyz.autonomys.farmer.node.SignedBlock;
import xyz.autonomys.farmer.node.TrieRoot;
import xyz.autonomys.farmer.node.server.JsonRpcServer;
import xyz.autonomys.farmer.node.server.JsonRpcServerSettings;
import xyz.autonomys.farmer.primitives.scale.ScaleWriter;

/** Blocks from a server that behaves like a node's, good and bad ones. */
class BlockFeedTest {
    private static final int BLOCKS = 700;
    private static final byte[] ENGINE = "SUB_".getBytes(StandardCharsets.US_ASCII);

    private final List<SignedBlock> chain = new ArrayList<>();
    private final Map<String, JsonNode> bodies = new HashMap<>();
    private JsonRpcServer server;
    private volatile int droppedAt = -1;

    BlockFeedTest() {
        for (int number = 0; number < BLOCKS; number++) {
            append(number, justifications(number));
        }
    }

    private static List<SignedBlock.Justification> justifications(int number) {
        byte[] proof = new ScaleWriter(200)
                .u8(0)
                .bytes(new byte[16])
                .compact(1)
                .bytes(new byte[128])
                .toBytes();
        return number == 0 ? List.of() : List.of(new SignedBlock.Justification(ENGINE, proof));
    }

    private void append(int number, List<SignedBlock.Justification> justifications) {
        BlockHash parent = number == 0
                ? BlockHash.of(new byte[BlockHash.SIZE])
                : chain.get(number - 1).header().hash();
        append(parent, number, justifications);
    }

    private void append(BlockHash parent, long number, List<SignedBlock.Justification> justifications) {
        TrieRoot root = TrieRoot.of(new byte[TrieRoot.SIZE]);
        byte[] body = new byte[(int) (number % 60)];
        byte[] extrinsic = new ScaleWriter(64).compact(body.length).bytes(body).toBytes();
        chain.add(new SignedBlock(
                new BlockHeader(parent, number, root, root, List.of()), List.of(extrinsic), justifications));
    }

    @AfterEach
    void close() {
        if (server != null) {
            server.close();
        }
    }

    private ChainReader reader(JsonRpcServerSettings settings) throws IOException {
        for (SignedBlock block : chain) {
            bodies.putIfAbsent("0x" + block.header().hash().toHex(), BlockJson.write(block));
        }
        JsonRpcServer.Builder builder = JsonRpcServer.builder(settings);
        builder.method("chain_getBlockHash", call -> {
            ArrayNode hashes = JsonNodeFactory.instance.arrayNode();
            for (JsonNode number : call.params().get(0)) {
                if (number.asInt() == droppedAt) {
                    droppedAt = -1;
                    server.dropConnections();
                }
                hashes.add(BlockJson.write(chain.get(number.asInt()).header().hash()));
            }
            return hashes;
        });
        builder.method("chain_getBlock", call -> bodies.get(call.params().get(0).asText()));
        server = builder.start();
        return ChainReader.of(URI.create("ws://127.0.0.1:" + server.port()), 3, Duration.ofSeconds(30));
    }

    private void assertAllCome(JsonRpcServerSettings settings) throws Exception {
        try (ChainReader reader = reader(settings);
                BlockFeed feed = new BlockFeed(reader, 0, BLOCKS - 1, 4)) {
            for (SignedBlock block : chain) {
                FetchedBlock fetched = feed.next();
                assertEquals(block.header().hash(), fetched.hash());
                assertArrayEquals(block.encode(), fetched.encoded());
            }
            assertThrows(ExportException.class, feed::next);
        }
    }

    @Test
    void allBlocksComeInOrder() throws Exception {
        assertAllCome(JsonRpcServerSettings.loopback(0));
    }

    @Test
    void aNodeWithoutBatchesIsAskedOneByOne() throws Exception {
        assertAllCome(JsonRpcServerSettings.loopback(0).withMaxBatch(0));
    }

    @Test
    void aBatchThatIsTooLongForTheNodeIsDivided() throws Exception {
        assertAllCome(JsonRpcServerSettings.loopback(0).withMaxBatch(5));
        server.close();
        JsonRpcServerSettings defaults = JsonRpcServerSettings.loopback(0);
        assertAllCome(new JsonRpcServerSettings(
                defaults.bindAddress(),
                0,
                defaults.maxRequestBytes(),
                // Hashes of 512 blocks fit, and the answers of about twenty blocks.
                40_000,
                defaults.maxBatch(),
                defaults.maxConnections(),
                defaults.maxSubscriptions(),
                defaults.queuedMessages(),
                defaults.subscriptionBacklog(),
                true,
                true));
    }

    @Test
    void aConnectionThatBreaksIsMadeAgain() throws Exception {
        droppedAt = 300;
        assertAllCome(JsonRpcServerSettings.loopback(0));
        assertEquals(-1, droppedAt);
    }

    private String refusal(long from) throws Exception {
        try (ChainReader reader = reader(JsonRpcServerSettings.loopback(0));
                BlockFeed feed = new BlockFeed(reader, from, chain.size() - 1L, 2)) {
            ExportException refused = assertThrows(ExportException.class, () -> {
                for (long number = from; number < chain.size(); number++) {
                    feed.next();
                }
            });
            return refused.getMessage();
        }
    }

    @Test
    void aPrunedBodyIsNamedWithItsRemedy() throws Exception {
        bodies.put("0x" + chain.get(20).header().hash().toHex(), NullNode.getInstance());
        String message = refusal(0);
        assertTrue(message.contains("no body of block 20") && message.contains("--blocks-pruning archive"), message);
    }

    @Test
    void aBlockOfAnotherForkIsRefused() throws Exception {
        append(chain.get(10).header().hash(), BLOCKS, justifications(1));
        assertTrue(refusal(BLOCKS - 2).contains("best chain has just changed"));
    }

    @Test
    void aBlockWithoutItsProofOfTimeIsRefused() throws Exception {
        append(BLOCKS, List.of());
        assertTrue(refusal(BLOCKS - 2).contains("0 justifications"));
    }

    @Test
    void twoJustificationsAreRefused() throws Exception {
        List<SignedBlock.Justification> twice = new ArrayList<>(justifications(1));
        twice.addAll(justifications(1));
        append(BLOCKS, twice);
        assertTrue(refusal(BLOCKS - 2).contains("2 justifications"));
    }

    @Test
    void aBlockUnderAWrongNumberIsRefused() throws Exception {
        append(chain.getLast().header().hash(), BLOCKS + 5, justifications(1));
        assertTrue(refusal(BLOCKS - 2).contains("has number " + (BLOCKS + 5)));
    }
}

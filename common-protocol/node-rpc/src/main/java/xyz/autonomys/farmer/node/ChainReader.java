package xyz.autonomys.farmer.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.TextNode;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import xyz.autonomys.farmer.primitives.SegmentHeader;
import xyz.autonomys.farmer.primitives.scale.ScaleReader;

/**
 * Reads a chain's past from a node: headers of segments, hashes of blocks, blocks in batches. Calls may be made from
 * several threads; each has a connection of its own while it lasts. A call whose connection fails is made again, with
 * growing pauses, for as long as the patience lasts. Subscribes to nothing, so it never holds the node up.
 */
public final class ChainReader implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ChainReader.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
    private static final int RESPONSE_TOO_BIG = -32008;
    private static final int BATCH_RESPONSE_TOO_BIG = -32011;
    private static final int BATCHES_DISABLED = -32005;
    private static final int BATCH_TOO_LONG = -32010;

    private final NodeClientConfig config;
    private final Duration patience;
    private final HttpClient http = HttpClient.newHttpClient();
    private final AtomicInteger inFlight = new AtomicInteger();
    private final BlockingQueue<Connection> idle;
    private final List<Connection> all = new ArrayList<>();
    /** The most calls in a batch; becomes smaller when the node refuses one. */
    private volatile int batchLimit = Integer.MAX_VALUE;

    private volatile boolean closed;

    private ChainReader(NodeClientConfig config, int connections, Duration patience) {
        this.config = config;
        this.patience = patience;
        this.idle = new ArrayBlockingQueue<>(connections);
        for (int i = 0; i < connections; i++) {
            Connection connection = new Connection();
            all.add(connection);
            idle.add(connection);
        }
    }

    /**
     * A reader; it connects with its first call.
     *
     * @param connections connections at a time, at least 1
     * @param patience how long a call tries to reach the node
     * @throws IllegalArgumentException if the address is not of the form {@code ws://HOST:PORT}
     */
    public static ChainReader of(URI url, int connections, Duration patience) {
        return new ChainReader(NodeClientConfig.of(url), connections, patience);
    }

    private interface Work<T> {
        T run(RpcSocket socket, NodeCalls calls) throws NodeException, InterruptedException;
    }

    /** One socket, opened when it is needed. */
    private final class Connection {
        private RpcSocket socket;

        synchronized RpcSocket open() throws NodeException, InterruptedException {
            if (closed) {
                throw new NodeException(NodeException.Kind.UNAVAILABLE, "the reader of " + config.url() + " is closed");
            }
            if (socket == null || !socket.isOpen()) {
                socket = RpcSocket.connect(http, config.url(), config.connectTimeout(), inFlight);
            }
            return socket;
        }

        synchronized void end() {
            if (socket != null) {
                socket.close();
                socket = null;
            }
        }
    }

    private <T> T with(Work<T> work) throws NodeException, InterruptedException {
        Connection connection = idle.take();
        try {
            long start = System.nanoTime();
            for (Duration pause = FIRST_PAUSE; ; pause = longer(pause)) {
                try {
                    RpcSocket socket = connection.open();
                    return work.run(socket, new NodeCalls(socket, config));
                } catch (NodeException e) {
                    boolean lost =
                            e.kind() == NodeException.Kind.UNAVAILABLE || e.kind() == NodeException.Kind.NO_ANSWER;
                    if (!lost || closed || System.nanoTime() - start > patience.toNanos()) {
                        throw e;
                    }
                    connection.end();
                    LOG.warn("{}; trying again", e.getMessage());
                    Thread.sleep(pause.toMillis());
                }
            }
        } finally {
            idle.add(connection);
        }
    }

    private static Duration longer(Duration pause) {
        Duration doubled = pause.multipliedBy(2);
        return doubled.compareTo(LONGEST_PAUSE) < 0 ? doubled : LONGEST_PAUSE;
    }

    /** Address of the node. */
    public URI url() {
        return config.url();
    }

    /** What the node tells farmers. */
    public FarmerAppInfo farmerAppInfo() throws NodeException, InterruptedException {
        return with((_, calls) -> calls.appInfo(config.callTimeout()));
    }

    /**
     * The headers of all segments that the node knows, which may be more than its chain has blocks for.
     *
     * @throws NodeException if one is missing or does not follow the one before
     */
    public List<SegmentHeader> segmentHeaders() throws NodeException, InterruptedException {
        long count = farmerAppInfo().protocolInfo().historySize();
        List<Optional<SegmentHeader>> answers = with((_, calls) ->
                calls.segmentHeaders(LongStream.range(0, count).boxed().toList()));
        HeaderChain chain = new HeaderChain();
        for (int i = 0; i < answers.size(); i++) {
            SegmentHeader header = answers.get(i)
                    .orElseThrow(missing("node " + config.url() + " has no header of segment " + i + " of " + count));
            if (chain.offer(header) != HeaderChain.Fit.ADDED) {
                throw new NodeException(
                        NodeException.Kind.MALFORMED,
                        "node " + config.url() + ": the header of segment " + i + " does not follow that of segment "
                                + (i - 1));
            }
        }
        return chain.all();
    }

    private static Supplier<NodeException> missing(String message) {
        return () -> new NodeException(NodeException.Kind.MALFORMED, message);
    }

    /** After how many blocks a block is archived; empty if the node does not tell. */
    public Optional<Long> confirmationDepth() throws NodeException, InterruptedException {
        JsonNode answer = with((socket, _) ->
                socket.call(config.callTimeout(), "state_getStorage", TextNode.valueOf(StateKeys.CONFIRMATION_DEPTH)));
        if (!answer.asText().matches("0x[0-9a-f]{8}")) {
            return Optional.empty();
        }
        byte[] bytes = HexFormat.of().parseHex(answer.asText(), 2, 10);
        return Optional.of(new ScaleReader(bytes, "confirmation depth").u32("confirmation depth"));
    }

    /** The header of the best block. */
    public BlockHeader bestHeader() throws NodeException, InterruptedException {
        JsonNode answer = with((socket, _) -> socket.call(config.callTimeout(), "chain_getHeader"));
        return readHeader(answer);
    }

    /**
     * The header of a block, checked against its hash.
     *
     * @throws NodeException if the node does not know it
     */
    public BlockHeader header(BlockHash hash) throws NodeException, InterruptedException {
        BlockHeader header = readHeader(
                with((socket, _) -> socket.call(config.callTimeout(), "chain_getHeader", BlockJson.write(hash))));
        requireHash(hash, header);
        return header;
    }

    private BlockHeader readHeader(JsonNode answer) throws NodeException {
        try {
            return BlockJson.readHeader(answer);
        } catch (NodeJsonException e) {
            throw malformed("chain_getHeader", e.getMessage());
        }
    }

    private void requireHash(BlockHash hash, BlockHeader header) throws NodeException {
        if (!header.hash().equals(hash)) {
            throw malformed("a request for block " + hash, "the block with hash " + header.hash());
        }
    }

    private NodeException malformed(String question, String answer) {
        return new NodeException(
                NodeException.Kind.MALFORMED, "node " + config.url() + " answered " + question + ": " + answer);
    }

    /**
     * The hashes of consecutive blocks of the best chain, with one call.
     *
     * @param from number of the first one (u32)
     * @param count how many, at most a few thousand
     * @throws NodeException if the chain has not so many blocks
     */
    public List<BlockHash> blockHashes(long from, int count) throws NodeException, InterruptedException {
        ArrayNode numbers = JsonNodeFactory.instance.arrayNode();
        LongStream.range(from, from + count).forEach(numbers::add);
        JsonNode answer = with((socket, _) -> socket.call(config.callTimeout(), "chain_getBlockHash", numbers));
        if (!answer.isArray() || answer.size() != count) {
            throw malformed(
                    "chain_getBlockHash", "expected " + count + " hashes, found " + RpcMessages.shortened(answer));
        }
        List<BlockHash> hashes = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            if (answer.get(i).isNull()) {
                throw malformed("chain_getBlockHash", "it has no block " + (from + i));
            }
            try {
                hashes.add(BlockJson.readHash(answer.get(i)));
            } catch (NodeJsonException e) {
                throw malformed("chain_getBlockHash", e.getMessage());
            }
        }
        return hashes;
    }

    /**
     * Blocks with their bodies, each checked against its hash, in the order asked for; empty where the node has none or
     * has pruned the body. Asked for in one batch where the node takes batches and the answer is not too long for it, else
     * in smaller ones.
     */
    public List<Optional<SignedBlock>> blocks(List<BlockHash> hashes) throws NodeException, InterruptedException {
        return with((socket, calls) -> blocks(socket, calls, hashes));
    }

    private List<Optional<SignedBlock>> blocks(RpcSocket socket, NodeCalls calls, List<BlockHash> hashes)
            throws NodeException, InterruptedException {
        List<Optional<SignedBlock>> result = new ArrayList<>(hashes.size());
        while (result.size() < hashes.size()) {
            int from = result.size();
            int count = Math.min(batchLimit, hashes.size() - from);
            if (count == 1) {
                result.add(single(calls, hashes.get(from)));
                continue;
            }
            try {
                result.addAll(batch(socket, hashes.subList(from, from + count)));
            } catch (NodeException e) {
                switch (e.code()) {
                    case BATCHES_DISABLED -> batchLimit = 1;
                    case BATCH_TOO_LONG, BATCH_RESPONSE_TOO_BIG, RESPONSE_TOO_BIG ->
                        batchLimit = Math.min(batchLimit, count / 2);
                    default -> throw e;
                }
            }
        }
        return result;
    }

    private List<Optional<SignedBlock>> batch(RpcSocket socket, List<BlockHash> hashes)
            throws NodeException, InterruptedException {
        List<RpcSocket.Call> sent = socket.sendBatch(hashes.stream()
                .map(hash -> new RpcSocket.Request("chain_getBlock", List.of(BlockJson.write(hash))))
                .toList());
        List<Optional<SignedBlock>> result = new ArrayList<>();
        for (int i = 0; i < sent.size(); i++) {
            JsonNode answer = sent.get(i).await(config.pieceTimeout());
            result.add(answer.isNull() ? Optional.empty() : Optional.of(readBlock(hashes.get(i), answer)));
        }
        return result;
    }

    private Optional<SignedBlock> single(NodeCalls calls, BlockHash hash) throws NodeException, InterruptedException {
        try {
            return calls.block(hash);
        } catch (NodeException e) {
            if (e.code() == RESPONSE_TOO_BIG) {
                throw new NodeException(
                        e.kind(),
                        e.code(),
                        "block " + hash + " is too large for node " + config.url()
                                + " to answer; start it with a larger --rpc-max-response-size",
                        e);
            }
            throw e;
        }
    }

    private SignedBlock readBlock(BlockHash hash, JsonNode answer) throws NodeException {
        try {
            SignedBlock block = BlockJson.readBlock(answer);
            requireHash(hash, block.header());
            return block;
        } catch (NodeJsonException e) {
            throw malformed("chain_getBlock", e.getMessage());
        }
    }

    /** Ends all connections; calls in progress fail. */
    @Override
    public void close() {
        closed = true;
        all.forEach(Connection::end);
        http.shutdownNow();
    }
}

package xyz.autonomys.farmer.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import xyz.autonomys.farmer.node.server.JsonRpcServer;
import xyz.autonomys.farmer.node.server.JsonRpcServerSettings;
import xyz.autonomys.farmer.node.server.RpcCall;
import xyz.autonomys.farmer.node.server.RpcException;
import xyz.autonomys.farmer.node.server.RpcMethod;
import xyz.autonomys.farmer.node.server.Subscriber;
import xyz.autonomys.farmer.primitives.Blake3Hash;
import xyz.autonomys.farmer.primitives.FarmerProtocolInfo;
import xyz.autonomys.farmer.primitives.GenesisHash;
import xyz.autonomys.farmer.primitives.LastArchivedBlock;
import xyz.autonomys.farmer.primitives.Piece;
import xyz.autonomys.farmer.primitives.RewardSigningInfo;
import xyz.autonomys.farmer.primitives.SegmentCommitment;
import xyz.autonomys.farmer.primitives.SegmentHeader;
import xyz.autonomys.farmer.primitives.SlotInfo;
import xyz.autonomys.farmer.primitives.scale.SegmentHeaders;

/** A chain without blocks behind a real server: what a node says and forgets, under a test's control. */
final class TestNode implements AutoCloseable {
    private static final Blake3Hash CHALLENGE = Blake3Hash.of(new byte[32]);

    final List<SegmentHeader> headers = new CopyOnWriteArrayList<>();
    final List<Subscriber> slots = new CopyOnWriteArrayList<>();
    final List<Subscriber> signing = new CopyOnWriteArrayList<>();
    final List<Subscriber> segments = new CopyOnWriteArrayList<>();
    final Map<Long, Piece> pieces = new ConcurrentHashMap<>();
    final Map<Long, SignedBlock> blocks = new ConcurrentHashMap<>();
    final Map<String, SignedBlock> served = new ConcurrentHashMap<>();
    final BlockingQueue<Long> acknowledged = new LinkedBlockingQueue<>();
    final BlockingQueue<JsonNode> signatures = new LinkedBlockingQueue<>();
    final AtomicInteger solutions = new AtomicInteger();
    final AtomicInteger acknowledgementsToFail = new AtomicInteger();

    /** Methods that never answer. */
    final Set<String> mute = ConcurrentHashMap.newKeySet();

    volatile GenesisHash genesis = GenesisHash.of(new byte[32]);
    volatile boolean syncing;
    volatile RpcException refusal;
    volatile boolean checkHost;
    volatile int maxBatch = Integer.MAX_VALUE;
    private final CountDownLatch forever = new CountDownLatch(1);

    // The node's bookkeeping of acknowledgements (spec 06 §7.2).
    private long awaited = -1;
    private final Set<Subscriber> owing = ConcurrentHashMap.newKeySet();
    final AtomicLong acknowledgementsTooMany = new AtomicLong();

    private JsonRpcServer server;
    private int port;

    TestNode() throws IOException {
        headers.add(header(null));
        start();
    }

    /** Starts at the same port as before; a client that knocks there meanwhile may hold it for a moment. */
    void start() throws IOException {
        long deadline = System.nanoTime() + 10_000_000_000L;
        while (true) {
            try {
                listen();
                return;
            } catch (IOException e) {
                if (System.nanoTime() - deadline > 0) {
                    throw e;
                }
            }
        }
    }

    private void listen() throws IOException {
        server = JsonRpcServer.builder(settings())
                .method("subspace_getFarmerAppInfo", speaking("subspace_getFarmerAppInfo", call -> appInfo()))
                .method("subspace_segmentHeaders", speaking("subspace_segmentHeaders", this::segmentHeaders))
                .method("subspace_lastSegmentHeaders", call -> {
                    ArrayNode last = JsonNodeFactory.instance.arrayNode();
                    int limit = call.param(0, "limit").asInt();
                    headers.subList(Math.max(0, headers.size() - limit), headers.size())
                            .forEach(header -> last.add(NodeJson.write(header)));
                    return last;
                })
                .method("chain_getBlockHash", call -> {
                    SignedBlock block = blocks.get(call.param(0, "number").asLong());
                    return block == null
                            ? NullNode.getInstance()
                            : BlockJson.write(block.header().hash());
                })
                .method("chain_getBlock", call -> {
                    String hash = call.param(0, "hash").asText().substring(2);
                    SignedBlock block = served.get(hash);
                    return block == null ? NullNode.getInstance() : BlockJson.write(block);
                })
                .unsafeMethod("subspace_piece", speaking("subspace_piece", call -> {
                    Piece piece = pieces.get(call.param(0, "pieceIndex").asLong());
                    return piece == null ? NullNode.getInstance() : NodeJson.write(piece);
                }))
                .unsafeMethod("subspace_submitSolutionResponse", speaking("subspace_submitSolutionResponse", call -> {
                    solutions.incrementAndGet();
                    if (refusal != null) {
                        throw refusal;
                    }
                    return NullNode.getInstance();
                }))
                .unsafeMethod("subspace_submitRewardSignature", call -> {
                    signatures.add(call.param(0, "rewardSignature"));
                    return NullNode.getInstance();
                })
                .unsafeMethod("subspace_acknowledgeArchivedSegmentHeader", this::acknowledge)
                .subscription(
                        "subspace_subscribeSlotInfo",
                        "subspace_unsubscribeSlotInfo",
                        "subspace_slot_info",
                        false,
                        subscriber -> keep(slots, subscriber))
                .subscription(
                        "subspace_subscribeRewardSigning",
                        "subspace_unsubscribeRewardSigning",
                        "subspace_reward_signing",
                        true,
                        subscriber -> keep(signing, subscriber))
                .subscription(
                        "subspace_subscribeArchivedSegmentHeader",
                        "subspace_unsubscribeArchivedSegmentHeader",
                        "subspace_archived_segment_header",
                        false,
                        subscriber -> keep(segments, subscriber))
                .start();
        port = server.port();
    }

    private JsonRpcServerSettings settings() {
        JsonRpcServerSettings settings = JsonRpcServerSettings.loopback(port).withMaxBatch(maxBatch);
        return checkHost ? settings : settings.forAnyHost();
    }

    private static void keep(List<Subscriber> list, Subscriber subscriber) {
        list.add(subscriber);
        subscriber.onEnd(() -> list.remove(subscriber));
    }

    /** The method, unless it is to be mute. */
    private RpcMethod speaking(String name, RpcMethod method) {
        return call -> {
            JsonNode answer = method.call(call);
            if (mute.contains(name)) {
                forever.await();
            }
            return answer;
        };
    }

    private JsonNode appInfo() {
        return NodeJson.write(new FarmerAppInfo(
                genesis,
                List.of(),
                syncing,
                Duration.ofMillis(400),
                new FarmerProtocolInfo(headers.size(), 1000, 5, 1, 10, 4)));
    }

    private JsonNode segmentHeaders(RpcCall call) throws RpcException {
        JsonNode indices = call.param(0, "segmentIndexes");
        if (indices.size() > 1000) {
            throw new RpcException(9001, "segment_indexes length exceed the limit 1000");
        }
        ArrayNode answer = JsonNodeFactory.instance.arrayNode();
        for (JsonNode index : indices) {
            answer.add(
                    index.asLong() < headers.size()
                            ? NodeJson.write(headers.get(index.asInt()))
                            : NullNode.getInstance());
        }
        return answer;
    }

    private synchronized JsonNode acknowledge(RpcCall call) throws RpcException {
        if (acknowledgementsToFail.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
            throw new RpcException(RpcException.INTERNAL_ERROR, "Internal error");
        }
        long index = call.param(0, "segmentIndex").asLong();
        if (index == awaited) {
            if (owing.isEmpty()) {
                acknowledgementsTooMany.incrementAndGet();
            } else {
                owing.remove(owing.iterator().next());
            }
        }
        acknowledged.add(index);
        return NullNode.getInstance();
    }

    /** Subscriptions that have not acknowledged the segment announced last. */
    synchronized int owing() {
        owing.removeIf(subscriber -> !subscriber.isOpen());
        return owing.size();
    }

    URI url() {
        return url(port);
    }

    static URI url(int port) {
        return URI.create("ws://127.0.0.1:" + port);
    }

    int port() {
        return port;
    }

    /** A header that continues {@code previous}, or begins the history. */
    static SegmentHeader header(SegmentHeader previous) {
        return new SegmentHeader(
                previous == null ? 0 : previous.segmentIndex() + 1,
                SegmentCommitment.of(new byte[48]),
                previous == null ? Blake3Hash.of(new byte[32]) : SegmentHeaders.hash(previous),
                new LastArchivedBlock(7, -1));
    }

    /** Adds a segment without a word. */
    SegmentHeader archiveSilently() {
        SegmentHeader header = header(headers.getLast());
        headers.add(header);
        return header;
    }

    /** Adds a segment and announces it. */
    SegmentHeader archive() {
        SegmentHeader header = archiveSilently();
        announce(header);
        return header;
    }

    synchronized void announce(SegmentHeader header) {
        if (awaited != header.segmentIndex()) {
            awaited = header.segmentIndex();
            owing.clear();
        }
        for (Subscriber subscriber : segments) {
            owing.add(subscriber);
            subscriber.send(NodeJson.write(header));
        }
    }

    void slot(long number) {
        slots.forEach(subscriber -> subscriber.send(NodeJson.write(new SlotInfo(number, CHALLENGE, 1, 10))));
    }

    void askToSign(RewardSigningInfo request) {
        signing.forEach(subscriber -> subscriber.send(NodeJson.write(request)));
    }

    void dropConnections() {
        server.dropConnections();
    }

    void kill() {
        server.close();
    }

    @Override
    public void close() {
        forever.countDown();
        server.close();
    }
}

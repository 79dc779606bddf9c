package xyz.autonomys.farmer.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import xyz.autonomys.farmer.primitives.GenesisHash;
import xyz.autonomys.farmer.primitives.Piece;
import xyz.autonomys.farmer.primitives.RewardSignatureResponse;
import xyz.autonomys.farmer.primitives.SegmentHeader;
import xyz.autonomys.farmer.primitives.SlotInfo;
import xyz.autonomys.farmer.primitives.SolutionResponse;

/**
 * The client. Two sockets: one for subscriptions, submissions and signatures, one for everything bulky, so that no piece
 * delays a slot and no backlog kills a subscription (spec 06 §1.5). A supervising thread connects, subscribes, fills
 * gaps, watches for silence and begins anew when anything is wrong.
 */
public final class WebSocketNodeClient implements NodeClient {
    private static final Logger LOG = LoggerFactory.getLogger(WebSocketNodeClient.class);
    private static final int HEADERS_PER_CALL = 1000;
    private static final int PIECES_AT_ONCE = 10;
    private static final Duration TICK = Duration.ofMillis(200);
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private final NodeClientConfig config;
    private final HttpClient http = HttpClient.newHttpClient();
    private final List<ListenerQueues> listeners = new CopyOnWriteArrayList<>();
    private final HeaderChain headers = new HeaderChain();
    private final Semaphore pieces = new Semaphore(PIECES_AT_ONCE);
    private final AtomicInteger inFlight = new AtomicInteger();
    private final AtomicLong connects = new AtomicLong();
    private final AtomicLong slotsDelivered = new AtomicLong();
    private final AtomicLong slotsMissed = new AtomicLong();
    private final AtomicLong acknowledgements = new AtomicLong();
    private final Thread supervisor;
    private volatile Session session;
    private volatile NodeState state = NodeState.CONNECTING;
    private volatile String stateText = "not connected yet";
    private volatile FarmerAppInfo appInfo;
    private volatile GenesisHash genesisHash;
    private volatile boolean closed;

    /** Slots as they were delivered; only the decoder thread of the current session touches the rest. */
    private volatile long lastSlot = -1;

    private volatile long lastSlotAt;
    private long lowSlotsSince;

    private WebSocketNodeClient(NodeClientConfig config) {
        this.config = config;
        this.genesisHash = config.genesisHash().orElse(null);
        this.supervisor = Thread.ofPlatform().daemon().name("node-client").unstarted(this::supervise);
    }

    /** A client that keeps connected from now on. */
    public static NodeClient start(NodeClientConfig config) {
        WebSocketNodeClient client = new WebSocketNodeClient(config);
        client.supervisor.start();
        return client;
    }

    /** Both sockets and the subscriptions of one connection. */
    private final class Session implements AutoCloseable {
        private final RpcSocket main;
        private final RpcSocket bulk;
        private String slots;
        private String signing;
        private String segments;

        Session() throws NodeException, InterruptedException {
            main = RpcSocket.connect(http, config.url(), config.connectTimeout(), inFlight);
            boolean complete = false;
            RpcSocket second = null;
            try {
                second = RpcSocket.connect(http, config.url(), config.connectTimeout(), inFlight);
                complete = true;
            } finally {
                if (!complete) {
                    main.close();
                }
            }
            bulk = second;
        }

        void subscribe() throws NodeException, InterruptedException {
            segments = main.subscribe(
                    config.callTimeout(),
                    "subspace_subscribeArchivedSegmentHeader",
                    (item, at) -> onSegment(this, item));
            slots = main.subscribe(config.callTimeout(), "subspace_subscribeSlotInfo", (item, at) -> onSlot(item, at));
            signing = main.subscribe(
                    config.callTimeout(), "subspace_subscribeRewardSigning", (item, at) -> onSigning(item, at));
        }

        /** Renews the streams whose silence proves nothing; whether all were alive. */
        boolean renewQuietSubscriptions() throws NodeException, InterruptedException {
            String freshSigning = main.subscribe(
                    config.callTimeout(), "subspace_subscribeRewardSigning", (item, at) -> onSigning(item, at));
            boolean alive = main.unsubscribe(config.callTimeout(), "subspace_unsubscribeRewardSigning", signing);
            signing = freshSigning;
            String freshSegments = main.subscribe(
                    config.callTimeout(),
                    "subspace_subscribeArchivedSegmentHeader",
                    (item, at) -> onSegment(this, item));
            alive &= main.unsubscribe(config.callTimeout(), "subspace_unsubscribeArchivedSegmentHeader", segments);
            segments = freshSegments;
            return alive;
        }

        @Override
        public void close() {
            main.close();
            bulk.close();
        }
    }

    private void supervise() {
        Duration pause = config.firstBackOff();
        while (!closed) {
            String reason;
            try (Session fresh = new Session()) {
                reason = run(fresh);
                if (state == NodeState.READY || state == NodeState.SYNCING) {
                    pause = config.firstBackOff();
                }
            } catch (NodeException e) {
                reason = e.getMessage();
            } catch (InterruptedException e) {
                break;
            } finally {
                session = null;
            }
            if (closed) {
                break;
            }
            boolean wasUsable = state == NodeState.READY || state == NodeState.SYNCING;
            if (state != NodeState.WRONG_CHAIN && state != NodeState.CONFLICT) {
                state = NodeState.CONNECTING;
            }
            stateText = reason;
            if (wasUsable) {
                LOG.warn("Node {}: {}; connecting again", config.url(), reason);
            } else {
                LOG.info("Node {}: {}; next attempt in {} ms", config.url(), reason, pause.toMillis());
            }
            Duration retryIn = pause;
            String text = reason;
            listeners.forEach(listener -> listener.event(new NodeEvent.Disconnected(text, retryIn)));
            try {
                Thread.sleep(pause.toMillis());
            } catch (InterruptedException e) {
                break;
            }
            pause = pause.multipliedBy(2).compareTo(config.maxBackOff()) > 0
                    ? config.maxBackOff()
                    : pause.multipliedBy(2);
        }
        state = NodeState.CLOSED;
    }

    /** Uses a connection until it is no longer good; why. */
    private String run(Session fresh) throws NodeException, InterruptedException {
        FarmerAppInfo info = readAppInfo(fresh.bulk);
        if (genesisHash == null) {
            genesisHash = info.genesisHash();
        }
        if (!info.genesisHash().equals(genesisHash)) {
            state = NodeState.WRONG_CHAIN;
            stateText = "its genesis hash is " + info.genesisHash() + ", expected " + genesisHash
                    + "; connect to a node of the right chain";
            listeners.forEach(listener -> listener.event(new NodeEvent.WrongChain(genesisHash, info.genesisHash())));
            return stateText;
        }
        if (state == NodeState.CONFLICT) {
            return stateText;
        }
        appInfo = info;
        fresh.subscribe();
        fillGap(fresh);
        session = fresh;
        connects.incrementAndGet();
        lowSlotsSince = 0;
        state = info.syncing() ? NodeState.SYNCING : NodeState.READY;
        stateText = info.syncing() ? "the node is syncing" : "connected";
        LOG.info("Connected to node {}, {} segments", config.url(), headers.size());
        listeners.forEach(listener -> listener.event(new NodeEvent.Connected(info)));
        return watch(fresh);
    }

    private String watch(Session fresh) throws NodeException, InterruptedException {
        long now = System.nanoTime();
        long appInfoAt = now;
        long headersAt = now;
        long subscriptionsAt = now;
        long pingAt = now;
        long silentSince = now;
        while (!closed) {
            String ended = fresh.main.awaitEnd(TICK);
            if (ended != null) {
                return ended;
            }
            if (!fresh.bulk.isOpen()) {
                return "the second connection ended: " + fresh.bulk.awaitEnd(TICK);
            }
            if (state == NodeState.CONFLICT) {
                return stateText;
            }
            now = System.nanoTime();
            Duration silence = Duration.ofNanos(now - Math.max(silentSince, lastSlotAt));
            if (state == NodeState.SYNCING) {
                silentSince = now;
            } else if (silence.compareTo(config.slotSilence()) > 0) {
                FarmerAppInfo info = refreshAppInfo(fresh);
                if (!info.syncing()) {
                    listeners.forEach(listener -> listener.event(new NodeEvent.SlotsSilent(silence)));
                    return "no slot came for " + silence.toSeconds() + " s";
                }
                silentSince = now;
            }
            Duration infoInterval = state == NodeState.SYNCING ? Duration.ofSeconds(1) : config.appInfoInterval();
            if (elapsed(appInfoAt, now, infoInterval)) {
                appInfoAt = now;
                refreshAppInfo(fresh);
            }
            if (elapsed(headersAt, now, config.headerCheckInterval())) {
                headersAt = now;
                fillGap(fresh);
            }
            if (elapsed(subscriptionsAt, now, config.subscriptionCheckInterval())) {
                subscriptionsAt = now;
                if (!fresh.renewQuietSubscriptions()) {
                    LOG.warn("Node {}: a subscription had died silently and was renewed", config.url());
                    fillGap(fresh);
                }
            }
            if (elapsed(pingAt, now, config.pingInterval())) {
                pingAt = now;
                fresh.main.ping();
                fresh.bulk.ping();
                Duration longest = config.pingInterval().multipliedBy(3);
                if (fresh.main.silence().compareTo(longest) > 0
                        || fresh.bulk.silence().compareTo(longest) > 0) {
                    return "the connection is dead: nothing came for " + longest.toSeconds() + " s";
                }
            }
        }
        return "closed";
    }

    private static boolean elapsed(long since, long now, Duration interval) {
        return now - since >= interval.toNanos();
    }

    private FarmerAppInfo readAppInfo(RpcSocket socket) throws NodeException, InterruptedException {
        return read(
                "subspace_getFarmerAppInfo",
                NodeJson::readFarmerAppInfo,
                socket.call(config.callTimeout(), "subspace_getFarmerAppInfo"));
    }

    private FarmerAppInfo refreshAppInfo(Session current) throws NodeException, InterruptedException {
        FarmerAppInfo info = readAppInfo(current.bulk);
        boolean before = appInfo != null && appInfo.syncing();
        appInfo = info;
        if (info.syncing() != before) {
            state = info.syncing() ? NodeState.SYNCING : NodeState.READY;
            stateText = info.syncing() ? "the node is syncing" : "connected";
            listeners.forEach(listener -> listener.event(new NodeEvent.SyncingChanged(info.syncing())));
        }
        return info;
    }

    private interface Reader<T> {
        T read(JsonNode json) throws NodeJsonException;
    }

    private <T> T read(String method, Reader<T> reader, JsonNode json) throws NodeException {
        try {
            return reader.read(json);
        } catch (NodeJsonException e) {
            throw new NodeException(
                    NodeException.Kind.MALFORMED,
                    "node " + config.url() + " answered " + method + ": " + e.getMessage());
        }
    }

    /** Asks for all headers after the known ones and hands them to the listeners, not live. */
    private void fillGap(Session current) throws NodeException, InterruptedException {
        while (true) {
            List<Long> wanted = new ArrayList<>();
            int size = headers.size();
            for (int i = 0; i < HEADERS_PER_CALL; i++) {
                wanted.add((long) size + i);
            }
            List<Optional<SegmentHeader>> found = readHeaders(current.bulk, wanted);
            for (Optional<SegmentHeader> header : found) {
                if (header.isEmpty()) {
                    return;
                }
                if (!accept(header.get(), false)) {
                    return;
                }
            }
        }
    }

    /** Adds a header and tells the listeners; false if it contradicts what is known. */
    private boolean accept(SegmentHeader header, boolean live) {
        List<CompletableFuture<Void>> harvests = new ArrayList<>();
        synchronized (headers) {
            switch (headers.offer(header)) {
                case ADDED -> listeners.forEach(listener -> harvests.add(listener.segment(header, live)));
                case KNOWN, GAP -> {}
                case CONFLICT -> {
                    conflict(header);
                    return false;
                }
            }
        }
        if (live) {
            awaitAll(harvests, header);
        }
        return true;
    }

    private void conflict(SegmentHeader header) {
        state = NodeState.CONFLICT;
        stateText = "segment header " + Long.toUnsignedString(header.segmentIndex())
                + " contradicts the known history; the node's database was replaced or another chain is served";
        LOG.error("Node {}: {}", config.url(), stateText);
        SegmentHeader known = headers.get(header.segmentIndex()).orElse(null);
        listeners.forEach(
                listener -> listener.event(new NodeEvent.HeaderConflict(header.segmentIndex(), known, header)));
    }

    private void awaitAll(List<CompletableFuture<Void>> harvests, SegmentHeader header) {
        try {
            CompletableFuture.allOf(harvests.toArray(CompletableFuture[]::new))
                    .get(config.acknowledgeWithin().toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            LOG.warn("Segment {} is acknowledged although its pieces are still being fetched", header.segmentIndex());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            LOG.debug("A listener failed with segment {}", header.segmentIndex(), e);
        }
    }

    private void onSegment(Session current, JsonNode item) {
        SegmentHeader header;
        try {
            header = NodeJson.readSegmentHeader(item);
        } catch (NodeJsonException e) {
            LOG.error("Node {} announced a segment that cannot be read: {}", config.url(), e.getMessage());
            return;
        }
        // Harvesting takes long and must not hold up the decoder.
        Thread.ofVirtual().name("segment-" + header.segmentIndex()).start(() -> {
            try {
                if (Long.compareUnsigned(header.segmentIndex(), headers.size()) > 0) {
                    fillGapBefore(current, header);
                }
                accept(header, true);
                acknowledge(current, header.segmentIndex());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (NodeException e) {
                LOG.warn("Segment {}: {}", header.segmentIndex(), e.getMessage());
            }
        });
    }

    private void fillGapBefore(Session current, SegmentHeader header) throws NodeException, InterruptedException {
        List<Long> missing = new ArrayList<>();
        for (long index = headers.size();
                Long.compareUnsigned(index, header.segmentIndex()) < 0 && missing.size() < HEADERS_PER_CALL;
                index++) {
            missing.add(index);
        }
        for (Optional<SegmentHeader> found : readHeaders(current.bulk, missing)) {
            if (found.isEmpty() || !accept(found.get(), false)) {
                return;
            }
        }
    }

    /** Acknowledges once; a failed call is repeated as long as this connection lives and no newer segment came. */
    private void acknowledge(Session current, long index) throws InterruptedException {
        while (current.main.isOpen() && !closed) {
            try {
                current.main.call(
                        config.callTimeout(), "subspace_acknowledgeArchivedSegmentHeader", NodeJson.u64(index));
                acknowledgements.incrementAndGet();
                return;
            } catch (NodeException e) {
                if (e.kind() == NodeException.Kind.REFUSED || headers.size() > index + 1) {
                    LOG.warn("Segment {} was not acknowledged: {}", index, e.getMessage());
                    return;
                }
                Thread.sleep(config.firstBackOff().toMillis());
            }
        }
    }

    private void onSlot(JsonNode item, long arrivedAt) {
        SlotInfo slot;
        try {
            slot = NodeJson.readSlotInfo(item);
        } catch (NodeJsonException e) {
            LOG.warn("Node {} announced a slot that cannot be read: {}", config.url(), e.getMessage());
            return;
        }
        long number = slot.slotNumber();
        long before = lastSlot;
        if (before != -1 && Long.compareUnsigned(number, before) <= 0) {
            if (lowSlotsSince == 0) {
                lowSlotsSince = arrivedAt;
            }
            if (arrivedAt - lowSlotsSince < config.chainRestartAfter().toNanos()) {
                return;
            }
            listeners.forEach(listener -> listener.event(new NodeEvent.ChainRestarted(before, number)));
            LOG.warn("Node {}: slots began again at {}, the last one was {}", config.url(), number, before);
        } else if (before != -1 && number != before + 1) {
            slotsMissed.addAndGet(number - before - 1);
            NodeEvent.SlotGap cause = session == null || connectsAtLastSlot != connects.get()
                    ? NodeEvent.SlotGap.CONNECTION_LOST
                    : NodeEvent.SlotGap.SKIPPED_BY_NODE;
            listeners.forEach(listener -> listener.event(new NodeEvent.SlotsMissed(before + 1, number - 1, cause)));
        }
        lowSlotsSince = 0;
        lastSlot = number;
        lastSlotAt = arrivedAt;
        connectsAtLastSlot = connects.get();
        slotsDelivered.incrementAndGet();
        listeners.forEach(listener -> listener.slot(slot, arrivedAt));
    }

    private long connectsAtLastSlot;

    private void onSigning(JsonNode item, long arrivedAt) {
        try {
            var request = NodeJson.readRewardSigningInfo(item);
            listeners.forEach(listener -> listener.signing(request, arrivedAt));
        } catch (NodeJsonException e) {
            LOG.warn("Node {} asked for a signature, but not in a readable form: {}", config.url(), e.getMessage());
            listeners.forEach(listener -> listener.event(new NodeEvent.SigningRequestLost(e.getMessage())));
        }
    }

    @Override
    public Registration listen(NodeListener listener) {
        ListenerQueues[] self = new ListenerQueues[1];
        self[0] = new ListenerQueues(listener, config.listenerQueue(), () -> listeners.remove(self[0]));
        synchronized (headers) {
            listeners.add(self[0]);
        }
        if (state == NodeState.READY || state == NodeState.SYNCING) {
            self[0].event(new NodeEvent.Connected(appInfo));
        }
        return self[0];
    }

    private Session connected(String what) throws NodeException {
        Session current = session;
        if (current == null) {
            throw new NodeException(
                    NodeException.Kind.UNAVAILABLE,
                    "no connection to node " + config.url() + " for " + what + ": " + stateText);
        }
        return current;
    }

    @Override
    public FarmerAppInfo farmerAppInfo() throws NodeException, InterruptedException {
        return refreshAppInfo(connected("subspace_getFarmerAppInfo"));
    }

    @Override
    public List<Optional<SegmentHeader>> segmentHeaders(List<Long> indices) throws NodeException, InterruptedException {
        return readHeaders(connected("subspace_segmentHeaders").bulk, indices);
    }

    private List<Optional<SegmentHeader>> readHeaders(RpcSocket socket, List<Long> indices)
            throws NodeException, InterruptedException {
        List<Optional<SegmentHeader>> result = new ArrayList<>();
        for (int from = 0; from < indices.size(); from += HEADERS_PER_CALL) {
            List<Long> part = indices.subList(from, Math.min(indices.size(), from + HEADERS_PER_CALL));
            ArrayNode wanted = NODES.arrayNode();
            part.forEach(index -> wanted.add(NodeJson.u64(index)));
            JsonNode answer = socket.call(config.callTimeout(), "subspace_segmentHeaders", wanted);
            if (!answer.isArray() || answer.size() != part.size()) {
                throw new NodeException(
                        NodeException.Kind.MALFORMED,
                        "node " + config.url() + " was asked for " + part.size() + " segment headers and answered with "
                                + answer.size());
            }
            for (int i = 0; i < answer.size(); i++) {
                JsonNode json = answer.get(i);
                Optional<SegmentHeader> header = json.isNull()
                        ? Optional.empty()
                        : Optional.of(read("subspace_segmentHeaders", NodeJson::readSegmentHeader, json));
                if (header.isPresent() && header.get().segmentIndex() != part.get(i)) {
                    throw new NodeException(
                            NodeException.Kind.MALFORMED,
                            "node " + config.url() + " gave the header of segment "
                                    + Long.toUnsignedString(header.get().segmentIndex()) + " for "
                                    + Long.toUnsignedString(part.get(i)));
                }
                result.add(header);
            }
        }
        return result;
    }

    @Override
    public List<SegmentHeader> lastSegmentHeaders(int limit) throws NodeException, InterruptedException {
        JsonNode answer = connected("subspace_lastSegmentHeaders")
                .bulk
                .call(config.callTimeout(), "subspace_lastSegmentHeaders", IntNode.valueOf(limit));
        List<SegmentHeader> result = new ArrayList<>();
        for (JsonNode header : answer) {
            if (!header.isNull()) {
                result.add(read("subspace_lastSegmentHeaders", NodeJson::readSegmentHeader, header));
            }
        }
        return result;
    }

    @Override
    public List<SegmentHeader> knownSegmentHeaders() {
        return headers.all();
    }

    @Override
    public Optional<Piece> piece(long pieceIndex) throws NodeException, InterruptedException {
        if (!pieces.tryAcquire(config.pieceTimeout().toMillis(), TimeUnit.MILLISECONDS)) {
            throw new NodeException(
                    NodeException.Kind.UNAVAILABLE,
                    PIECES_AT_ONCE + " pieces are being asked for at node " + config.url() + " and none came");
        }
        try {
            JsonNode answer = connected("subspace_piece")
                    .bulk
                    .call(config.pieceTimeout(), "subspace_piece", NodeJson.u64(pieceIndex));
            return answer.isNull()
                    ? Optional.empty()
                    : Optional.of(read("subspace_piece", NodeJson::readPiece, answer));
        } finally {
            pieces.release();
        }
    }

    @Override
    public SubmissionOutcome submitSolution(SolutionResponse solution) throws InterruptedException {
        return submit("subspace_submitSolutionResponse", NodeJson.write(solution));
    }

    @Override
    public SubmissionOutcome submitRewardSignature(RewardSignatureResponse signature) throws InterruptedException {
        return submit("subspace_submitRewardSignature", NodeJson.write(signature));
    }

    private SubmissionOutcome submit(String method, JsonNode param) throws InterruptedException {
        RpcSocket.Call call;
        try {
            call = connected(method).main.send(method, param);
        } catch (NodeException e) {
            return e.kind() == NodeException.Kind.UNAVAILABLE
                    ? new SubmissionOutcome.NotSent(e.getMessage())
                    : new SubmissionOutcome.Unknown(e.getMessage());
        }
        try {
            call.await(config.submissionTimeout());
            return new SubmissionOutcome.Accepted();
        } catch (NodeException e) {
            return e.kind() == NodeException.Kind.REFUSED
                    ? new SubmissionOutcome.Refused(e.code(), e.getMessage())
                    : new SubmissionOutcome.Unknown(e.getMessage());
        }
    }

    @Override
    public NodeHealth health() {
        long slot = lastSlot;
        return new NodeHealth(
                state,
                stateText,
                Optional.ofNullable(appInfo),
                headers.size(),
                slot == -1 ? Optional.empty() : Optional.of(slot),
                slot == -1 ? Optional.empty() : Optional.of(Duration.ofNanos(System.nanoTime() - lastSlotAt)),
                connects.get(),
                slotsDelivered.get(),
                slotsMissed.get(),
                acknowledgements.get(),
                inFlight.get());
    }

    @Override
    public void close() {
        closed = true;
        supervisor.interrupt();
        Session current = session;
        if (current != null) {
            current.close();
        }
        listeners.forEach(ListenerQueues::close);
        try {
            supervisor.join(config.connectTimeout());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        http.shutdownNow();
    }
}

package xyz.autonomys.farmer.node;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import xyz.autonomys.farmer.primitives.Piece;
import xyz.autonomys.farmer.primitives.RewardSignatureResponse;
import xyz.autonomys.farmer.primitives.SegmentHeader;
import xyz.autonomys.farmer.primitives.SlotInfo;
import xyz.autonomys.farmer.primitives.SolutionResponse;

/**
 * The client. A supervising thread opens a {@link Session}, subscribes, fills gaps, watches for silence and begins anew
 * when anything is wrong; what must outlive a session is in the {@link NodeLink}, the {@link SlotFilter} and the {@link
 * SegmentKeeper}.
 */
public final class WebSocketNodeClient implements NodeClient {
    private static final Logger LOG = LoggerFactory.getLogger(WebSocketNodeClient.class);
    private static final int PIECES_AT_ONCE = 10;
    private static final Duration TICK = Duration.ofMillis(200);

    /** A session that lasted so long was a good one: the next attempt follows soon. */
    private static final Duration GOOD_SESSION = Duration.ofSeconds(5);

    private final NodeClientConfig config;
    private final HttpClient http = HttpClient.newBuilder()
            .proxy(HttpClient.Builder.NO_PROXY)
            .version(HttpClient.Version.HTTP_1_1)
            .build();
    private final List<ListenerQueues> listeners = new CopyOnWriteArrayList<>();
    private final HeaderChain chain = new HeaderChain();
    private final SegmentKeeper segments;
    private final SlotFilter slots;
    private final Semaphore pieces = new Semaphore(PIECES_AT_ONCE);
    private final AtomicInteger inFlight = new AtomicInteger();
    private final NodeLink link;
    private final Thread supervisor;
    private volatile boolean closed;

    private WebSocketNodeClient(NodeClientConfig config) {
        this.config = config;
        this.link = new NodeLink(config.url(), config.genesisHash(), this::tell);
        this.slots = new SlotFilter(config.chainRestartAfter());
        this.segments = new SegmentKeeper(config, chain, listeners, link::conflict);
        this.supervisor = Thread.ofPlatform().daemon().name("node-client").unstarted(this::supervise);
    }

    /** A client that keeps connected from now on. */
    public static NodeClient start(NodeClientConfig config) {
        WebSocketNodeClient client = new WebSocketNodeClient(config);
        client.supervisor.start();
        return client;
    }

    private void supervise() {
        Duration pause = config.firstBackOff();
        while (!closed) {
            long start = System.nanoTime();
            String reason;
            try (Session fresh = Session.open(config, http, inFlight, new Subscriptions(link.connects() + 1))) {
                reason = run(fresh);
            } catch (NodeException e) {
                reason = e.getMessage();
            } catch (InterruptedException e) {
                break;
            } catch (RuntimeException e) {
                LOG.error("The connection to node {} failed for a reason nobody thought of", config.url(), e);
                reason = "failed: " + e;
            }
            if (System.nanoTime() - start > GOOD_SESSION.toNanos()) {
                pause = config.firstBackOff();
            }
            if (!closed) {
                link.disconnected(reason, pause);
            }
            try {
                Thread.sleep(pause.toMillis());
            } catch (InterruptedException e) {
                break;
            }
            pause = pause.multipliedBy(2).compareTo(config.maxBackOff()) > 0
                    ? config.maxBackOff()
                    : pause.multipliedBy(2);
        }
        link.close();
    }

    private void tell(NodeEvent event) {
        listeners.forEach(listener -> listener.event(event));
    }

    /** Uses a connection until it is no longer good; why. */
    private String run(Session fresh) throws NodeException, InterruptedException {
        FarmerAppInfo info = fresh.calls().appInfo(config.callTimeout());
        if (!link.accepts(info)) {
            return link.text();
        }
        fresh.subscribe();
        if (!segments.fill(fresh.calls(), info.protocolInfo().historySize())
                || !link.connected(fresh, info, chain.size())) {
            return link.text();
        }
        return watch(fresh);
    }

    private String watch(Session fresh) throws NodeException, InterruptedException {
        Timer appInfoTimer = new Timer();
        Timer headerTimer = new Timer();
        Timer subscriptionTimer = new Timer();
        Timer pingTimer = new Timer();
        long slotsExpectedSince = System.nanoTime();
        while (!closed) {
            Optional<String> ended = fresh.awaitEnd(TICK);
            if (ended.isPresent()) {
                return ended.get();
            }
            if (link.state() == NodeState.CONFLICT) {
                return link.text();
            }
            long now = System.nanoTime();
            boolean syncing = link.state() == NodeState.SYNCING;
            // A node that waits for an acknowledgement announces no slots: its silence is our doing.
            if (syncing || fresh.owesAcknowledgement()) {
                slotsExpectedSince = now;
            }
            Duration silence = slots.silence(now, slotsExpectedSince);
            boolean silent = silence.compareTo(longestSlotSilence()) > 0;
            if (appInfoTimer.due(syncing ? Duration.ofSeconds(1) : config.appInfoInterval()) || silent) {
                boolean syncs = unlessBusy(fresh, () -> refreshAppInfo(fresh).syncing(), true);
                if (silent && !syncs) {
                    tell(new NodeEvent.SlotsSilent(silence));
                    return "no slot came for " + silence.toMillis() + " ms although the node is not syncing";
                }
            }
            if (headerTimer.due(config.headerCheckInterval())
                    && unlessBusy(fresh, () -> segments.isBehind(fresh.calls()), false)) {
                LOG.info("Node {} has segments that were not announced", config.url());
                segments.fill(fresh.calls(), link.appInfo().protocolInfo().historySize());
                fresh.renewQuietSubscriptions(which -> quietSubscriptionDied(fresh, which));
            }
            if (subscriptionTimer.due(config.subscriptionCheckInterval())) {
                fresh.renewQuietSubscriptions(which -> quietSubscriptionDied(fresh, which));
            }
            if (pingTimer.due(config.pingInterval())) {
                Optional<String> dead = fresh.ping();
                if (dead.isPresent()) {
                    return dead.get();
                }
            }
        }
        return "closed";
    }

    private interface Question {
        boolean ask() throws NodeException, InterruptedException;
    }

    /** Asks something; no answer is no reason to part while many pieces are on their way on the same socket. */
    private boolean unlessBusy(Session current, Question question, boolean otherwise)
            throws NodeException, InterruptedException {
        try {
            return question.ask();
        } catch (NodeException e) {
            if (e.kind() == NodeException.Kind.NO_ANSWER && current.isBulkBusy(config.slotSilence())) {
                LOG.debug("Node {} is busy with pieces: {}", config.url(), e.getMessage());
                return otherwise;
            }
            throw e;
        }
    }

    private static final class Timer {
        private long since = System.nanoTime();

        boolean due(Duration interval) {
            long now = System.nanoTime();
            if (now - since < interval.toNanos()) {
                return false;
            }
            since = now;
            return true;
        }
    }

    /** Slots of a slow development chain may be further apart than the setting, which is made for real ones. */
    private Duration longestSlotSilence() {
        Duration severalSlots = link.appInfo().farmingTimeout().multipliedBy(5).dividedBy(2);
        return severalSlots.compareTo(config.slotSilence()) > 0 ? severalSlots : config.slotSilence();
    }

    private void quietSubscriptionDied(Session current, Session.Quiet which) {
        LOG.warn("Node {}: the subscription to {} had died silently and was renewed", config.url(), which);
        if (which == Session.Quiet.SIGNING) {
            tell(new NodeEvent.SigningRequestLost("the subscription had died silently; requests may have been missed"));
            return;
        }
        try {
            segments.fill(current.calls(), 0);
        } catch (NodeException e) {
            current.urgent().fail("segments could not be asked for: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private FarmerAppInfo refreshAppInfo(Session current) throws NodeException, InterruptedException {
        Duration limit =
                config.callTimeout().compareTo(config.slotSilence()) < 0 ? config.callTimeout() : config.slotSilence();
        return link.refreshed(current, current.calls().appInfo(limit));
    }

    /** What the subscriptions of one connection bring. */
    private final class Subscriptions implements Session.Streams {
        private final long connection;

        Subscriptions(long connection) {
            this.connection = connection;
        }

        @Override
        public void slot(JsonNode item, long arrivedAt) {
            SlotInfo slot;
            try {
                slot = NodeJson.readSlotInfo(item);
            } catch (NodeJsonException e) {
                LOG.warn("Node {} announced a slot that cannot be read: {}", config.url(), e.getMessage());
                slots.malformed(arrivedAt);
                return;
            }
            // One at a time, also while the thread of an old connection is ending.
            synchronized (slots) {
                SlotFilter.Verdict verdict = slots.slot(slot.slotNumber(), arrivedAt, connection);
                verdict.before().ifPresent(event -> {
                    LOG.warn("Node {}: {}", config.url(), event);
                    tell(event);
                });
                if (verdict.deliver()) {
                    listeners.forEach(listener -> listener.slot(slot, arrivedAt));
                }
            }
        }

        @Override
        public void signing(JsonNode item, long arrivedAt) {
            try {
                var request = NodeJson.readRewardSigningInfo(item);
                listeners.forEach(listener -> listener.signing(request, arrivedAt));
            } catch (NodeJsonException e) {
                LOG.warn("Node {} asked for a signature, but not in a readable form: {}", config.url(), e.getMessage());
                tell(new NodeEvent.SigningRequestLost(e.getMessage()));
            }
        }

        @Override
        public void segment(SegmentSubscription subscription, NodeCalls calls, JsonNode item) throws NodeJsonException {
            segments.announced(subscription, calls, item);
        }
    }

    @Override
    public Registration listen(NodeListener listener) {
        ListenerQueues[] self = new ListenerQueues[1];
        self[0] = new ListenerQueues(listener, config.listenerQueue(), chain, () -> listeners.remove(self[0]));
        link.join(() -> listeners.add(self[0]), self[0]::event);
        return self[0];
    }

    private Session connected(String what) throws NodeException {
        return link.session()
                .filter(current -> link.state() != NodeState.CONFLICT)
                .orElseThrow(() -> new NodeException(
                        NodeException.Kind.UNAVAILABLE,
                        "no connection to node " + config.url() + " for " + what + ": " + link.text()));
    }

    @Override
    public FarmerAppInfo farmerAppInfo() throws NodeException, InterruptedException {
        return refreshAppInfo(connected("subspace_getFarmerAppInfo"));
    }

    @Override
    public List<Optional<SegmentHeader>> segmentHeaders(List<Long> indices) throws NodeException, InterruptedException {
        return connected("subspace_segmentHeaders").calls().segmentHeaders(indices);
    }

    @Override
    public List<SegmentHeader> lastSegmentHeaders(int limit) throws NodeException, InterruptedException {
        return connected("subspace_lastSegmentHeaders").calls().lastSegmentHeaders(limit);
    }

    @Override
    public List<SegmentHeader> knownSegmentHeaders() {
        return chain.all();
    }

    @Override
    public Optional<Piece> piece(long pieceIndex) throws NodeException, InterruptedException {
        if (!pieces.tryAcquire(config.pieceTimeout().toMillis(), TimeUnit.MILLISECONDS)) {
            throw new NodeException(
                    NodeException.Kind.UNAVAILABLE,
                    PIECES_AT_ONCE + " pieces are being asked for at node " + config.url() + " and none came within "
                            + config.pieceTimeout().toMillis() + " ms");
        }
        try {
            return connected("subspace_piece").calls().piece(pieceIndex);
        } finally {
            pieces.release();
        }
    }

    @Override
    public Optional<BlockHash> blockHash(long number) throws NodeException, InterruptedException {
        return connected("chain_getBlockHash").calls().blockHash(number);
    }

    @Override
    public Optional<SignedBlock> block(BlockHash hash) throws NodeException, InterruptedException {
        return connected("chain_getBlock").calls().block(hash);
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
            call = connected(method).urgent().send(method, param);
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
        return new NodeHealth(
                link.state(),
                link.text(),
                Optional.ofNullable(link.appInfo()),
                chain.size(),
                slots.last(),
                slots.lastAge(),
                link.connects(),
                slots.delivered(),
                slots.missed(),
                segments.acknowledgements(),
                inFlight.get());
    }

    @Override
    public void close() {
        closed = true;
        supervisor.interrupt();
        link.session().ifPresent(Session::close);
        listeners.forEach(ListenerQueues::close);
        try {
            supervisor.join(config.connectTimeout());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        http.shutdownNow();
    }
}

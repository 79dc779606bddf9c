package xyz.autonomys.farmer.node;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection with a node: a socket for what is urgent (subscriptions, submissions, signatures, acknowledgements), one
 * for what is big, so that no piece delays a slot and no backlog kills a subscription (spec 06 §1.5, R1), and the three
 * subscriptions. It is used until either socket ends or something about it is in doubt, and then replaced as a whole.
 */
final class Session implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Session.class);

    private final NodeClientConfig config;
    private final RpcSocket urgent;
    private final RpcSocket bulk;
    private final NodeCalls calls;
    private final Streams streams;
    private final AtomicBoolean renewing = new AtomicBoolean();
    private volatile String signing;
    private volatile SegmentSubscription segments;
    /** The one before, while it is being ended: it may have a segment in work. */
    private volatile SegmentSubscription ending;

    /** Where the items of the subscriptions go; called on the thread that decodes. */
    interface Streams {
        void slot(JsonNode item, long arrivedAt);

        void signing(JsonNode item, long arrivedAt);

        void segment(SegmentSubscription subscription, NodeCalls calls, JsonNode item) throws NodeJsonException;
    }

    /** The subscriptions that may be silent for hours. */
    enum Quiet {
        SIGNING,
        SEGMENTS
    }

    private Session(NodeClientConfig config, RpcSocket urgent, RpcSocket bulk, Streams streams) {
        this.config = config;
        this.urgent = urgent;
        this.bulk = bulk;
        this.calls = new NodeCalls(bulk, config);
        this.streams = streams;
    }

    /** Opens both sockets. */
    static Session open(NodeClientConfig config, HttpClient http, AtomicInteger inFlight, Streams streams)
            throws NodeException, InterruptedException {
        RpcSocket urgent = RpcSocket.connect(http, config.url(), config.connectTimeout(), inFlight);
        RpcSocket bulk = null;
        try {
            bulk = RpcSocket.connect(http, config.url(), config.connectTimeout(), inFlight);
        } finally {
            if (bulk == null) {
                urgent.close();
            }
        }
        return new Session(config, urgent, bulk, streams);
    }

    /** Asks for things, on the socket for what is big. */
    NodeCalls calls() {
        return calls;
    }

    /** The socket for what is urgent. */
    RpcSocket urgent() {
        return urgent;
    }

    /** Segments first, because they must be acknowledged from the first one on; slots last (spec 06 §8.7). */
    void subscribe() throws NodeException, InterruptedException {
        segments = subscribeSegments();
        signing = subscribeSigning();
        urgent.subscribe(config.callTimeout(), "subspace_subscribeSlotInfo", streams::slot);
    }

    private SegmentSubscription subscribeSegments() throws NodeException, InterruptedException {
        SegmentSubscription subscription = new SegmentSubscription(urgent, config);
        subscription.begin((item, _) -> {
            try {
                streams.segment(subscription, calls, item);
            } catch (NodeJsonException e) {
                // Which segment it was, and so what to acknowledge, is not known. A new connection owes nothing.
                urgent.fail("it announced a segment that cannot be read: " + e.getMessage());
            }
        });
        return subscription;
    }

    private String subscribeSigning() throws NodeException, InterruptedException {
        return urgent.subscribe(config.callTimeout(), "subspace_subscribeRewardSigning", streams::signing);
    }

    /**
     * Replaces the two subscriptions whose silence proves nothing by fresh ones, in the background (spec 06 §1.5, R4).
     *
     * @param onDeath called for each old one that was dead
     */
    void renewQuietSubscriptions(Consumer<Quiet> onDeath) {
        if (!renewing.compareAndSet(false, true)) {
            return;
        }
        Thread.ofVirtual().name("node-renewal").start(() -> {
            try {
                String oldSigning = signing;
                signing = subscribeSigning();
                if (!urgent.unsubscribe(config.callTimeout(), "subspace_unsubscribeRewardSigning", oldSigning)) {
                    onDeath.accept(Quiet.SIGNING);
                }
                SegmentSubscription oldSegments = segments;
                ending = oldSegments;
                segments = subscribeSegments();
                if (!oldSegments.end()) {
                    onDeath.accept(Quiet.SEGMENTS);
                }
            } catch (NodeException e) {
                urgent.fail("subscriptions could not be renewed: " + e.getMessage());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                ending = null;
                renewing.set(false);
            }
        });
    }

    /** Whether the node waits for an acknowledgement of ours. */
    boolean owesAcknowledgement() {
        SegmentSubscription old = ending;
        return segments.owesAnything() || old != null && old.owesAnything();
    }

    /** Whether answers keep coming on the socket for what is big: one that is late there is behind others, not lost. */
    boolean isBulkBusy(Duration within) {
        return urgent.isOpen() && bulk.isOpen() && bulk.textSilence().compareTo(within) < 0;
    }

    /** Sends pings; why the session is dead, if it is. */
    Optional<String> ping() {
        urgent.ping();
        bulk.ping();
        Duration longest = config.pingInterval().multipliedBy(3);
        return urgent.silence().compareTo(longest) > 0 || bulk.silence().compareTo(longest) > 0
                ? Optional.of("the connection is dead: nothing came for " + longest.toMillis() + " ms, not even a pong")
                : Optional.empty();
    }

    /** Waits for the end of either socket; why, or empty if both are alive after {@code timeout}. */
    Optional<String> awaitEnd(Duration timeout) throws InterruptedException {
        Optional<String> ended = urgent.awaitEnd(timeout);
        return ended.isPresent() ? ended : bulk.awaitEnd(Duration.ZERO);
    }

    @Override
    public void close() {
        LOG.debug("Closing the connection to node {}", config.url());
        urgent.close();
        bulk.close();
    }
}

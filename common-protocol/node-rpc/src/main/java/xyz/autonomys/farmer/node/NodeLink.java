package xyz.autonomys.farmer.node;

import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import xyz.autonomys.farmer.primitives.GenesisHash;
import xyz.autonomys.farmer.primitives.SegmentHeader;

/**
 * How a client and its node stand: whether they are connected, whether the node is of the right chain, syncing, or in
 * contradiction to what is known. Listeners hear of changes in their order, since they are told under the lock.
 * Thread-safe.
 */
final class NodeLink {
    private static final Logger LOG = LoggerFactory.getLogger(WebSocketNodeClient.class);

    private final URI url;
    private final Consumer<NodeEvent> listeners;
    private volatile Session session;
    private volatile NodeState state = NodeState.CONNECTING;
    private volatile String text = "not connected yet";
    private volatile FarmerAppInfo appInfo;
    private volatile long connects;
    private GenesisHash genesisHash;
    private String lastFailure = "";

    /**
     * Not connected yet.
     *
     * @param genesisHash of the right chain; without it the first node that answers is right
     * @param listeners who is told of changes
     */
    NodeLink(URI url, Optional<GenesisHash> genesisHash, Consumer<NodeEvent> listeners) {
        this.url = url;
        this.genesisHash = genesisHash.orElse(null);
        this.listeners = listeners;
    }

    NodeState state() {
        return state;
    }

    /** The state in words. */
    String text() {
        return text;
    }

    /** What the node said of itself last, null before it has said anything. */
    FarmerAppInfo appInfo() {
        return appInfo;
    }

    /** The connection, if there is one that is ready to be used. */
    Optional<Session> session() {
        return Optional.ofNullable(session);
    }

    /** How often a connection became ready. */
    long connects() {
        return connects;
    }

    /** Whether this is the node of the right chain and nothing it said before contradicts what is known. */
    synchronized boolean accepts(FarmerAppInfo info) {
        if (genesisHash == null) {
            genesisHash = info.genesisHash();
        }
        if (info.genesisHash().equals(genesisHash)) {
            if (state == NodeState.WRONG_CHAIN) {
                state = NodeState.CONNECTING;
            }
            return state != NodeState.CONFLICT;
        }
        text = "node " + url + " has genesis hash " + info.genesisHash() + ", expected " + genesisHash
                + "; connect to a node of the right chain";
        if (state != NodeState.WRONG_CHAIN && state != NodeState.CONFLICT) {
            state = NodeState.WRONG_CHAIN;
            LOG.error("{}", text);
            listeners.accept(new NodeEvent.WrongChain(genesisHash, info.genesisHash()));
        }
        return false;
    }

    /**
     * A connection is ready.
     *
     * @param segments segments known by now
     * @return false if the node contradicts what is known, so that the connection is of no use
     */
    synchronized boolean connected(Session fresh, FarmerAppInfo info, long segments) {
        if (state == NodeState.CONFLICT) {
            return false;
        }
        connects++;
        session = fresh;
        appInfo = info;
        usable(info.syncing());
        LOG.info("Connected to node {}, {} segments{}", url, segments, info.syncing() ? ", syncing" : "");
        listeners.accept(new NodeEvent.Connected(info));
        return true;
    }

    private void usable(boolean syncing) {
        state = syncing ? NodeState.SYNCING : NodeState.READY;
        text = syncing ? "the node is syncing" : "connected";
    }

    /** The connection has ended, or did not come about. */
    synchronized void disconnected(String reason, Duration retryIn) {
        boolean wasUsable = session != null;
        session = null;
        if (state == NodeState.READY || state == NodeState.SYNCING) {
            state = NodeState.CONNECTING;
        }
        if (state == NodeState.CONNECTING) {
            text = reason;
        }
        if (wasUsable) {
            LOG.warn("Node {}: {}; connecting again", url, reason);
        } else if (!reason.equals(lastFailure)) {
            LOG.info("Node {}: {}; trying again", url, reason);
        }
        lastFailure = reason;
        listeners.accept(new NodeEvent.Disconnected(reason, retryIn));
    }

    /**
     * What the node said of itself on this connection.
     *
     * @return the same
     * @throws NodeException if it is another chain's node now; the connection is ended
     */
    synchronized FarmerAppInfo refreshed(Session current, FarmerAppInfo info) throws NodeException {
        if (session != current) {
            return info;
        }
        if (!info.genesisHash().equals(genesisHash)) {
            String reason = "the genesis hash of node " + url + " changed to " + info.genesisHash();
            current.urgent().fail(reason);
            throw new NodeException(NodeException.Kind.UNAVAILABLE, reason);
        }
        appInfo = info;
        boolean changed = info.syncing() ? state == NodeState.READY : state == NodeState.SYNCING;
        if (changed) {
            usable(info.syncing());
            listeners.accept(new NodeEvent.SyncingChanged(info.syncing()));
        }
        return info;
    }

    /** The node announced a header that contradicts what is known; from then on it is not used. */
    synchronized void conflict(Optional<SegmentHeader> known, SegmentHeader received) {
        boolean first = state != NodeState.CONFLICT;
        state = NodeState.CONFLICT;
        text = "header of segment " + Long.toUnsignedString(received.segmentIndex()) + " from node " + url
                + " contradicts the known history: its database was replaced, or it is on another chain; check the node,"
                + " then start again";
        if (first) {
            LOG.error("{}", text);
            listeners.accept(new NodeEvent.HeaderConflict(received.segmentIndex(), known.orElse(null), received));
        }
    }

    /** Adds a listener, and tells it that there is a connection if there is one. */
    synchronized void join(Runnable add, Consumer<NodeEvent> listener) {
        add.run();
        if (session != null) {
            listener.accept(new NodeEvent.Connected(appInfo));
        }
    }

    /** Nothing more happens. */
    synchronized void close() {
        session = null;
        state = NodeState.CLOSED;
        text = "closed";
    }
}

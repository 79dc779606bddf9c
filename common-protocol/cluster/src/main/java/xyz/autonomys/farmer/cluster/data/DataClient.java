package xyz.autonomys.farmer.cluster.data;

import io.netty.channel.EventLoopGroup;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import xyz.autonomys.farmer.primitives.Blake3Hash;
import xyz.autonomys.farmer.primitives.Piece;
import xyz.autonomys.farmer.primitives.ProtocolSizes;
import xyz.autonomys.farmer.primitives.hash.Blake3;
import xyz.autonomys.farmer.telemetry.Meters;

/**
 * Asks peers on the data plane. Calls block the calling thread (virtual threads are meant), each with time-outs; any
 * number of calls may run at the same time and share the few connections to a peer. What all calls together may hold is
 * bounded; a call that finds no room waits for it as long as for a first byte.
 */
public final class DataClient implements AutoCloseable {
    /** The most bytes of fragments of one piece: as many as rebuild it, and their headers. */
    public static final int MAX_FRAGMENTS_BYTES = ProtocolSizes.PIECE_BYTES + 4096;

    private final ClusterCredentials credentials;
    private final DataClientSettings settings;
    private final EventLoopGroup group;
    private final Semaphore inFlight;
    private final ClientFigures figures = new ClientFigures();
    private final Map<PeerAddress, PeerState> peers = new ConcurrentHashMap<>();

    private DataClient(ClusterCredentials credentials, DataClientSettings settings) {
        this.credentials = credentials;
        this.settings = settings;
        this.group = Transport.newGroup("data-client", settings.ioThreads());
        this.inFlight = new Semaphore((int) (settings.inFlightBytes() >> 10), true);
    }

    /** A client for the members of this cluster; connects when it is asked to. */
    public static DataClient open(ClusterCredentials credentials, DataClientSettings settings) {
        return new DataClient(credentials, settings);
    }

    /** The most memory the client holds in buffers. */
    public MemoryBudget memoryBudget() {
        return new MemoryBudget(
                "data client",
                List.of(
                        new MemoryBudget.Part("answers in flight, twice the credit", 2 * settings.inFlightBytes()),
                        new MemoryBudget.Part("being read", (long) settings.ioThreads() * Transport.RECEIVE_BYTES)));
    }

    /** Adds the client's figures to those of its role. */
    public void observe(Meters meters) {
        figures.observe(meters);
        meters.gauge(
                "autonomys_farmer_data_credit_granted_bytes",
                "Bytes of answers that peers may send now.",
                () -> settings.inFlightBytes() - ((long) inFlight.availablePermits() << 10));
        meters.gauge(
                "autonomys_farmer_data_credit_limit_bytes",
                "The most bytes of answers that peers may send at a time.",
                settings::inFlightBytes);
        meters.gauge("autonomys_farmer_data_peers", "Peers that were asked.", peers::size);
        meters.gauge(
                "autonomys_farmer_data_peers_sick",
                "Peers whose health score is below a half.",
                () -> peers.values().stream()
                        .filter(peer -> peer.health().score() < 0.5)
                        .count());
    }

    /** Counts second peers that were asked because the first were slower than usual. */
    public void countHedges(int peers) {
        figures.hedged(peers);
    }

    /** The time-outs of the settings and no deadline worth the name (10 minutes). */
    public RequestOptions defaultOptions() {
        return new RequestOptions(
                settings.firstByteTimeout(), settings.progressTimeout(), java.time.Duration.ofMinutes(10));
    }

    /** How well each peer that was asked did, by address. */
    public Map<String, PeerHealth.Snapshot> peerHealth() {
        Map<String, PeerHealth.Snapshot> snapshots = new TreeMap<>();
        peers.forEach((address, peer) ->
                snapshots.put(address.toString(), peer.health().snapshot()));
        return snapshots;
    }

    /** The health score of a peer, 1 for one never asked. */
    public double score(PeerAddress peer) {
        PeerState state = peers.get(peer);
        return state == null ? 1 : state.health().score();
    }

    /**
     * Asks a peer for pieces. {@code answers} gets each index asked for once, in any order, on the calling thread; if
     * the call fails, the indices not answered yet are simply open and can be asked of another peer.
     *
     * @param request {@link DataRequest.Pieces} or {@link DataRequest.FreshPieces}
     * @throws DataPlaneException with the kind of failure
     */
    public void pieces(PeerAddress peer, DataRequest request, RequestOptions options, Consumer<PieceAnswer> answers)
            throws DataPlaneException, InterruptedException {
        long[] indices =
                switch (request) {
                    case DataRequest.Pieces pieces -> pieces.indices();
                    case DataRequest.FreshPieces pieces -> pieces.indices();
                    default -> throw new IllegalArgumentException("not a request for pieces: " + request);
                };
        items(peer, request, indices, ProtocolSizes.PIECE_BYTES, ProtocolSizes.PIECE_BYTES, options, item -> {
            if (item.bytes() == null) {
                answers.accept(new PieceAnswer.Missing(item.index()));
            } else if (!item.damage().isEmpty()) {
                answers.accept(new PieceAnswer.Damaged(item.index(), item.damage()));
            } else {
                answers.accept(new PieceAnswer.Found(item.index(), Piece.wrap(item.bytes())));
            }
        });
    }

    /**
     * Asks a peer for the fragments that it has of pieces. {@code answers} gets each index asked for once, in any order,
     * on the calling thread: the bytes of the fragments one behind the other, their checksum verified, or nothing if the
     * peer has none or they came damaged.
     *
     * @param request for {@link ItemType#SPLIT_PARITY_PIECE}
     * @throws DataPlaneException with the kind of failure
     */
    public void fragments(
            PeerAddress peer,
            DataRequest.Pieces request,
            RequestOptions options,
            BiConsumer<Long, Optional<byte[]>> answers)
            throws DataPlaneException, InterruptedException {
        items(
                peer,
                request,
                request.indices(),
                1,
                MAX_FRAGMENTS_BYTES,
                options,
                item -> answers.accept(
                        item.index(), item.damage().isEmpty() ? Optional.ofNullable(item.bytes()) : Optional.empty()));
    }

    /** An item that came: null bytes if the peer does not have it, a text if it came damaged. */
    private record Arrived(long index, byte[] bytes, String damage) {}

    private void items(
            PeerAddress peer,
            DataRequest request,
            long[] indices,
            int minBytes,
            int maxBytes,
            RequestOptions options,
            Consumer<Arrived> answers)
            throws DataPlaneException, InterruptedException {
        Set<Long> open = HashSet.newHashSet(indices.length);
        for (long index : indices) {
            open.add(index);
        }
        try (Exchange exchange = exchange(peer, request, options, maxBytes)) {
            for (Exchange.Item next = exchange.nextItem(); next != null; next = exchange.nextItem()) {
                ItemHeader item = next.header();
                if (!open.remove(item.key())) {
                    throw protocol(peer, "sent piece " + Long.toUnsignedString(item.key()) + " without being asked");
                }
                if (!item.found()) {
                    answers.accept(new Arrived(item.key(), null, ""));
                } else if (item.length() < minBytes
                        || item.length() > maxBytes
                        || item.totalLength() != item.length()) {
                    throw protocol(
                            peer, "sent " + item.length() + " bytes as piece " + Long.toUnsignedString(item.key()));
                } else {
                    answers.accept(checked(peer, item, exchange.bytesOf(next)));
                }
            }
        }
        if (!open.isEmpty()) {
            throw protocol(peer, "left " + open.size() + " of " + indices.length + " pieces without an answer");
        }
    }

    private Arrived checked(PeerAddress peer, ItemHeader item, byte[] bytes) throws DataPlaneException {
        figures.item();
        Blake3Hash actual = Blake3.hash(bytes);
        if (actual.equals(item.checksum())) {
            return new Arrived(item.key(), bytes, "");
        }
        peer(peer).health().failed(FailureKind.CHECKSUM);
        return new Arrived(item.key(), bytes, "its BLAKE3 is " + actual + ", announced was " + item.checksum());
    }

    /**
     * Asks for something that is answered by one item.
     *
     * @param maxBytes the longest answer that is accepted
     * @return the bytes of the item, its checksum verified
     * @throws DataPlaneException with the kind of failure; {@link FailureKind#MISSING} if the item is missing
     */
    public byte[] ask(PeerAddress peer, DataRequest request, RequestOptions options, int maxBytes)
            throws DataPlaneException, InterruptedException {
        try (Exchange exchange = exchange(peer, request, options, maxBytes)) {
            Exchange.Item next = exchange.nextItem();
            ItemHeader item = next == null ? null : next.header();
            if (item == null || !item.found()) {
                peer(peer).health().failed(FailureKind.MISSING);
                throw new DataPlaneException(FailureKind.NOT_SERVED, peer + " has no answer to " + request);
            }
            if (item.length() > maxBytes || item.length() != item.totalLength()) {
                throw protocol(
                        peer,
                        "answers " + request + " with " + item.length() + " of " + item.totalLength()
                                + " bytes; accepted are " + maxBytes);
            }
            byte[] bytes = exchange.bytesOf(next);
            figures.item();
            Blake3Hash actual = Blake3.hash(bytes);
            if (!actual.equals(item.checksum())) {
                peer(peer).health().failed(FailureKind.CHECKSUM);
                throw new DataPlaneException(
                        FailureKind.CHECKSUM,
                        "the answer of " + peer + " to " + request + " has BLAKE3 " + actual + ", announced was "
                                + item.checksum());
            }
            if (exchange.nextItem() != null) {
                throw protocol(peer, "answers " + request + " with more than one item");
            }
            return bytes;
        }
    }

    /**
     * Sends a request and returns the exchange on which its answer comes.
     *
     * @param wholeLimit items up to so many bytes are wanted in one, 0 for all in parts
     */
    Exchange exchange(PeerAddress address, DataRequest request, RequestOptions options, int wholeLimit)
            throws DataPlaneException, InterruptedException {
        PeerState peer = peer(address);
        int window = settings.creditBytes();
        if (!inFlight.tryAcquire(
                PeerState.windowPermits(window), options.firstByte().toNanos(), TimeUnit.NANOSECONDS)) {
            figures.failed(FailureKind.LOCAL_BUDGET);
            throw new DataPlaneException(
                    FailureKind.LOCAL_BUDGET,
                    "all " + (settings.inFlightBytes() >> 20) + " MiB for answers are in use; " + request + " from "
                            + address + " was not asked for");
        }
        Exchange exchange = new Exchange(peer, request.toString(), options, window, wholeLimit);
        boolean opened = false;
        try {
            byte[] body = DataRequestCodec.encode(request);
            RequestKind kind = RequestKind.of(request);
            figures.requested(kind);
            peer.connection().open(exchange, kind.code, request.highPriority(), window, body);
            if (body.length > FrameType.INLINE_REQUEST_BYTES) {
                exchange.sendBody(body);
            }
            opened = true;
            return exchange;
        } finally {
            if (!opened) {
                exchange.close();
            }
        }
    }

    private PeerState peer(PeerAddress address) throws DataPlaneException {
        PeerState known = peers.get(address);
        if (known != null) {
            return known;
        }
        if (peers.size() >= settings.maxPeers()) {
            peers.values().removeIf(PeerState::closeIfIdle);
            if (peers.size() >= settings.maxPeers()) {
                throw new DataPlaneException(
                        FailureKind.LOCAL_BUDGET, "more than " + settings.maxPeers() + " peers are in use");
            }
        }
        return peers.computeIfAbsent(
                address, _ -> new PeerState(address, credentials, settings, group, inFlight, figures));
    }

    private DataPlaneException protocol(PeerAddress peer, String what) throws DataPlaneException {
        return failed(peer, FailureKind.PROTOCOL, what);
    }

    /** Counts a failure that was found above the exchange. */
    DataPlaneException failed(PeerAddress peer, FailureKind kind, String what) throws DataPlaneException {
        peer(peer).health().failed(kind);
        return new DataPlaneException(kind, peer + " " + what);
    }

    /** Closes all connections; calls in progress fail. */
    @Override
    public void close() {
        peers.values().forEach(PeerState::close);
        group.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(3, TimeUnit.SECONDS);
    }
}

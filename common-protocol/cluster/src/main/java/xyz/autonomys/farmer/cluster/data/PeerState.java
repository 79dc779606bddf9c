package xyz.autonomys.farmer.cluster.data;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;

/** What the client knows of one peer: its connections, which it owns, and its health. */
final class PeerState {
    /** After a failed connect, further requests fail at once for this long instead of each waiting in turn. */
    private static final long RETRY_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final PeerAddress address;
    private final ClusterCredentials credentials;
    private final DataClientSettings settings;
    private final EventLoopGroup group;
    private final Semaphore inFlight;
    private final PeerHealth health;
    private final ReentrantLock lock = new ReentrantLock();
    private final List<ClientConnection> connections = new ArrayList<>();
    private DataPlaneException lastFailure;
    private long lastFailureNanos;
    private boolean closed;

    PeerState(
            PeerAddress address,
            ClusterCredentials credentials,
            DataClientSettings settings,
            EventLoopGroup group,
            Semaphore inFlight,
            ClientFigures figures) {
        this.address = address;
        this.credentials = credentials;
        this.settings = settings;
        this.group = group;
        this.inFlight = inFlight;
        this.health = new PeerHealth(System::nanoTime, figures);
    }

    PeerAddress address() {
        return address;
    }

    PeerHealth health() {
        return health;
    }

    /** Credit windows are counted in KiB, so that the semaphore's int holds terabytes. */
    static int windowPermits(int bytes) {
        return (bytes + 1023) >>> 10;
    }

    void returnWindow(int bytes) {
        inFlight.release(windowPermits(bytes));
    }

    /** Closes the peer's connections and says true, unless requests are running on them. */
    boolean closeIfIdle() {
        lock.lock();
        try {
            if (connections.stream().anyMatch(connection -> connection.isUsable() && connection.load() > 0)) {
                return false;
            }
            close();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** A usable connection: the least loaded, or a new one while there may be more. */
    ClientConnection connection() throws DataPlaneException, InterruptedException {
        if (!lock.tryLock(2 * settings.connectTimeout().toMillis() + 100, TimeUnit.MILLISECONDS)) {
            throw failed(new DataPlaneException(FailureKind.CONNECT, "no connection to " + address + " in time"));
        }
        try {
            if (closed) {
                throw new DataPlaneException(
                        FailureKind.LOCAL_BUDGET, "connections to " + address + " were just closed");
            }
            connections.removeIf(connection -> !connection.isUsable());
            ClientConnection best = null;
            for (ClientConnection connection : connections) {
                if (best == null || connection.load() < best.load()) {
                    best = connection;
                }
            }
            if (best != null && (best.load() == 0 || connections.size() >= settings.connectionsPerPeer())) {
                return best;
            }
            if (lastFailure != null && System.nanoTime() - lastFailureNanos < RETRY_PAUSE_NANOS) {
                if (best != null) {
                    return best;
                }
                throw lastFailure;
            }
            try {
                ClientConnection fresh = connect();
                connections.add(fresh);
                lastFailure = null;
                return fresh;
            } catch (DataPlaneException e) {
                lastFailure = e;
                lastFailureNanos = System.nanoTime();
                failed(e);
                if (best != null) {
                    return best;
                }
                throw e;
            }
        } finally {
            lock.unlock();
        }
    }

    private DataPlaneException failed(DataPlaneException e) {
        health.failed(e.kind());
        return e;
    }

    private ClientConnection connect() throws DataPlaneException, InterruptedException {
        try {
            return connect(Handshake.VERSION);
        } catch (ClientHandshake.OlderVersionException older) {
            try {
                return connect(older.version());
            } catch (ClientHandshake.OlderVersionException again) {
                throw new DataPlaneException(
                        FailureKind.HANDSHAKE,
                        address + " refuses version " + older.version() + " of the data plane, which it said it speaks",
                        again);
            }
        }
    }

    private ClientConnection connect(int version)
            throws DataPlaneException, ClientHandshake.OlderVersionException, InterruptedException {
        ClientConnection connection = new ClientConnection(address);
        CompletableFuture<Void> handshake = new CompletableFuture<>();
        long millis = settings.connectTimeout().toMillis();
        ChannelFuture connected = new Bootstrap()
                .group(group)
                .channel(Transport.clientChannel())
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) millis)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.SO_KEEPALIVE, true)
                .option(ChannelOption.ALLOCATOR, Transport.allocator())
                .option(ChannelOption.RECVBUF_ALLOCATOR, Transport.receiveBuffers())
                .handler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        channel.pipeline()
                                .addLast(new ClientHandshake(credentials, version, address, connection, handshake));
                    }
                })
                .connect(address.host(), address.port());
        Channel channel = connected.channel();
        try {
            if (!connected.await(millis + 100) || !connected.isSuccess()) {
                throw new DataPlaneException(
                        FailureKind.CONNECT,
                        "cannot connect to " + address + ": "
                                + (connected.cause() == null
                                        ? "no answer within " + millis + " ms"
                                        : connected.cause().getMessage()),
                        connected.cause());
            }
            handshake.get(millis, TimeUnit.MILLISECONDS);
            return connection;
        } catch (ExecutionException e) {
            channel.close();
            if (e.getCause() instanceof DataPlaneException known) {
                throw known;
            }
            if (e.getCause() instanceof ClientHandshake.OlderVersionException older) {
                throw older;
            }
            throw new DataPlaneException(FailureKind.HANDSHAKE, "no handshake with " + address, e.getCause());
        } catch (TimeoutException e) {
            channel.close();
            throw new DataPlaneException(
                    FailureKind.HANDSHAKE, address + " did not complete the handshake within " + millis + " ms", e);
        } catch (DataPlaneException | InterruptedException e) {
            channel.close();
            throw e;
        }
    }

    void close() {
        lock.lock();
        try {
            closed = true;
            connections.forEach(connection ->
                    connection.close(new DataPlaneException(FailureKind.DISCONNECTED, "the data client is closed")));
            connections.clear();
        } finally {
            lock.unlock();
        }
    }
}

package xyz.autonomys.farmer.cluster.data;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import xyz.autonomys.farmer.primitives.hash.Blake3;
import xyz.autonomys.farmer.telemetry.Meters;

/**
 * The one listening port of a process. Roles register what they serve; until they do, a request of that kind is answered
 * as not served. Health and echo are served from the start.
 */
public final class DataServer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(DataServer.class);

    /** What is being read, and the frame that it completes: one each per connection. */
    private static final int INBOUND_BYTES_PER_CONNECTION = Transport.RECEIVE_BYTES + FrameType.OPEN.maxBody;

    private final DataServerSettings settings;
    private final ClusterCredentials credentials;
    private final EventLoopGroup group;
    private final Channel listener;
    private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private final Map<Class<?>, RequestHandler<?>> handlers = new ConcurrentHashMap<>();
    private final Semaphore connectionSlots;
    private final Semaphore requestSlots;
    private final Semaphore bodyBytes;
    private final ServerFigures figures = new ServerFigures();

    private DataServer(ClusterCredentials credentials, DataServerSettings settings) throws IOException {
        this.settings = settings;
        this.credentials = credentials;
        this.connectionSlots = new Semaphore(settings.maxConnections());
        this.requestSlots = new Semaphore(settings.maxRequests());
        this.bodyBytes = new Semaphore(settings.requestBodyBytes());
        this.group = Transport.newGroup("data-server", settings.ioThreads());
        register(
                DataRequest.Echo.class,
                (request, answer) -> answer.item(0, request.body(), Blake3.hash(request.body())));
        register(DataRequest.Health.class, (_, answer) -> {
            byte[] text = describe().getBytes(java.nio.charset.StandardCharsets.UTF_8);
            answer.item(0, text, Blake3.hash(text));
        });
        var bound = new ServerBootstrap()
                .group(group)
                .channel(Transport.serverChannel())
                .option(ChannelOption.SO_BACKLOG, 128)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childOption(ChannelOption.ALLOCATOR, Transport.allocator())
                .childOption(ChannelOption.RECVBUF_ALLOCATOR, Transport.receiveBuffers())
                .childOption(
                        ChannelOption.WRITE_BUFFER_WATER_MARK,
                        new WriteBufferWaterMark(settings.outboundBytes() / 2, settings.outboundBytes()))
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        accept(channel);
                    }
                })
                .bind(settings.bindAddress(), settings.port())
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            group.shutdownGracefully(0, 0, TimeUnit.MILLISECONDS);
            throw new IOException(
                    "cannot listen on " + settings.bindAddress() + ":" + settings.port()
                            + " for the data plane: " + bound.cause().getMessage()
                            + "; choose another port with --listen-port, or 0 for any",
                    bound.cause());
        }
        this.listener = bound.channel();
        log.info("data plane listens on port {} ({}); {}", port(), Transport.describe(), memoryBudget());
    }

    /**
     * Starts to listen.
     *
     * @throws IOException naming the address if that is not possible
     */
    public static DataServer start(ClusterCredentials credentials, DataServerSettings settings) throws IOException {
        return new DataServer(credentials, settings);
    }

    /** The port it listens on. */
    public int port() {
        return ((InetSocketAddress) listener.localAddress()).getPort();
    }

    /**
     * Serves a kind of request from now on.
     *
     * @throws IllegalStateException if another role of this process serves it already (health and echo can be replaced)
     */
    public <R extends DataRequest> void register(Class<R> kind, RequestHandler<? super R> handler) {
        boolean replaceable = kind == DataRequest.Health.class || kind == DataRequest.Echo.class;
        if (handlers.put(kind, handler) != null && !replaceable) {
            throw new IllegalStateException("requests of kind " + kind.getSimpleName() + " have two handlers");
        }
    }

    /** Stops serving a kind of request. */
    public void unregister(Class<? extends DataRequest> kind) {
        handlers.remove(kind);
    }

    /** The most memory the server holds in buffers. */
    public MemoryBudget memoryBudget() {
        return new MemoryBudget(
                "data server",
                List.of(
                        new MemoryBudget.Part(
                                "inbound frames of " + settings.maxConnections() + " connections",
                                (long) settings.maxConnections() * INBOUND_BYTES_PER_CONNECTION),
                        new MemoryBudget.Part(
                                "short requests", (long) settings.maxRequests() * FrameType.INLINE_REQUEST_BYTES),
                        new MemoryBudget.Part("long requests", settings.requestBodyBytes()),
                        new MemoryBudget.Part(
                                "outbound", (long) settings.maxConnections() * settings.outboundBytes())));
    }

    /** Connections that were cut because they could not prove membership. */
    public long strangersCut() {
        return figures.strangers();
    }

    /** Requests answered to the end. */
    public long requestsServed() {
        return figures.served();
    }

    /** Bytes of items sent. */
    public long bytesSent() {
        return figures.bytesSent();
    }

    /** Adds the server's figures to those of its role. */
    public void observe(Meters meters) {
        figures.observe(meters);
        meters.gauge("autonomys_farmer_data_connections", "Connections from peers now.", connections::size);
        meters.gauge(
                "autonomys_farmer_data_requests_in_work",
                "Requests of peers in work now.",
                () -> settings.maxRequests() - requestSlots.availablePermits());
        meters.gauge(
                "autonomys_farmer_data_requests_in_work_limit",
                "The most requests of peers in work at a time.",
                settings::maxRequests);
        meters.gauge(
                "autonomys_farmer_data_server_memory_limit_bytes",
                "The most memory that the data server holds in buffers.",
                () -> memoryBudget().totalBytes());
    }

    /** Connections open now. */
    public int connectionCount() {
        return connections.size();
    }

    private String describe() {
        return "ok; " + connections.size() + " connections, "
                + (settings.maxRequests() - requestSlots.availablePermits()) + " requests in work, " + figures.served()
                + " served, " + figures.bytesSent() + " bytes sent, " + figures.strangers() + " strangers cut";
    }

    private void accept(SocketChannel channel) {
        if (!connectionSlots.tryAcquire()) {
            figures.stranger();
            channel.close();
            return;
        }
        connections.add(channel);
        channel.closeFuture().addListener(_ -> connectionSlots.release());
        channel.pipeline()
                .addLast(new ServerHandshake(
                        credentials, settings.handshakeTimeout(), figures, () -> new ServerConnection(this)));
    }

    DataServerSettings settings() {
        return settings;
    }

    Semaphore bodyBytes() {
        return bodyBytes;
    }

    /** Whether a request may start; normal ones leave a quarter of the slots to those of high priority. */
    boolean takeRequestSlot(boolean highPriority) {
        if (!highPriority && requestSlots.availablePermits() <= settings.maxRequests() / 4) {
            return false;
        }
        return requestSlots.tryAcquire();
    }

    void returnRequestSlot() {
        requestSlots.release();
    }

    ServerFigures figures() {
        return figures;
    }

    /** The handler of the request's kind, or null. */
    @SuppressWarnings("unchecked")
    RequestHandler<DataRequest> handlerOf(DataRequest request) {
        return (RequestHandler<DataRequest>) handlers.get(request.getClass());
    }

    /** Stops accepting, lets running requests end for a short while, then closes every connection. */
    @Override
    public void close() {
        listener.close().awaitUninterruptibly(settings.closeTimeout().toMillis());
        try {
            if (requestSlots.tryAcquire(
                    settings.maxRequests(), settings.closeTimeout().toMillis(), TimeUnit.MILLISECONDS)) {
                requestSlots.release(settings.maxRequests());
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        connections.close().awaitUninterruptibly(settings.closeTimeout().toMillis());
        group.shutdownGracefully(0, settings.closeTimeout().toMillis(), TimeUnit.MILLISECONDS)
                .awaitUninterruptibly(settings.closeTimeout().toMillis());
    }
}

package xyz.autonomys.farmer.node.server;

import com.fasterxml.jackson.databind.JsonNode;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.timeout.ReadTimeoutHandler;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The server. Methods and subscriptions are registered before it starts; each call runs on a virtual thread of its own,
 * so answers come in any order. Closing it closes all connections.
 */
public final class JsonRpcServer implements AutoCloseable {
    private static final int HTTP_IDLE_SECONDS = 120;

    private final JsonRpcServerSettings settings;
    private final Map<String, Method> methods;
    private final Supplier<JsonNode> health;
    private final Set<RpcConnection> connections = ConcurrentHashMap.newKeySet();
    private final MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
    private final ExecutorService calls = Executors.newVirtualThreadPerTaskExecutor();
    private final Disturbances disturbances = new Disturbances();
    private final ServerBootstrap bootstrap;
    private final Object listening = new Object();
    private final int port;
    private Channel listener;
    private boolean closed;

    /** What a name stands for. */
    sealed interface Method {
        /** A call. */
        record Plain(RpcMethod method, boolean unsafe) implements Method {}

        /** The begin of a subscription. */
        record Subscribe(String notification, boolean unsafe, Consumer<Subscriber> handler) implements Method {}

        /** The end of one. */
        record Unsubscribe() implements Method {}
    }

    private JsonRpcServer(JsonRpcServerSettings settings, Map<String, Method> methods, Supplier<JsonNode> health)
            throws IOException {
        this.settings = settings;
        this.methods = Map.copyOf(methods);
        this.health = health;
        this.bootstrap = new ServerBootstrap()
                .group(group)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        if (disturbances.hangs()) {
                            channel.pipeline().addLast(new ReadTimeoutHandler(HTTP_IDLE_SECONDS));
                            return;
                        }
                        channel.pipeline()
                                .addLast(
                                        new ReadTimeoutHandler(HTTP_IDLE_SECONDS),
                                        new HttpServerCodec(),
                                        new HttpObjectAggregator(settings.maxRequestBytes()),
                                        new HttpHandler(JsonRpcServer.this));
                    }
                });
        boolean listening = false;
        try {
            listener = bind(settings.port());
            listening = true;
        } finally {
            if (!listening) {
                group.shutdownGracefully(0, 0, TimeUnit.MILLISECONDS);
            }
        }
        port = ((InetSocketAddress) listener.localAddress()).getPort();
    }

    private Channel bind(int wanted) throws IOException {
        ChannelFuture bound = bootstrap.bind(settings.bindAddress(), wanted).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException(
                    "cannot listen on " + settings.bindAddress() + ":" + wanted + ": "
                            + bound.cause().getMessage(),
                    bound.cause());
        }
        return bound.channel();
    }

    /** Begins to describe a server. */
    public static Builder builder(JsonRpcServerSettings settings) {
        return new Builder(settings);
    }

    /** The port it listens on. */
    public int port() {
        return port;
    }

    /** Where it listens, as {@code HOST:PORT}. */
    public String address() {
        return settings.bindAddress() + ":" + port;
    }

    /** What it does wrong on purpose. */
    public Disturbances disturbances() {
        return disturbances;
    }

    /**
     * Stops listening, so that connections are refused, or listens again on the same port. Connections that exist stay.
     *
     * @throws IOException if the port is no longer free
     */
    public void listen(boolean wanted) throws IOException {
        synchronized (listening) {
            if (!wanted) {
                listener.close().awaitUninterruptibly();
            } else if (!listener.isOpen() && !closed) {
                listener = bind(port);
            }
        }
    }

    JsonRpcServerSettings settings() {
        return settings;
    }

    Method method(String name) {
        return methods.get(name);
    }

    JsonNode health() {
        return health.get();
    }

    /** Registers a connection; null if there are too many. */
    synchronized RpcConnection connect(Channel channel) {
        if (connections.size() >= settings.maxConnections()) {
            return null;
        }
        RpcConnection connection = new RpcConnection(channel, settings, disturbances);
        connections.add(connection);
        channel.closeFuture().addListener(_ -> {
            connections.remove(connection);
            connection.closed();
        });
        return connection;
    }

    ExecutorService calls() {
        return calls;
    }

    /** Closes all connections, without a word and at once; the server goes on. */
    public void dropConnections() {
        connections.forEach(RpcConnection::close);
    }

    /** Says good-bye on all connections with a close frame. */
    public void closeConnections() {
        connections.forEach(RpcConnection::sayGoodBye);
    }

    /** From now on neither reads from the connections that exist nor sends anything: peers that are half gone. */
    public void freezeConnections() {
        connections.forEach(RpcConnection::freeze);
    }

    /** Ends every subscription of every connection silently, as an overflow does. */
    public void killSubscriptions() {
        connections.forEach(connection -> connection.subscribers().forEach(Subscriber::end));
    }

    @Override
    public void close() {
        synchronized (listening) {
            closed = true;
            listener.close().awaitUninterruptibly();
        }
        dropConnections();
        calls.shutdownNow();
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
    }

    /** Collects methods. */
    public static final class Builder {
        private final JsonRpcServerSettings settings;
        private final Map<String, Method> methods = new HashMap<>();
        private Supplier<JsonNode> health = com.fasterxml.jackson.databind.node.NullNode::getInstance;

        private Builder(JsonRpcServerSettings settings) {
            this.settings = settings;
        }

        /** A method that anyone may call. */
        public Builder method(String name, RpcMethod method) {
            methods.put(name, new Method.Plain(method, false));
            return this;
        }

        /** A method that needs a connection with unsafe methods allowed. */
        public Builder unsafeMethod(String name, RpcMethod method) {
            methods.put(name, new Method.Plain(method, true));
            return this;
        }

        /**
         * A subscription.
         *
         * @param subscribe name of the call that begins it
         * @param unsubscribe name of the call that ends it
         * @param notification name of its notifications
         * @param unsafe whether it needs unsafe methods allowed
         * @param handler takes each new subscriber, after the answer to its call
         */
        public Builder subscription(
                String subscribe,
                String unsubscribe,
                String notification,
                boolean unsafe,
                Consumer<Subscriber> handler) {
            methods.put(subscribe, new Method.Subscribe(notification, unsafe, handler));
            methods.put(unsubscribe, new Method.Unsubscribe());
            return this;
        }

        /** What {@code GET /health} answers. */
        public Builder health(Supplier<JsonNode> answer) {
            health = answer;
            return this;
        }

        /** The names registered so far. */
        public Set<String> names() {
            return Set.copyOf(methods.keySet());
        }

        /**
         * Starts the server.
         *
         * @throws IOException if it cannot listen
         */
        public JsonRpcServer start() throws IOException {
            return new JsonRpcServer(settings, methods, health);
        }
    }
}

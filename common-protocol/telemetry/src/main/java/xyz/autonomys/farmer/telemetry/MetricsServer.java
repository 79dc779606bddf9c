package xyz.autonomys.farmer.telemetry;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Serves the figures of a process under {@code /metrics}, for Prometheus. Gives nothing else and takes nothing. */
public final class MetricsServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MetricsServer.class);
    private static final int BACKLOG = 16;
    private static final int THREADS = 2;

    private final HttpServer server;
    private final ThreadPoolExecutor threads;

    private MetricsServer(HttpServer server, ThreadPoolExecutor threads) {
        this.server = server;
        this.threads = threads;
    }

    /**
     * Starts to serve.
     *
     * @param address {@code HOST:PORT}, {@code :PORT} or {@code PORT}; port 0 for any
     * @throws IOException naming the address if it cannot be listened on
     * @throws IllegalArgumentException naming the address if it is none
     */
    public static MetricsServer start(Telemetry telemetry, String address) throws IOException {
        InetSocketAddress local = parse(address);
        HttpServer server;
        try {
            server = HttpServer.create(local, BACKLOG);
        } catch (IOException e) {
            throw new IOException(
                    "cannot serve metrics at " + address + ": " + e.getMessage()
                            + "; choose another address with --metrics-listen",
                    e);
        }
        // A scrape that finds no room is refused by the discarded connection, not queued without limit.
        ThreadPoolExecutor threads = new ThreadPoolExecutor(
                THREADS,
                THREADS,
                1,
                TimeUnit.MINUTES,
                new ArrayBlockingQueue<>(BACKLOG),
                Thread.ofPlatform().daemon().name("metrics-", 0).factory());
        server.setExecutor(threads);
        server.createContext("/", exchange -> answer(exchange, telemetry));
        server.start();
        MetricsServer started = new MetricsServer(server, threads);
        LOG.info("Metrics at http://{}:{}/metrics", local.getHostString(), started.port());
        return started;
    }

    /** The port it listens on. */
    public int port() {
        return server.getAddress().getPort();
    }

    static InetSocketAddress parse(String address) {
        int colon = address.lastIndexOf(':');
        String host = colon <= 0 ? "0.0.0.0" : address.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        }
        try {
            int port = Integer.parseInt(address.substring(colon + 1));
            return new InetSocketAddress(InetAddress.getByName(host), port);
        } catch (IllegalArgumentException | java.net.UnknownHostException e) {
            throw new IllegalArgumentException(
                    "\"" + address + "\" is not an address for metrics; write HOST:PORT, such as 0.0.0.0:9616", e);
        }
    }

    private static void answer(HttpExchange exchange, Telemetry telemetry) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            if (!exchange.getRequestMethod().equals("GET")) {
                send(exchange, 405, "text/plain; charset=utf-8", "only GET is served\n");
            } else if (path.equals("/metrics")) {
                send(exchange, 200, "text/plain; version=0.0.4; charset=utf-8", telemetry.scrape());
            } else {
                send(exchange, 404, "text/plain; charset=utf-8", "the figures are at /metrics\n");
            }
        }
    }

    private static void send(HttpExchange exchange, int status, String type, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}

package xyz.autonomys.farmer.devnode;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import xyz.autonomys.farmer.devnode.chain.SimulatedChain;
import xyz.autonomys.farmer.node.server.JsonRpcServer;

/**
 * Journal and commands on a port of their own, never on the RPC port (spec 06 §12 S13).
 *
 * <pre>
 * GET  /state                                 where the chain is, and how often each kind of thing happened
 * GET  /journal?from=SEQUENCE&amp;limit=N         entries
 * POST /stop-slots?millis=N                   announce nothing for a while
 * POST /skip-slots?count=N                    leave announcements out
 * POST /ignore-solutions?count=N              answer submissions with 9001
 * POST /syncing?value=true|false              pretend to sync
 * POST /solution-range?value=N                range of the next blocks
 * POST /drop-connections                      close all sockets
 * POST /kill-subscriptions                    end all subscriptions without a word
 * </pre>
 */
final class SideChannel implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MOST_ENTRIES = 10_000;

    private final HttpServer http;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final DevNode node;
    private final SimulatedChain chain;
    private final Faults faults;
    private final JsonRpcServer server;

    SideChannel(int port, DevNode node, SimulatedChain chain, Faults faults, JsonRpcServer server) throws IOException {
        this.node = node;
        this.chain = chain;
        this.faults = faults;
        this.server = server;
        this.http = HttpServer.create(new InetSocketAddress("127.0.0.1", port), 0);
        http.setExecutor(threads);
        http.createContext("/", this::handle);
        http.start();
    }

    int port() {
        return http.getAddress().getPort();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            Map<String, String> query = query(exchange.getRequestURI().getQuery());
            String answer;
            int status = 200;
            try {
                answer = exchange.getRequestMethod().equals("GET")
                        ? get(exchange.getRequestURI().getPath(), query)
                        : post(exchange.getRequestURI().getPath(), query);
            } catch (IllegalArgumentException e) {
                answer = e.getMessage();
                status = 400;
            }
            byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            if (bytes.length > 0) {
                try (OutputStream out = exchange.getResponseBody()) {
                    out.write(bytes);
                }
            }
        }
    }

    private String get(String path, Map<String, String> query) {
        return switch (path) {
            case "/state" -> state().toString();
            case "/journal" -> {
                ArrayNode entries = JSON.createArrayNode();
                chain.journal()
                        .since(number(query, "from", 0), (int) number(query, "limit", MOST_ENTRIES))
                        .forEach(entries::add);
                yield entries.toString();
            }
            default -> throw new IllegalArgumentException("there is no " + path);
        };
    }

    private ObjectNode state() {
        ObjectNode state = JSON.createObjectNode();
        state.put("url", node.url());
        state.put("block", chain.chain().best().number());
        state.put("slot", node.lastSlot());
        state.put("segments", chain.history().segments().size());
        state.put("solutionRange", Long.toUnsignedString(chain.chain().solutionRange()));
        ObjectNode counts = state.putObject("counts");
        chain.journal().counts().forEach((kind, count) -> counts.put(kind.name(), count));
        return state;
    }

    private String post(String path, Map<String, String> query) {
        switch (path) {
            case "/stop-slots" -> faults.stopSlots(number(query, "millis", 0));
            case "/skip-slots" -> faults.skipSlots((int) number(query, "count", 1));
            case "/ignore-solutions" -> faults.ignoreSolutions((int) number(query, "count", 1));
            case "/syncing" -> faults.syncing(Boolean.parseBoolean(query.get("value")));
            case "/solution-range" ->
                chain.chain().forceSolutionRange(Long.parseUnsignedLong(query.getOrDefault("value", "")));
            case "/drop-connections" -> server.dropConnections();
            case "/kill-subscriptions" -> server.killSubscriptions();
            default -> throw new IllegalArgumentException("there is no " + path);
        }
        return "";
    }

    private static Map<String, String> query(String text) {
        Map<String, String> query = new HashMap<>();
        if (text != null) {
            for (String pair : text.split("&")) {
                int at = pair.indexOf('=');
                if (at > 0) {
                    query.put(pair.substring(0, at), pair.substring(at + 1));
                }
            }
        }
        return query;
    }

    private static long number(Map<String, String> query, String name, long otherwise) {
        return query.containsKey(name) ? Long.parseLong(query.get(name)) : otherwise;
    }

    @Override
    public void close() {
        http.stop(0);
        threads.shutdownNow();
    }
}

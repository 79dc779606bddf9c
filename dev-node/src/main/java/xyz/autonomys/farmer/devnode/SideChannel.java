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
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import xyz.autonomys.farmer.devnode.chain.SimulatedChain;

/**
 * Journal and commands on a port of their own, never on an RPC port (spec 06 §12 S13).
 *
 * <pre>
 * GET  /state                                 where the chain is, its nodes, how often each kind of thing happened
 * GET  /journal?from=SEQUENCE&amp;limit=N         entries
 * POST /COMMAND?…                             one of {@link FaultCommands}, at all nodes
 * POST /COMMAND?node=I&amp;…                      at one node, counted from 0
 * POST /COMMAND?at-slot=N&amp;…                   when that slot begins
 * POST /COMMAND?probability=P&amp;…               with each slot, by chance
 * POST /clear-schedule                        forgets what has not happened yet
 * </pre>
 */
final class SideChannel implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MOST_ENTRIES = 10_000;

    private final HttpServer http;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final DevNode node;
    private final SimulatedChain chain;
    private final List<RpcNode> nodes;
    private final FaultSchedule schedule;
    private final FaultCommands commands;

    SideChannel(int port, DevNode node, SimulatedChain chain, List<RpcNode> nodes, FaultSchedule schedule)
            throws IOException {
        this.node = node;
        this.chain = chain;
        this.nodes = List.copyOf(nodes);
        this.schedule = schedule;
        this.commands = new FaultCommands(chain);
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
        ArrayNode all = state.putArray("nodes");
        nodes.forEach(each -> each.describe(all.addObject()));
        ObjectNode counts = state.putObject("counts");
        chain.journal().counts().forEach((kind, count) -> counts.put(kind.name(), count));
        return state;
    }

    private String post(String path, Map<String, String> query) {
        String command = path.substring(1);
        if (command.equals("clear-schedule")) {
            schedule.clear();
            return "";
        }
        List<RpcNode> concerned = nodes;
        if (query.containsKey("node")) {
            int number = (int) number(query, "node", 0);
            if (number < 0 || number >= nodes.size()) {
                throw new IllegalArgumentException("there are nodes 0 to " + (nodes.size() - 1) + ", not " + number);
            }
            concerned = List.of(nodes.get(number));
        }
        List<RpcNode> at = concerned;
        Runnable fault = () -> at.forEach(each -> commands.run(command, each, query));
        if (query.containsKey("at-slot")) {
            schedule.at(number(query, "at-slot", 0), fault);
        } else if (query.containsKey("probability")) {
            schedule.often(Double.parseDouble(query.get("probability")), fault);
        } else {
            fault.run();
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

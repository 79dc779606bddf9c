package xyz.autonomys.farmer.devnode;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A client that shows what comes, as it comes. */
final class RawClient implements AutoCloseable {
    static final int WAIT_SECONDS = 60;

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final AtomicInteger ids = new AtomicInteger();
    private final Map<Integer, CompletableFuture<JsonNode>> answers = new ConcurrentHashMap<>();
    private final Map<String, BlockingQueue<JsonNode>> items = new ConcurrentHashMap<>();
    private final CompletableFuture<Integer> closed = new CompletableFuture<>();
    private final AtomicInteger frames = new AtomicInteger();
    private final WebSocket socket;

    private RawClient(String url) throws Exception {
        socket = HTTP.newWebSocketBuilder()
                .buildAsync(URI.create(url), new Listener())
                .get(WAIT_SECONDS, TimeUnit.SECONDS);
    }

    static RawClient connect(String url) throws Exception {
        return new RawClient(url);
    }

    /** Sends a call; completes with the whole answer. */
    CompletableFuture<JsonNode> send(String method, Object... params) throws Exception {
        int id = ids.getAndIncrement();
        CompletableFuture<JsonNode> answer = new CompletableFuture<>();
        answers.put(id, answer);
        ObjectNode request = JSON.createObjectNode();
        request.put("jsonrpc", "2.0").put("id", id).put("method", method);
        request.set("params", JSON.valueToTree(params));
        socket.sendText(request.toString(), true).get(WAIT_SECONDS, TimeUnit.SECONDS);
        return answer;
    }

    /** Calls and waits for the whole answer. */
    JsonNode answer(String method, Object... params) throws Exception {
        return send(method, params).get(WAIT_SECONDS, TimeUnit.SECONDS);
    }

    /** Calls and waits for the result. */
    JsonNode call(String method, Object... params) throws Exception {
        JsonNode answer = answer(method, params);
        if (!answer.has("result")) {
            throw new AssertionError(method + " was answered with " + answer);
        }
        return answer.get("result");
    }

    /** Subscribes; what comes is in the queue of {@code notification}. */
    BlockingQueue<JsonNode> subscribe(String method, String notification) throws Exception {
        BlockingQueue<JsonNode> queue = items.computeIfAbsent(notification, _ -> new LinkedBlockingQueue<>());
        call(method);
        return queue;
    }

    static JsonNode next(BlockingQueue<JsonNode> queue) throws Exception {
        JsonNode item = queue.poll(WAIT_SECONDS, TimeUnit.SECONDS);
        if (item == null) {
            throw new AssertionError("nothing came");
        }
        return item;
    }

    /** Completes with the status of the close frame, or −1 if the connection broke. */
    CompletableFuture<Integer> closed() {
        return closed;
    }

    /** Frames that came. */
    int frames() {
        return frames.get();
    }

    @Override
    public void close() {
        socket.abort();
    }

    private final class Listener implements WebSocket.Listener {
        private final StringBuilder text = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
            frames.incrementAndGet();
            text.append(data);
            if (last) {
                take(text.toString());
                text.setLength(0);
            }
            webSocket.request(1);
            return null;
        }

        private void take(String message) {
            JsonNode json;
            try {
                json = JSON.readTree(message);
            } catch (Exception e) {
                throw new IllegalStateException(message, e);
            }
            if (json.has("id")) {
                answers.remove(json.get("id").asInt()).complete(json);
            } else {
                items.computeIfAbsent(json.get("method").asText(), _ -> new LinkedBlockingQueue<>())
                        .add(json.get("params").get("result"));
            }
        }

        @Override
        public CompletionStage<?> onClose(WebSocket webSocket, int statusCode, String reason) {
            closed.complete(statusCode);
            return null;
        }

        @Override
        public void onError(WebSocket webSocket, Throwable error) {
            closed.complete(-1);
        }
    }
}

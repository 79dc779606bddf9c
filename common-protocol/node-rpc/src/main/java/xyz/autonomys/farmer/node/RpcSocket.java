package xyz.autonomys.farmer.node;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One WebSocket connection speaking JSON-RPC. It lives until it fails or is closed, then everything pending fails and
 * {@link #awaitEnd} returns. Text is taken off the socket at once and decoded on a thread of its own.
 */
final class RpcSocket implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RpcSocket.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MAX_MESSAGE_CHARS = 20 << 20;
    private static final int MAX_WAITING_MESSAGES = 4096;
    private static final Duration SEND_TIMEOUT = Duration.ofSeconds(10);

    private final String url;
    private final AtomicLong nextId = new AtomicLong();
    private final Map<Long, CompletableFuture<JsonNode>> pending = new ConcurrentHashMap<>();
    private final Map<String, NotificationHandler> handlers = new ConcurrentHashMap<>();
    private final BlockingQueue<Arrived> arrived = new LinkedBlockingQueue<>(MAX_WAITING_MESSAGES);
    private final CompletableFuture<String> end = new CompletableFuture<>();
    private final ReentrantLock sending = new ReentrantLock();
    private final AtomicInteger inFlight;
    private final Thread decoder;
    private volatile long heardAt = System.nanoTime();
    private WebSocket socket;

    private record Arrived(String text, long at) {}

    /** Takes the items of one subscription, in order. */
    interface NotificationHandler {
        /** An item; {@code arrivedAt} is the nano time at which its last byte was read. */
        void item(JsonNode item, long arrivedAt);
    }

    private RpcSocket(String url, AtomicInteger inFlight) {
        this.url = url;
        this.inFlight = inFlight;
        this.decoder = Thread.ofVirtual().name("rpc-decoder").unstarted(this::decode);
    }

    /**
     * Connects.
     *
     * @throws NodeException if that does not succeed in time
     */
    static RpcSocket connect(HttpClient http, URI url, Duration timeout, AtomicInteger inFlight)
            throws NodeException, InterruptedException {
        RpcSocket connection = new RpcSocket(url.toString(), inFlight);
        try {
            connection.socket = http.newWebSocketBuilder()
                    .connectTimeout(timeout)
                    .buildAsync(url, connection.new Listener())
                    .get(timeout.toMillis() + 500, TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new NodeException(
                    NodeException.Kind.UNAVAILABLE,
                    0,
                    "node " + url + " cannot be reached: " + reason(e.getCause()),
                    e);
        } catch (TimeoutException e) {
            throw new NodeException(
                    NodeException.Kind.UNAVAILABLE,
                    0,
                    "node " + url + " did not accept a connection within " + timeout.toSeconds() + " s",
                    e);
        }
        connection.decoder.start();
        return connection;
    }

    private static String reason(Throwable e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    /** Whether it is alive. */
    boolean isOpen() {
        return !end.isDone();
    }

    /** Time since anything came. */
    Duration silence() {
        return Duration.ofNanos(System.nanoTime() - heardAt);
    }

    /** Waits until the connection ends; why, or null if it is still alive after {@code timeout}. */
    String awaitEnd(Duration timeout) throws InterruptedException {
        try {
            return end.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            return null;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A call whose text is on its way, or failed to be. */
    final class Call {
        private final String method;
        private final long id;
        private final CompletableFuture<JsonNode> answer;

        private Call(String method, long id, CompletableFuture<JsonNode> answer) {
            this.method = method;
            this.id = id;
            this.answer = answer;
        }

        /** Waits for the result. */
        JsonNode await(Duration timeout) throws NodeException, InterruptedException {
            try {
                return answer.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                throw new NodeException(
                        NodeException.Kind.NO_ANSWER,
                        0,
                        "node " + url + " did not answer " + method + " within " + timeout.toMillis() + " ms",
                        e);
            } catch (ExecutionException e) {
                if (e.getCause() instanceof NodeException failure) {
                    throw failure;
                }
                throw new IllegalStateException(e.getCause());
            } finally {
                if (pending.remove(id) != null) {
                    inFlight.decrementAndGet();
                }
            }
        }
    }

    /**
     * Sends a call.
     *
     * @throws NodeException of kind UNAVAILABLE if nothing was written, NO_ANSWER if something may have been
     */
    Call send(String method, JsonNode... params) throws NodeException, InterruptedException {
        long id = nextId.getAndIncrement();
        ObjectNode request = JsonNodeFactory.instance.objectNode();
        request.put("jsonrpc", "2.0").put("id", id).put("method", method);
        if (params.length > 0) {
            var list = request.putArray("params");
            for (JsonNode param : params) {
                list.add(param);
            }
        }
        CompletableFuture<JsonNode> answer = new CompletableFuture<>();
        pending.put(id, answer);
        inFlight.incrementAndGet();
        boolean sent = false;
        try {
            write(method, request.toString());
            sent = true;
        } finally {
            if (!sent && pending.remove(id) != null) {
                inFlight.decrementAndGet();
            }
        }
        return new Call(method, id, answer);
    }

    private void write(String method, String text) throws NodeException, InterruptedException {
        if (!sending.tryLock(SEND_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new NodeException(
                    NodeException.Kind.UNAVAILABLE,
                    "the connection to node " + url + " is stuck, " + method + " was not sent");
        }
        try {
            if (!isOpen()) {
                throw new NodeException(
                        NodeException.Kind.UNAVAILABLE,
                        "no connection to node " + url + ", " + method + " was not sent");
            }
            socket.sendText(text, true).get(SEND_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            fail("sending failed: " + reason(e));
            throw new NodeException(
                    NodeException.Kind.NO_ANSWER,
                    0,
                    "sending " + method + " to node " + url + " failed: " + reason(e),
                    e);
        } finally {
            sending.unlock();
        }
    }

    /** Calls and waits for the result. */
    JsonNode call(Duration timeout, String method, JsonNode... params) throws NodeException, InterruptedException {
        return send(method, params).await(timeout);
    }

    /** Subscribes; the id by which to unsubscribe. Items of the subscription go to {@code handler}. */
    String subscribe(Duration timeout, String method, NotificationHandler handler)
            throws NodeException, InterruptedException {
        Call call = send(method);
        // The answer is decoded on the thread that also delivers items, so the handler is in place before the first.
        call.answer.thenAccept(id -> handlers.put(id.asText(), handler));
        JsonNode id = call.await(timeout);
        if (!id.isTextual()) {
            throw new NodeException(
                    NodeException.Kind.MALFORMED, "node " + url + " answered " + method + " with " + id);
        }
        return id.asText();
    }

    /** Ends a subscription; whether the node still knew it. */
    boolean unsubscribe(Duration timeout, String method, String id) throws NodeException, InterruptedException {
        handlers.remove(id);
        return call(timeout, method, JsonNodeFactory.instance.textNode(id)).asBoolean();
    }

    /** Sends a ping. */
    void ping() {
        try {
            if (sending.tryLock(1, TimeUnit.SECONDS)) {
                try {
                    socket.sendPing(ByteBuffer.allocate(0)).get(SEND_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
                } finally {
                    sending.unlock();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            fail("ping failed: " + reason(e));
        }
    }

    private void decode() {
        try {
            while (true) {
                Arrived message = arrived.take();
                try {
                    dispatch(JSON.readTree(message.text), message.at);
                } catch (JacksonException e) {
                    LOG.warn("Node {} sent text that is no JSON, dropped: {}", url, e.getOriginalMessage());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void dispatch(JsonNode message, long at) {
        JsonNode id = message.get("id");
        if (id == null) {
            JsonNode params = message.path("params");
            NotificationHandler handler =
                    handlers.get(params.path("subscription").asText());
            if (handler != null && params.has("result")) {
                try {
                    handler.item(params.get("result"), at);
                } catch (RuntimeException e) {
                    LOG.error("A notification of node {} could not be handled", url, e);
                }
            }
            return;
        }
        CompletableFuture<JsonNode> answer = id.isIntegralNumber() ? pending.remove(id.asLong()) : null;
        if (answer == null) {
            return;
        }
        inFlight.decrementAndGet();
        JsonNode error = message.get("error");
        if (error != null) {
            String data = error.has("data") ? " (" + error.get("data").asText() + ")" : "";
            answer.completeExceptionally(new NodeException(
                    NodeException.Kind.REFUSED,
                    error.path("code").asInt(),
                    "node " + url + " refused: " + error.path("message").asText() + data,
                    null));
        } else if (message.has("result")) {
            answer.complete(message.get("result"));
        } else {
            answer.completeExceptionally(new NodeException(
                    NodeException.Kind.MALFORMED, "node " + url + " sent an answer without result and error"));
        }
    }

    private void fail(String reason) {
        if (!end.complete(reason)) {
            return;
        }
        decoder.interrupt();
        if (socket != null) {
            socket.abort();
        }
        pending.forEach((id, answer) -> {
            if (pending.remove(id) != null) {
                inFlight.decrementAndGet();
                answer.completeExceptionally(new NodeException(
                        NodeException.Kind.NO_ANSWER, "the connection to node " + url + " ended: " + reason));
            }
        });
    }

    @Override
    public void close() {
        fail("closed");
    }

    private final class Listener implements WebSocket.Listener {
        private StringBuilder partial = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
            heardAt = System.nanoTime();
            if (partial.length() + data.length() > MAX_MESSAGE_CHARS) {
                fail("a message is longer than " + MAX_MESSAGE_CHARS + " characters");
                return null;
            }
            partial.append(data);
            if (last) {
                String text = partial.toString();
                partial = new StringBuilder();
                if (!arrived.offer(new Arrived(text, System.nanoTime()))) {
                    fail("more than " + MAX_WAITING_MESSAGES + " messages wait to be decoded");
                    return null;
                }
            }
            webSocket.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onBinary(WebSocket webSocket, ByteBuffer data, boolean last) {
            heardAt = System.nanoTime();
            webSocket.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onPing(WebSocket webSocket, ByteBuffer message) {
            heardAt = System.nanoTime();
            webSocket.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onPong(WebSocket webSocket, ByteBuffer message) {
            heardAt = System.nanoTime();
            webSocket.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onClose(WebSocket webSocket, int statusCode, String reason) {
            fail("closed by the node" + (reason.isEmpty() ? "" : ": " + reason));
            return null;
        }

        @Override
        public void onError(WebSocket webSocket, Throwable error) {
            fail(reason(error));
        }
    }
}

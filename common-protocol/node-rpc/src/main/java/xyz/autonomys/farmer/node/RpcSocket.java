package xyz.autonomys.farmer.node;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * One WebSocket connection speaking JSON-RPC. It lives until it fails or is closed, then everything pending fails and
 * {@link #awaitEnd} returns. Text is taken off the socket at once and decoded on a thread of its own; a peer that sends
 * what is no JSON-RPC, or more than can be taken, is not talked to any further.
 */
final class RpcSocket implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RpcSocket.class);
    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    /** A node sends at most 15 MiB. */
    private static final int MAX_MESSAGE_CHARS = 16 << 20;

    private static final int MAX_WAITING_MESSAGES = 4096;
    private static final int MAX_WAITING_CHARS = 64 << 20;

    /**
     * A call that has waited this long, with nothing heard meanwhile, sends a ping: the client of the JDK does not always
     * tell that a connection is gone whose last message met a reset, but refuses to send on it.
     */
    private static final Duration LOOK = Duration.ofSeconds(2);

    private static final Duration SEND_TIMEOUT = Duration.ofSeconds(10);

    private final String url;
    private final AtomicLong nextId = new AtomicLong();
    private final Map<Long, Call> pending = new ConcurrentHashMap<>();
    private final Map<String, NotificationHandler> handlers = new ConcurrentHashMap<>();
    private final BlockingQueue<Arrived> arrived = new LinkedBlockingQueue<>(MAX_WAITING_MESSAGES);
    private final AtomicInteger waitingChars = new AtomicInteger();
    private final CompletableFuture<String> end = new CompletableFuture<>();
    private final ReentrantLock sending = new ReentrantLock();
    private final AtomicInteger inFlight;
    private final Thread decoder;
    private volatile long heardAt = System.nanoTime();
    private volatile long textAt = heardAt;
    private volatile WebSocket socket;

    private record Arrived(String text, long at) {}

    /** Takes the items of one subscription, in order. */
    interface NotificationHandler {
        /** An item; {@code arrivedAt} is the nano time at which its last byte was read. Must not block. */
        void item(JsonNode item, long arrivedAt);
    }

    /** A method with its parameters. */
    record Request(String method, List<JsonNode> params) {}

    private RpcSocket(String url, AtomicInteger inFlight) {
        this.url = url;
        this.inFlight = inFlight;
        this.decoder = Thread.ofVirtual().name("rpc-decoder").unstarted(this::decode);
    }

    /**
     * Connects.
     *
     * @param inFlight counts calls without an answer
     * @throws NodeException if that does not succeed in time
     */
    static RpcSocket connect(HttpClient http, URI url, Duration timeout, AtomicInteger inFlight)
            throws NodeException, InterruptedException {
        RpcSocket connection = new RpcSocket(url.toString(), inFlight);
        CompletableFuture<WebSocket> opening =
                http.newWebSocketBuilder().connectTimeout(timeout).buildAsync(url, connection.new Listener());
        boolean open = false;
        try {
            connection.socket = opening.get(timeout.toMillis() + 500, TimeUnit.MILLISECONDS);
            open = true;
        } catch (ExecutionException e) {
            throw new NodeException(
                    NodeException.Kind.UNAVAILABLE,
                    0,
                    "node " + url + " cannot be reached: " + ConnectionFaults.ofConnecting(e.getCause()),
                    e);
        } catch (TimeoutException e) {
            throw new NodeException(
                    NodeException.Kind.UNAVAILABLE,
                    0,
                    "node " + url + " did not accept a connection within " + timeout.toMillis() + " ms",
                    e);
        } finally {
            if (!open) {
                opening.thenAccept(WebSocket::abort);
            }
        }
        connection.decoder.start();
        if (!connection.isOpen()) {
            connection.socket.abort();
        }
        return connection;
    }

    /** Whether it is alive. */
    boolean isOpen() {
        return !end.isDone();
    }

    /** Time since anything came. */
    Duration silence() {
        return Duration.ofNanos(System.nanoTime() - heardAt);
    }

    /** Time since any part of a message came; pings and pongs are none. */
    Duration textSilence() {
        return Duration.ofNanos(System.nanoTime() - textAt);
    }

    /** Waits until the connection ends; why, or empty if it is still alive after {@code timeout}. */
    Optional<String> awaitEnd(Duration timeout) throws InterruptedException {
        try {
            return Optional.of(end.get(timeout.toMillis(), TimeUnit.MILLISECONDS));
        } catch (TimeoutException e) {
            return Optional.empty();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A call whose text is on its way. */
    final class Call {
        private final String method;
        private final long id;
        private final boolean inBatch;
        private final Consumer<JsonNode> onResult;
        private final CompletableFuture<JsonNode> answer = new CompletableFuture<>();

        private Call(String method, boolean inBatch, Consumer<JsonNode> onResult) {
            this.method = method;
            this.id = nextId.getAndIncrement();
            this.inBatch = inBatch;
            this.onResult = onResult;
            pending.put(id, this);
            inFlight.incrementAndGet();
        }

        /** Ends the wait for the answer; false if it had ended already. */
        private boolean settle() {
            boolean mine = pending.remove(id) != null;
            if (mine) {
                inFlight.decrementAndGet();
            }
            return mine;
        }

        private void fail(NodeException.Kind kind, int code, String message) {
            answer.completeExceptionally(new NodeException(kind, code, message, null));
        }

        /** Waits for the result. */
        JsonNode await(Duration timeout) throws NodeException, InterruptedException {
            long deadline = System.nanoTime() + timeout.toNanos();
            try {
                while (true) {
                    long left = deadline - System.nanoTime();
                    try {
                        return answer.get(Math.min(left, LOOK.toNanos()), TimeUnit.NANOSECONDS);
                    } catch (TimeoutException e) {
                        if (left <= LOOK.toNanos()) {
                            throw new NodeException(
                                    NodeException.Kind.NO_ANSWER,
                                    0,
                                    "node " + url + " did not answer " + method + " within " + timeout.toMillis()
                                            + " ms",
                                    e);
                        }
                        if (silence().compareTo(LOOK) >= 0) {
                            ping();
                        }
                    }
                }
            } catch (ExecutionException e) {
                if (e.getCause() instanceof NodeException failure) {
                    throw failure;
                }
                throw new IllegalStateException(e.getCause());
            } finally {
                settle();
            }
        }
    }

    /**
     * Sends a call.
     *
     * @throws NodeException of kind UNAVAILABLE if nothing was written, NO_ANSWER if something may have been
     */
    Call send(String method, JsonNode... params) throws NodeException, InterruptedException {
        return send(_ -> {}, method, params);
    }

    private Call send(Consumer<JsonNode> onResult, String method, JsonNode... params)
            throws NodeException, InterruptedException {
        Call call = new Call(method, false, onResult);
        boolean sent = false;
        try {
            write(method, RpcMessages.request(call.id, new Request(method, List.of(params))));
            sent = true;
            return call;
        } finally {
            if (!sent) {
                call.settle();
            }
        }
    }

    /** Sends several calls as one message. */
    List<Call> sendBatch(List<Request> requests) throws NodeException, InterruptedException {
        List<Call> calls = new ArrayList<>();
        List<String> texts = new ArrayList<>();
        for (Request request : requests) {
            Call call = new Call(request.method(), true, _ -> {});
            calls.add(call);
            texts.add(RpcMessages.request(call.id, request));
        }
        boolean sent = false;
        try {
            write("a batch of " + requests.size() + " calls", RpcMessages.batch(texts));
            sent = true;
            return calls;
        } finally {
            if (!sent) {
                calls.forEach(Call::settle);
            }
        }
    }

    private void write(String what, String text) throws NodeException, InterruptedException {
        if (!sending.tryLock(SEND_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new NodeException(
                    NodeException.Kind.UNAVAILABLE,
                    "the connection to node " + url + " is stuck, " + what + " was not sent");
        }
        boolean interrupted = false;
        try {
            if (!isOpen()) {
                throw new NodeException(
                        NodeException.Kind.UNAVAILABLE, "no connection to node " + url + ", " + what + " was not sent");
            }
            // A message that is half out must be finished: an interrupted caller waits for that too.
            CompletableFuture<WebSocket> sent = socket.sendText(text, true);
            long deadline = System.nanoTime() + SEND_TIMEOUT.toNanos();
            while (true) {
                try {
                    sent.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
                    return;
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } catch (ExecutionException | TimeoutException e) {
            fail("sending failed: " + ConnectionFaults.reason(e));
            throw new NodeException(
                    NodeException.Kind.NO_ANSWER,
                    0,
                    "sending " + what + " to node " + url + " failed: " + ConnectionFaults.reason(e),
                    e);
        } finally {
            sending.unlock();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Calls and waits for the result. */
    JsonNode call(Duration timeout, String method, JsonNode... params) throws NodeException, InterruptedException {
        return send(method, params).await(timeout);
    }

    /** Subscribes; the id by which to unsubscribe. Items of the subscription go to {@code handler}. */
    String subscribe(Duration timeout, String method, NotificationHandler handler)
            throws NodeException, InterruptedException {
        // On the thread that also delivers items, so the handler is in place before the first.
        JsonNode id = send(
                        answer -> {
                            if (answer.isTextual()) {
                                handlers.put(answer.asText(), handler);
                            }
                        },
                        method)
                .await(timeout);
        if (!id.isTextual()) {
            throw new NodeException(
                    NodeException.Kind.MALFORMED,
                    "node " + url + " answered " + method + " with " + RpcMessages.shortened(id) + ", expected an id");
        }
        return id.asText();
    }

    /** Ends a subscription; whether the node still knew it. */
    boolean unsubscribe(Duration timeout, String method, String id) throws NodeException, InterruptedException {
        handlers.remove(id);
        return call(timeout, method, JsonNodeFactory.instance.textNode(id)).asBoolean();
    }

    /** Sends a ping, unless a message is just being sent. */
    void ping() {
        if (!sending.tryLock()) {
            return;
        }
        try {
            socket.sendPing(ByteBuffer.allocate(0)).get(SEND_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            fail("a ping could not be sent: " + ConnectionFaults.reason(e));
        } finally {
            sending.unlock();
        }
    }

    private void decode() {
        try {
            while (isOpen()) {
                Arrived message = arrived.take();
                waitingChars.addAndGet(-message.text.length());
                try {
                    dispatch(JSON.readTree(message.text), message.at);
                } catch (JacksonException e) {
                    fail("it sent what is no JSON: " + e.getOriginalMessage());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void dispatch(JsonNode message, long at) {
        if (message.isArray() && !message.isEmpty()) {
            message.forEach(each -> one(each, at));
        } else {
            one(message, at);
        }
    }

    private void one(JsonNode message, long at) {
        switch (RpcMessages.read(message)) {
            case RpcMessages.Item(String subscription, JsonNode item) -> {
                NotificationHandler handler = handlers.get(subscription);
                if (handler != null) {
                    try {
                        handler.item(item, at);
                    } catch (RuntimeException e) {
                        LOG.error("A notification of node {} could not be handled", url, e);
                    }
                }
            }
            case RpcMessages.SubscriptionEnd(String subscription, String text) -> {
                if (handlers.containsKey(subscription)) {
                    fail("it ended a subscription: " + text);
                }
            }
            case RpcMessages.Result(long id, JsonNode result) -> {
                Call call = pending.get(id);
                if (call != null && call.settle()) {
                    call.onResult.accept(result);
                    call.answer.complete(result);
                }
            }
            case RpcMessages.Refusal(long id, int code, String text) -> {
                Call call = pending.get(id);
                if (call != null && call.settle()) {
                    call.fail(
                            NodeException.Kind.REFUSED, code, "node " + url + " refused " + call.method + ": " + text);
                }
            }
            case RpcMessages.RefusedMessage(int code, String text) -> {
                // All of them before the first is told: whoever hears of it sends the next batch at once.
                List<Call> refused = pending.values().stream()
                        .filter(call -> call.inBatch && call.settle())
                        .toList();
                refused.forEach(call -> call.fail(
                        NodeException.Kind.REFUSED,
                        code,
                        "node " + url + " refused a batch with " + call.method + ": " + text));
                // Whoever sent a batch says what it means for him.
                LOG.atLevel(refused.isEmpty() ? Level.WARN : Level.DEBUG)
                        .log("Node {} refused a whole message: {}", url, text);
            }
            case RpcMessages.Malformed(String why) -> fail("it sent what is no JSON-RPC: " + why);
        }
    }

    /** Ends the connection for the first reason given. */
    void fail(String reason) {
        if (!end.complete(reason)) {
            return;
        }
        decoder.interrupt();
        if (socket != null) {
            socket.abort();
        }
        for (Call call : pending.values()) {
            if (call.settle()) {
                call.fail(NodeException.Kind.NO_ANSWER, 0, "the connection to node " + url + " ended: " + reason);
            }
        }
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
            textAt = heardAt;
            if (partial.length() + data.length() > MAX_MESSAGE_CHARS) {
                fail("a message is longer than " + MAX_MESSAGE_CHARS + " characters");
                return null;
            }
            partial.append(data);
            if (last) {
                String text = partial.toString();
                partial = new StringBuilder();
                if (waitingChars.addAndGet(text.length()) > MAX_WAITING_CHARS
                        || !arrived.offer(new Arrived(text, System.nanoTime()))) {
                    fail("more came than can be decoded: over " + MAX_WAITING_MESSAGES + " messages or "
                            + MAX_WAITING_CHARS + " characters wait");
                    return null;
                }
            }
            webSocket.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onBinary(WebSocket webSocket, ByteBuffer data, boolean last) {
            fail("it sent a binary message, expected text");
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
            fail("the connection broke: " + ConnectionFaults.reason(error));
        }
    }
}

package xyz.autonomys.farmer.node.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import xyz.autonomys.farmer.node.MutatedText;

class JsonRpcServerTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final BlockingQueue<Subscriber> subscribers = new LinkedBlockingQueue<>();
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final AtomicLong large = new AtomicLong();
    private final HttpClient http = HttpClient.newHttpClient();
    private JsonRpcServer server;

    @BeforeEach
    void start() throws Exception {
        server = JsonRpcServer.builder(JsonRpcServerSettings.loopback(0))
                .method("echo", call -> call.param(0, "text"))
                .method("fail", call -> {
                    throw new RpcException(9001, "Solution was ignored");
                })
                .method("nothing", call -> NullNode.getInstance())
                .method("large", call -> {
                    large.incrementAndGet();
                    return TextNode.valueOf("z".repeat(1 << 20));
                })
                .method("long", call -> TextNode.valueOf("x".repeat(16 << 20)))
                .subscription("subscribe", "unsubscribe", "item", false, subscribers::add)
                .health(() -> TextNode.valueOf("well"))
                .start();
    }

    @AfterEach
    void stop() {
        sockets.forEach(socket -> socket.socket.abort());
        server.close();
        http.shutdownNow();
    }

    @Test
    void answersInTheFormOfANode() throws Exception {
        assertEquals(
                "{\"jsonrpc\":\"2.0\",\"id\":7,\"result\":\"a\"}",
                post("{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"echo\",\"params\":[\"a\"]}"));
        assertEquals(
                "{\"jsonrpc\":\"2.0\",\"id\":\"x\",\"result\":\"b\"}",
                post("{\"jsonrpc\":\"2.0\",\"id\":\"x\",\"method\":\"echo\",\"params\":{\"text\":\"b\"}}"));
        assertEquals(
                "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":null}",
                post("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"nothing\"}"));
        assertEquals(
                "{\"jsonrpc\":\"2.0\",\"id\":2,\"error\":{\"code\":9001,\"message\":\"Solution was ignored\"}}",
                post("{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"fail\"}"));
        assertEquals(
                "{\"jsonrpc\":\"2.0\",\"id\":3,\"error\":{\"code\":-32601,\"message\":\"Method not found\"}}",
                post("{\"jsonrpc\":\"2.0\",\"id\":3,\"method\":\"other\"}"));
        assertEquals(
                "{\"jsonrpc\":\"2.0\",\"id\":4,\"error\":{\"code\":-32602,\"message\":\"Invalid params\","
                        + "\"data\":\"No more params\"}}",
                post("{\"jsonrpc\":\"2.0\",\"id\":4,\"method\":\"echo\"}"));
        assertEquals(
                "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32700,\"message\":\"Parse error\"}}",
                post("{nonsense"));
        assertEquals(
                "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32700,\"message\":\"Parse error\"}}",
                post("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"nothing\"} and more"));
        assertEquals(
                "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32600,\"message\":\"Invalid request\"}}",
                post("[]"));
        assertEquals("", post("{\"jsonrpc\":\"2.0\",\"method\":\"nothing\"}"));
        assertEquals(
                "{\"jsonrpc\":\"2.0\",\"id\":5,\"error\":{\"code\":-32600,\"message\":\"Invalid request\"}}",
                post("{\"id\":5}"));
        assertEquals(
                "{\"jsonrpc\":\"2.0\",\"id\":6,\"error\":{\"code\":-32603,\"message\":\"Internal error\"}}",
                post("{\"jsonrpc\":\"2.0\",\"id\":6,\"method\":\"subscribe\"}"));
        assertEquals(
                "[{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\"a\"},{\"jsonrpc\":\"2.0\",\"id\":2,\"result\":null}]",
                post("[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"echo\",\"params\":[\"a\"]},"
                        + "{\"jsonrpc\":\"2.0\",\"method\":\"nothing\"},"
                        + "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"nothing\"}]"));
        assertTrue(post("{\"jsonrpc\":\"2.0\",\"id\":8,\"method\":\"long\"}").contains("-32008"));
        assertEquals("\"well\"", get("/health").body());
        assertEquals(405, get("/").statusCode());
    }

    @Test
    void subscriptionsDeliverInOrderUntilTheyEnd() throws Exception {
        Socket socket = new Socket();
        socket.say("{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"subscribe\"}");
        String id = socket.hear().get("result").asText();
        assertTrue(id.matches("[A-Za-z0-9]{16}"), id);
        Subscriber subscriber = subscribers.poll(60, TimeUnit.SECONDS);
        CountDownLatch ended = new CountDownLatch(1);
        subscriber.onEnd(ended::countDown);
        for (int i = 0; i < 10; i++) {
            assertTrue(subscriber.send(IntNode.valueOf(i)));
        }
        for (int i = 0; i < 10; i++) {
            assertEquals(
                    "{\"jsonrpc\":\"2.0\",\"method\":\"item\",\"params\":{\"subscription\":\"" + id + "\",\"result\":"
                            + i + "}}",
                    socket.hear().toString());
        }
        socket.say("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"unsubscribe\",\"params\":[\"" + id + "\"]}");
        assertTrue(socket.hear().get("result").asBoolean());
        assertTrue(ended.await(5, TimeUnit.SECONDS));
        assertFalse(subscriber.send(IntNode.valueOf(11)));
        socket.say("{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"unsubscribe\",\"params\":[\"" + id + "\"]}");
        assertFalse(socket.hear().get("result").asBoolean());
    }

    @Test
    void aDroppedConnectionEndsItsSubscriptions() throws Exception {
        Socket socket = new Socket();
        socket.say("{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"subscribe\"}");
        socket.hear();
        Subscriber subscriber = subscribers.poll(60, TimeUnit.SECONDS);
        CountDownLatch ended = new CountDownLatch(1);
        subscriber.onEnd(ended::countDown);
        server.dropConnections();
        assertTrue(ended.await(5, TimeUnit.SECONDS));
        assertFalse(subscriber.isOpen());
    }

    @Test
    void everythingToDoAtTheEndOfASubscriptionIsDoneOnce() throws Exception {
        Socket socket = new Socket();
        socket.say("{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"subscribe\"}");
        socket.hear();
        Subscriber subscriber = subscribers.poll(60, TimeUnit.SECONDS);
        List<String> done = new CopyOnWriteArrayList<>();
        subscriber.onEnd(() -> done.add("first"));
        subscriber.onEnd(() -> done.add("second"));
        subscriber.end();
        subscriber.end();
        subscriber.onEnd(() -> done.add("too late"));
        assertEquals(List.of("first", "second", "too late"), done);
    }

    @Test
    void aRequestThatIsTooBigIsRefusedAndTheConnectionGoesOn() throws Exception {
        Socket socket = new Socket();
        socket.say("{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"echo\",\"params\":[\"" + "x".repeat(16 << 20) + "\"]}");
        assertEquals(
                "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32007,\"message\":\"Request is too big\","
                        + "\"data\":\"Exceeded max limit of 15728640\"}}",
                socket.hear().toString());
        socket.say("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"echo\",\"params\":[\"" + "x".repeat(1 << 20) + "\"]}");
        assertEquals(1 << 20, socket.hear().get("result").asText().length());
    }

    @Test
    void requestsInPartsAreJoined() throws Exception {
        Socket socket = new Socket();
        socket.socket.sendText("{\"jsonrpc\":\"2.0\",\"id\":0,", false).join();
        socket.socket.sendText("\"method\":\"nothing\"", false).join();
        socket.socket.sendText("}", true).join();
        assertEquals(
                "{\"jsonrpc\":\"2.0\",\"id\":0,\"result\":null}", socket.hear().toString());
    }

    @Test
    void aReaderThatIsTooSlowLosesItsSubscriptionButNotItsConnection() throws Exception {
        Socket socket = new Socket();
        socket.say("{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"subscribe\"}");
        socket.hear();
        Subscriber subscriber = subscribers.poll(60, TimeUnit.SECONDS);
        socket.paused = true;
        TextNode large = TextNode.valueOf("y".repeat(4 << 20));
        int sent = 0;
        while (subscriber.send(large)) {
            assertTrue(++sent < 10_000, "a reader that reads nothing keeps its subscription");
            Thread.sleep(1);
        }
        assertFalse(subscriber.isOpen());
        socket.goOn();
        socket.say("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"nothing\"}");
        JsonNode message = socket.hear();
        while (message.has("method")) {
            message = socket.hear();
        }
        assertEquals("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":null}", message.toString());
    }

    @Test
    void aPeerThatAsksAndDoesNotReadIsNotServedWithoutEnd() throws Exception {
        Socket socket = new Socket();
        socket.paused = true;
        Thread asker = Thread.ofVirtual().start(() -> {
            for (int i = 0; i < 20_000 && !Thread.currentThread().isInterrupted(); i++) {
                socket.say("{\"jsonrpc\":\"2.0\",\"id\":" + i + ",\"method\":\"large\"}");
            }
        });
        long before = -1;
        while (before != large.get()) {
            before = large.get();
            Thread.sleep(500);
        }
        assertTrue(before > 0 && before < 2000, before + " calls were executed for a peer that reads nothing");
        assertEquals("\"well\"", get("/health").body());
        asker.interrupt();
        socket.socket.abort();
        assertTrue(asker.join(Duration.ofSeconds(20)));
    }

    @Test
    void refusesConnectionsBeyondItsLimitAndForeignHosts() throws Exception {
        for (int i = 0; i < 100; i++) {
            new Socket();
        }
        CompletionException e = assertThrows(CompletionException.class, Socket::new);
        assertEquals(
                429,
                assertInstanceOf(WebSocketHandshakeException.class, e.getCause())
                        .getResponse()
                        .statusCode());
        sockets.removeFirst().socket.abort();
        for (int i = 0; ; i++) {
            try {
                new Socket();
                break;
            } catch (CompletionException refused) {
                assertTrue(i < 100, "the place of a closed connection is not given to another");
                Thread.sleep(50);
            }
        }
        try (java.net.Socket raw = new java.net.Socket("127.0.0.1", server.port())) {
            raw.setSoTimeout(10_000);
            raw.getOutputStream()
                    .write("GET /health HTTP/1.1\r\nHost: node1:9944\r\nConnection: close\r\n\r\n".getBytes(US_ASCII));
            String answer = new String(raw.getInputStream().readAllBytes(), US_ASCII);
            assertTrue(answer.startsWith("HTTP/1.1 403"), answer);
        }
    }

    /** Whatever is asked, the answer is an answer, and the server goes on. */
    @Test
    @Tag("long")
    void mutatedRequestsAreAnsweredOrRefused() throws Exception {
        List<String> requests = List.of(
                "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"echo\",\"params\":[\"a\"]}",
                "{\"jsonrpc\":\"2.0\",\"id\":\"x\",\"method\":\"echo\",\"params\":{\"text\":[1,2.5e3,null,{\"a\":true}]}}",
                "[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"nothing\"},{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"fail\"}]",
                "{\"jsonrpc\":\"2.0\",\"id\":9,\"method\":\"unsubscribe\",\"params\":[\"0123456789abcdef\"]}");
        Dispatcher dispatcher = new Dispatcher(server, null);
        Random random = new Random(11);
        int refused = 0;
        for (int i = 0; i < 200_000; i++) {
            String text = MutatedText.of(requests.get(random.nextInt(requests.size())), random);
            Optional<Dispatcher.Reply> reply = dispatcher.answer(text);
            if (reply.isPresent()) {
                JsonNode answer = JSON.readTree(reply.get().text());
                for (JsonNode one : answer.isArray() ? answer : List.of(answer)) {
                    assertEquals("2.0", one.path("jsonrpc").asText(), text);
                    assertTrue(one.has("id") && one.has("result") != one.has("error"), text);
                    refused += one.has("error") ? 1 : 0;
                }
            }
        }
        assertTrue(refused > 10_000, refused + " were refused");
    }

    private String post(String body) throws Exception {
        return http.send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + "/"))
                                .header("Content-Type", "application/json")
                                .POST(HttpRequest.BodyPublishers.ofString(body))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
    }

    private HttpResponse<String> get(String path) throws Exception {
        return http.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    /** A WebSocket client that queues what it hears. */
    private final class Socket implements WebSocket.Listener {
        private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        private final StringBuilder partial = new StringBuilder();
        private final WebSocket socket;
        private volatile boolean paused;

        Socket() {
            socket = http.newWebSocketBuilder()
                    .buildAsync(URI.create("ws://127.0.0.1:" + server.port() + "/"), this)
                    .join();
            sockets.add(this);
        }

        void say(String text) {
            socket.sendText(text, true).join();
        }

        void goOn() {
            paused = false;
            socket.request(1);
        }

        JsonNode hear() throws Exception {
            String text = heard.poll(60, TimeUnit.SECONDS);
            assertTrue(text != null, "nothing came");
            return JSON.readTree(text);
        }

        @Override
        public CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
            partial.append(data);
            if (last) {
                heard.add(partial.toString());
                partial.setLength(0);
            }
            if (!paused) {
                webSocket.request(1);
            }
            return null;
        }
    }
}

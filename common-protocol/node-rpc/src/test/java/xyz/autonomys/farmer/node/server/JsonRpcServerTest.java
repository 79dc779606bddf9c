package xyz.autonomys.farmer.node.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
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
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class JsonRpcServerTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final BlockingQueue<Subscriber> subscribers = new LinkedBlockingQueue<>();
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
                .method("long", call -> TextNode.valueOf("x".repeat(16 << 20)))
                .subscription("subscribe", "unsubscribe", "item", false, subscribers::add)
                .health(() -> TextNode.valueOf("well"))
                .start();
    }

    @AfterEach
    void stop() {
        server.close();
        http.close();
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
        Subscriber subscriber = subscribers.poll(5, TimeUnit.SECONDS);
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
        Subscriber subscriber = subscribers.poll(5, TimeUnit.SECONDS);
        CountDownLatch ended = new CountDownLatch(1);
        subscriber.onEnd(ended::countDown);
        server.dropConnections();
        assertTrue(ended.await(5, TimeUnit.SECONDS));
        assertFalse(subscriber.isOpen());
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

        Socket() {
            socket = http.newWebSocketBuilder()
                    .buildAsync(URI.create("ws://127.0.0.1:" + server.port() + "/"), this)
                    .join();
        }

        void say(String text) {
            socket.sendText(text, true).join();
        }

        JsonNode hear() throws Exception {
            String text = heard.poll(5, TimeUnit.SECONDS);
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
            webSocket.request(1);
            return null;
        }
    }
}

package xyz.autonomys.farmer.node.server;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.StringJoiner;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** From the text of a request to the text of its answer (spec 06 §1.1 to §1.4). */
final class Dispatcher {
    private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);
    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    private static final NullNode NO_ID = NullNode.getInstance();

    private final JsonRpcServer server;
    private final RpcConnection connection;

    /** A dispatcher for a WebSocket connection, or for single calls over HTTP if it is null. */
    Dispatcher(JsonRpcServer server, RpcConnection connection) {
        this.server = server;
        this.connection = connection;
    }

    /** An answer and the subscriptions that begin after it is sent. */
    record Reply(String text, List<Runnable> afterwards) {}

    /** Answers a request; empty if it wants no answer. */
    Optional<Reply> answer(String text) throws InterruptedException {
        JsonNode request;
        try {
            request = JSON.readTree(text);
        } catch (JacksonException e) {
            return Optional.of(new Reply(error(NO_ID, -32700, "Parse error", null), List.of()));
        }
        List<Runnable> afterwards = new ArrayList<>();
        if (!request.isArray()) {
            return one(request, afterwards).map(answer -> new Reply(answer, afterwards));
        }
        if (request.isEmpty()) {
            return Optional.of(new Reply(error(NO_ID, -32600, "Invalid request", null), List.of()));
        }
        int maxBatch = server.settings().maxBatch();
        if (maxBatch == 0) {
            return Optional.of(new Reply(
                    error(NO_ID, -32005, "Batched requests are not supported by this server", null), List.of()));
        }
        if (request.size() > maxBatch) {
            return Optional.of(new Reply(
                    error(NO_ID, -32010, "The batch request was too large", "Exceeded max limit of " + maxBatch),
                    List.of()));
        }
        StringJoiner answers = new StringJoiner(",", "[", "]");
        int length = 2;
        int limit = server.settings().maxResponseBytes();
        boolean any = false;
        for (JsonNode each : request) {
            Optional<String> answer = one(each, afterwards);
            if (answer.isPresent()) {
                any = true;
                length += answer.get().length() + 1;
                if (length > limit) {
                    return Optional.of(new Reply(
                            error(NO_ID, -32011, "The batch response was too large", "Exceeded max limit of " + limit),
                            afterwards));
                }
                answers.add(answer.get());
            }
        }
        return any ? Optional.of(new Reply(answers.toString(), afterwards)) : Optional.empty();
    }

    /** The answer to a request that was longer than the limit and could not be kept. */
    Optional<Reply> requestTooBig() {
        return Optional.of(new Reply(
                error(
                        NO_ID,
                        -32007,
                        "Request is too big",
                        "Exceeded max limit of " + server.settings().maxRequestBytes()),
                List.of()));
    }

    private Optional<String> one(JsonNode request, List<Runnable> afterwards) throws InterruptedException {
        JsonNode id = request.get("id");
        JsonNode method = request.get("method");
        boolean wellFormed = request.isObject()
                && method != null
                && method.isTextual()
                && request.path("jsonrpc").asText().equals("2.0");
        if (id == null) {
            return wellFormed ? Optional.empty() : Optional.of(error(NO_ID, -32700, "Parse error", null));
        }
        if (!wellFormed) {
            return Optional.of(error(id, -32600, "Invalid request", null));
        }
        JsonNode params = request.get("params");
        if (params == null || params.isNull()) {
            params = MissingNode.getInstance();
        }
        try {
            ObjectNode answer = JsonNodeFactory.instance.objectNode();
            answer.put("jsonrpc", "2.0").set("id", id);
            answer.set("result", call(method.asText(), params, afterwards));
            return Optional.of(limited(answer, id));
        } catch (RpcException e) {
            return Optional.of(error(id, e.code(), e.getMessage(), e.data().orElse(null)));
        } catch (RuntimeException e) {
            LOG.error("{} failed", method.asText(), e);
            return Optional.of(error(id, RpcException.INTERNAL_ERROR, "Internal error", null));
        }
    }

    private JsonNode call(String name, JsonNode params, List<Runnable> afterwards)
            throws RpcException, InterruptedException {
        boolean allowed = server.settings().allowUnsafe();
        return switch (server.method(name)) {
            case null -> throw new RpcException(RpcException.METHOD_NOT_FOUND, "Method not found");
            case JsonRpcServer.Method.Plain(RpcMethod method, boolean unsafe) -> {
                if (unsafe && !allowed) {
                    throw new RpcException(RpcException.METHOD_NOT_FOUND, "RPC call is unsafe to be called externally");
                }
                yield method.call(new RpcCall(params, allowed));
            }
            case JsonRpcServer.Method.Subscribe subscribe -> {
                if (connection == null || subscribe.unsafe() && !allowed) {
                    throw new RpcException(RpcException.INTERNAL_ERROR, "Internal error");
                }
                Subscriber subscriber = connection.subscribe(subscribe.notification());
                if (subscriber == null) {
                    throw new RpcException(
                            -32006,
                            "Too many subscriptions on the connection",
                            Optional.of(
                                    "Exceeded max limit of " + server.settings().maxSubscriptions()));
                }
                afterwards.add(() -> {
                    subscriber.start();
                    subscribe.handler().accept(subscriber);
                });
                yield TextNode.valueOf(subscriber.id());
            }
            case JsonRpcServer.Method.Unsubscribe _ -> {
                if (connection == null) {
                    throw new RpcException(RpcException.INTERNAL_ERROR, "Internal error");
                }
                yield BooleanNode.valueOf(connection.unsubscribe(params.path(0).asText("")));
            }
        };
    }

    private String limited(ObjectNode answer, JsonNode id) {
        int limit = server.settings().maxResponseBytes();
        String text = answer.toString();
        // Hex makes up nearly all of a long answer, so its text is about as long as its bytes.
        return text.length() <= limit
                ? text
                : error(id, -32008, "Response is too big", "Exceeded max limit of " + limit);
    }

    private static String error(JsonNode id, int code, String message, String data) {
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        answer.put("jsonrpc", "2.0").set("id", id);
        ObjectNode error = answer.putObject("error");
        error.put("code", code).put("message", message);
        if (data != null) {
            error.put("data", data);
        }
        return answer.toString();
    }
}

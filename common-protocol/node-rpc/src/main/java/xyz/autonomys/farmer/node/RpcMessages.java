package xyz.autonomys.farmer.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** The envelope of JSON-RPC as a client writes and reads it (spec 06 §1.1, §1.2). */
final class RpcMessages {
    private static final int SHORTENED = 200;

    private RpcMessages() {}

    /** The text of a call; {@code params} is left out when there are none, as upstream does. */
    static String request(long id, RpcSocket.Request request) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("jsonrpc", "2.0").put("id", id).put("method", request.method());
        if (!request.params().isEmpty()) {
            ArrayNode params = node.putArray("params");
            request.params().forEach(params::add);
        }
        return node.toString();
    }

    /** The text of several calls at once. */
    static String batch(List<String> requests) {
        return "[" + String.join(",", requests) + "]";
    }

    /** What came from a node. */
    sealed interface Message {}

    /** An item of a subscription. */
    record Item(String subscription, JsonNode item) implements Message {}

    /** The node ended a subscription and says so. */
    record SubscriptionEnd(String subscription, String text) implements Message {}

    /** The result of a call. */
    record Result(long id, JsonNode result) implements Message {}

    /** The error of a call. */
    record Refusal(long id, int code, String text) implements Message {}

    /** An error without an id: a message was refused as a whole. */
    record RefusedMessage(int code, String text) implements Message {}

    /** Nothing of that kind. */
    record Malformed(String why) implements Message {}

    /** Finds out what a message is. Never throws. */
    static Message read(JsonNode message) {
        if (!message.isObject()) {
            return new Malformed("expected an object, found " + shortened(message));
        }
        JsonNode id = message.get("id");
        return id == null ? notification(message) : answer(id, message);
    }

    private static Message notification(JsonNode message) {
        JsonNode params = message.path("params");
        JsonNode subscription = params.path("subscription");
        // Some servers number their subscriptions; ids are compared as text.
        if (!message.path("method").isTextual() || !subscription.isValueNode() || subscription.isNull()) {
            return new Malformed("neither answer nor notification: " + shortened(message));
        }
        if (params.has("result")) {
            return new Item(subscription.asText(), params.get("result"));
        }
        return params.has("error")
                ? new SubscriptionEnd(subscription.asText(), shortened(params.get("error")))
                : new Malformed("a notification without an item: " + shortened(message));
    }

    private static Message answer(JsonNode id, JsonNode message) {
        JsonNode error = message.get("error");
        if (error != null && !error.isNull()) {
            String data = error.has("data") ? " (" + shortened(error.get("data")) + ")" : "";
            String text = shorten(error.path("message").asText("")) + data;
            int code = error.path("code").asInt();
            if (id.isNull()) {
                return new RefusedMessage(code, text);
            }
            return known(id) ? new Refusal(id.asLong(), code, text) : strange(id);
        }
        if (!message.has("result")) {
            return new Malformed("an answer without result and error: " + shortened(message));
        }
        return known(id) ? new Result(id.asLong(), message.get("result")) : strange(id);
    }

    private static boolean known(JsonNode id) {
        return id.isIntegralNumber() && id.canConvertToLong();
    }

    private static Message strange(JsonNode id) {
        return new Malformed("an answer with the id " + shortened(id) + ", which was never given");
    }

    /** JSON in an error message: not too much of it. */
    static String shortened(JsonNode node) {
        return shorten(node.isTextual() ? node.asText() : node.toString());
    }

    private static String shorten(String text) {
        return text.length() <= SHORTENED ? text : text.substring(0, SHORTENED) + "…";
    }
}

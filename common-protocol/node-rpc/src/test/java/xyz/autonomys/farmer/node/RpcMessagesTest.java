package xyz.autonomys.farmer.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class RpcMessagesTest {
    private static RpcMessages.Message read(String text) throws JsonProcessingException {
        return RpcMessages.read(Capture.JSON.readTree(text));
    }

    @Test
    void tellsAnswersNotificationsAndNonsenseApart() throws Exception {
        assertEquals(
                new RpcMessages.Result(7, IntNode.valueOf(1)), read("{\"jsonrpc\":\"2.0\",\"id\":7,\"result\":1}"));
        assertEquals(
                new RpcMessages.Result(7, IntNode.valueOf(1)),
                read("{\"jsonrpc\":\"2.0\",\"id\":7,\"result\":1,\"error\":null}"));
        assertEquals(
                new RpcMessages.Refusal(8, -32602, "Invalid params (No more params)"),
                read("{\"jsonrpc\":\"2.0\",\"id\":8,\"error\":{\"code\":-32602,\"message\":\"Invalid params\","
                        + "\"data\":\"No more params\"}}"));
        assertEquals(
                new RpcMessages.RefusedMessage(-32700, "Parse error"),
                read("{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32700,\"message\":\"Parse error\"}}"));
        assertEquals(
                new RpcMessages.Item("abc", IntNode.valueOf(2)),
                read("{\"jsonrpc\":\"2.0\",\"method\":\"m\",\"params\":{\"subscription\":\"abc\",\"result\":2}}"));
        assertEquals(
                new RpcMessages.SubscriptionEnd("abc", "gone"),
                read(
                        "{\"jsonrpc\":\"2.0\",\"method\":\"m\",\"params\":{\"subscription\":\"abc\",\"error\":\"gone\"}}"));
        for (String nonsense : List.of(
                "7",
                "null",
                "{}",
                "{\"id\":1}",
                "{\"id\":1.5,\"result\":1}",
                "{\"id\":99999999999999999999,\"result\":1}",
                "{\"id\":\"1\",\"result\":1}",
                "{\"id\":null,\"result\":1}",
                "{\"method\":\"m\",\"params\":[1]}",
                "{\"method\":\"m\",\"params\":{\"subscription\":\"a\"}}",
                "{\"method\":\"m\",\"params\":{\"subscription\":null,\"result\":1}}")) {
            assertInstanceOf(RpcMessages.Malformed.class, read(nonsense), nonsense);
        }
    }

    @Test
    @Tag("long")
    void mutatedMessagesAreNamedOrCalledMalformed() {
        List<String> frames = Capture.lines().stream()
                .filter(line ->
                        line.direction().equals("node->client") && line.frame().length() < 2000)
                .map(Capture.Line::frame)
                .toList();
        Random random = new Random(12);
        int malformed = 0;
        for (int i = 0; i < 200_000; i++) {
            String text = MutatedText.of(frames.get(random.nextInt(frames.size())), random);
            JsonNode json;
            try {
                json = Capture.JSON.readTree(text);
            } catch (JsonProcessingException e) {
                malformed++;
                continue;
            }
            if (RpcMessages.read(json) instanceof RpcMessages.Malformed(String why)) {
                assertTrue(why.length() < 300, why);
                malformed++;
            }
        }
        assertTrue(malformed > 10_000, malformed + " were malformed");
    }
}

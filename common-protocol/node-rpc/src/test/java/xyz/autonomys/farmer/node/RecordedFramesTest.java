package xyz.autonomys.farmer.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import xyz.autonomys.farmer.node.server.JsonRpcServer;
import xyz.autonomys.farmer.node.server.JsonRpcServerSettings;
import xyz.autonomys.farmer.primitives.Piece;
import xyz.autonomys.farmer.primitives.ProtocolSizes;
import xyz.autonomys.farmer.primitives.RewardSignatureResponse;

/**
 * Every line of {@code node-rpc-capture.jsonl}: what upstream's farmer sent is what our client sends for the same values,
 * and what it was answered is what our types write. Byte for byte, the envelope included.
 */
class RecordedFramesTest {
    private final Map<String, String> calls = new HashMap<>();
    private final Map<String, Integer> checked = new TreeMap<>();

    @Test
    void everyRecordedFrameIsWhatWeReadAndWrite() throws Exception {
        for (Capture.Line line : Capture.lines()) {
            switch (line.direction()) {
                case "open" -> upgrade(line);
                case "close" -> {
                    assertEquals("", line.frame());
                    count("close");
                }
                case "client->node" -> request(line);
                case "node->client" -> {
                    if (line.frame().contains("…")) {
                        shortenedPiece(line);
                    } else {
                        fromNode(line);
                    }
                }
                default -> throw new AssertionError("line " + line.number() + " goes " + line.direction());
            }
        }
        assertEquals(139, checked.values().stream().mapToInt(Integer::intValue).sum(), checked.toString());
        System.out.println("node-rpc-capture.jsonl: " + checked);
    }

    private void count(String kind) {
        checked.merge(kind, 1, Integer::sum);
    }

    /** The upgrade request of upstream's client is accepted by our server. */
    private void upgrade(Capture.Line line) throws IOException {
        JsonNode open = Capture.JSON.readTree(line.frame());
        try (JsonRpcServer server =
                        JsonRpcServer.builder(JsonRpcServerSettings.loopback(0)).start();
                Socket socket = new Socket("127.0.0.1", server.port())) {
            socket.setSoTimeout(60_000);
            StringBuilder request = new StringBuilder("GET " + open.get("path").asText() + " HTTP/1.1\r\n");
            for (Map.Entry<String, JsonNode> header : open.get("headers").properties()) {
                request.append(header.getKey())
                        .append(": ")
                        .append(header.getValue().asText().replace(":9944", ":" + server.port()))
                        .append("\r\n");
            }
            socket.getOutputStream().write(request.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII));
            byte[] answer = socket.getInputStream().readNBytes("HTTP/1.1 101".length());
            assertEquals("HTTP/1.1 101", new String(answer, StandardCharsets.US_ASCII));
        }
        count("open");
    }

    /** A call of upstream's client equals ours with the parameters read and written again. */
    private void request(Capture.Line line) throws Exception {
        JsonNode frame = Capture.JSON.readTree(line.frame());
        String method = frame.get("method").asText();
        JsonNode param = frame.path("params").path(0);
        List<JsonNode> params =
                switch (method) {
                    case "subspace_getFarmerAppInfo",
                            "subspace_subscribeSlotInfo",
                            "subspace_subscribeRewardSigning",
                            "subspace_subscribeArchivedSegmentHeader" -> List.of();
                    case "subspace_unsubscribeArchivedSegmentHeader" -> List.of(subscriptionId(param));
                    case "subspace_piece", "subspace_acknowledgeArchivedSegmentHeader" ->
                        List.of(NodeJson.u64(NodeJson.readU64(param, "index")));
                    case "subspace_segmentHeaders" -> {
                        ArrayNode indices = JsonNodeFactory.instance.arrayNode();
                        for (JsonNode index : param) {
                            indices.add(NodeJson.u64(NodeJson.readU64(index, "index")));
                        }
                        yield List.of(indices);
                    }
                    case "subspace_submitSolutionResponse" ->
                        List.of(NodeJson.write(NodeJson.readSolutionResponse(param)));
                    case "subspace_submitRewardSignature" -> {
                        NodeJson.SignatureAnswer answer = NodeJson.readSignatureAnswer(param);
                        yield List.of(NodeJson.write(new RewardSignatureResponse(
                                answer.hash(), answer.signature().orElseThrow())));
                    }
                    default -> throw new AssertionError("line " + line.number() + " calls " + method);
                };
        assertEquals(
                line.frame(),
                RpcMessages.request(frame.get("id").asLong(), new RpcSocket.Request(method, params)),
                "line " + line.number());
        calls.put(line.run() + " " + frame.get("id"), method);
        count(method);
    }

    private static JsonNode subscriptionId(JsonNode id) {
        assertTrue(id.asText().matches("[A-Za-z0-9]{16}"), id.toString());
        return id;
    }

    private void fromNode(Capture.Line line) throws Exception {
        switch (RpcMessages.read(Capture.JSON.readTree(line.frame()))) {
            case RpcMessages.Result(long id, JsonNode result) -> {
                String method = calls.getOrDefault(line.run() + " " + id, "an answer to a call that was left out");
                assertEquals(
                        line.frame(),
                        "{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"result\":" + again(method, result) + "}",
                        "line " + line.number());
                count("result of " + method);
            }
            case RpcMessages.Item(String subscription, JsonNode item) -> {
                String name = Capture.JSON.readTree(line.frame()).get("method").asText();
                JsonNode again =
                        switch (name) {
                            case "subspace_slot_info" -> NodeJson.write(NodeJson.readSlotInfo(item));
                            case "subspace_reward_signing" -> NodeJson.write(NodeJson.readRewardSigningInfo(item));
                            case "subspace_archived_segment_header" -> NodeJson.write(NodeJson.readSegmentHeader(item));
                            default -> throw new AssertionError("line " + line.number() + " notifies of " + name);
                        };
                assertEquals(
                        line.frame(),
                        "{\"jsonrpc\":\"2.0\",\"method\":\"" + name + "\",\"params\":{\"subscription\":\""
                                + subscription + "\",\"result\":" + again + "}}",
                        "line " + line.number());
                count(name);
            }
            case RpcMessages.Message other -> throw new AssertionError("line " + line.number() + " is " + other);
        }
    }

    private static JsonNode again(String method, JsonNode result) throws NodeJsonException {
        return switch (method) {
            case "subspace_getFarmerAppInfo" -> NodeJson.write(NodeJson.readFarmerAppInfo(result));
            case "subspace_segmentHeaders" -> {
                ArrayNode headers = JsonNodeFactory.instance.arrayNode();
                for (JsonNode header : result) {
                    headers.add(
                            header.isNull()
                                    ? NullNode.getInstance()
                                    : NodeJson.write(NodeJson.readSegmentHeader(header)));
                }
                yield headers;
            }
            case "subspace_subscribeSlotInfo",
                    "subspace_subscribeRewardSigning",
                    "subspace_subscribeArchivedSegmentHeader" -> subscriptionId(result);
            case "subspace_unsubscribeArchivedSegmentHeader" -> {
                assertTrue(result.isBoolean());
                yield result;
            }
            case "subspace_submitSolutionResponse",
                    "subspace_submitRewardSignature",
                    "subspace_acknowledgeArchivedSegmentHeader" -> {
                assertTrue(result.isNull());
                yield result;
            }
            default -> throw new AssertionError(method);
        };
    }

    /** Pieces were shortened in the capture, which names the length of the whole frame. */
    private void shortenedPiece(Capture.Line line) {
        String head = line.frame().substring(0, line.frame().indexOf("\"result\":\"") + "\"result\":\"".length());
        String length = line.frame().replaceAll(".*<(\\d+) characters in all>.*", "$1");
        String ours = head
                + NodeJson.write(Piece.wrap(new byte[ProtocolSizes.PIECE_BYTES]))
                        .asText() + "\"}";
        assertEquals(Integer.parseInt(length), ours.length(), "line " + line.number());
        count("piece");
    }
}

package xyz.autonomys.farmer.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Frames between upstream's farmer and a node: what we read and write again is the same text. */
class NodeJsonTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void everyCapturedFrameIsReadAndWrittenAgain() throws Exception {
        Map<String, Integer> seen = new HashMap<>();
        Map<String, String> methods = new HashMap<>();
        for (JsonNode frame : frames()) {
            if (frame.path("method").asText().startsWith("subspace_")) {
                String method = frame.get("method").asText();
                if (frame.has("id")) {
                    methods.put(frame.get("id").asText(), method);
                }
                JsonNode param = frame.path("params").path(0);
                switch (method) {
                    case "subspace_submitSolutionResponse" ->
                        same(seen, method, param, NodeJson.write(NodeJson.readSolutionResponse(param)));
                    case "subspace_submitRewardSignature" -> {
                        NodeJson.SignatureAnswer answer = NodeJson.readSignatureAnswer(param);
                        assertTrue(answer.signature().isPresent());
                        same(
                                seen,
                                method,
                                param,
                                NodeJson.write(new xyz.autonomys.farmer.primitives.RewardSignatureResponse(
                                        answer.hash(), answer.signature().get())));
                    }
                    case "subspace_slot_info" -> {
                        JsonNode item = frame.get("params").get("result");
                        same(seen, method, item, NodeJson.write(NodeJson.readSlotInfo(item)));
                    }
                    case "subspace_reward_signing" -> {
                        JsonNode item = frame.get("params").get("result");
                        same(seen, method, item, NodeJson.write(NodeJson.readRewardSigningInfo(item)));
                    }
                    case "subspace_archived_segment_header" -> {
                        JsonNode item = frame.get("params").get("result");
                        same(seen, method, item, NodeJson.write(NodeJson.readSegmentHeader(item)));
                    }
                    default -> {}
                }
            } else if (frame.has("result")) {
                JsonNode result = frame.get("result");
                switch (methods.getOrDefault(frame.get("id").asText(), "")) {
                    case "subspace_getFarmerAppInfo" ->
                        same(seen, "app info", result, NodeJson.write(NodeJson.readFarmerAppInfo(result)));
                    case "subspace_segmentHeaders", "subspace_lastSegmentHeaders" -> {
                        for (JsonNode header : result) {
                            if (!header.isNull()) {
                                same(seen, "header", header, NodeJson.write(NodeJson.readSegmentHeader(header)));
                            }
                        }
                    }
                    default -> {}
                }
            }
        }
        for (String kind : List.of(
                "subspace_submitSolutionResponse",
                "subspace_submitRewardSignature",
                "subspace_slot_info",
                "subspace_reward_signing",
                "subspace_archived_segment_header",
                "app info",
                "header")) {
            assertTrue(seen.getOrDefault(kind, 0) > 0, kind + " is in the capture: " + seen);
        }
    }

    private static void same(Map<String, Integer> seen, String kind, JsonNode captured, JsonNode written) {
        assertEquals(captured.toString(), written.toString());
        seen.merge(kind, 1, Integer::sum);
    }

    private static List<JsonNode> frames() throws IOException {
        List<JsonNode> frames = new ArrayList<>();
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(
                NodeJsonTest.class.getResourceAsStream("/node-rpc-capture.jsonl"), StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                JsonNode entry = JSON.readTree(line);
                String text = entry.path("frame").asText();
                // Long hex was shortened in the capture with an ellipsis.
                if (entry.path("dir").asText().contains("->") && !text.contains("…")) {
                    frames.add(JSON.readTree(text));
                }
            }
        }
        return frames;
    }

    @Test
    void numbersAreUnsignedAndOfTheirWidth() throws Exception {
        ObjectNode slot = JSON.createObjectNode();
        slot.put("slotNumber", 1).put("globalChallenge", "AB".repeat(32)).put("solutionRange", 2);
        slot.set("votingSolutionRange", JSON.readTree("18446744073709551615"));
        assertEquals(-1L, NodeJson.readSlotInfo(slot).votingSolutionRange());
        slot.set("votingSolutionRange", JSON.readTree("18446744073709551616"));
        refused(slot, "slot.votingSolutionRange is 18446744073709551616");
        slot.put("votingSolutionRange", -1);
        refused(slot, "slot.votingSolutionRange is -1");
        slot.put("votingSolutionRange", "7");
        refused(slot, "slot.votingSolutionRange is \"7\"");
        slot.put("votingSolutionRange", 1.5);
        refused(slot, "slot.votingSolutionRange is 1.5");
        slot.put("votingSolutionRange", 7).put("globalChallenge", "0x" + "ab".repeat(31));
        refused(slot, "slot.globalChallenge");
        slot.remove("globalChallenge");
        refused(slot, "slot has no field \"globalChallenge\"");
    }

    private static void refused(JsonNode slot, String text) {
        NodeJsonException e = assertThrows(NodeJsonException.class, () -> NodeJson.readSlotInfo(slot));
        assertTrue(e.getMessage().startsWith(text), e.getMessage());
    }

    /** Whatever comes, it is read or refused with an exception of ours. */
    @Test
    @Tag("long")
    void mutatedMessagesAreReadOrRefused() throws Exception {
        List<String> texts = frames().stream()
                .map(JsonNode::toString)
                .filter(text -> text.length() < 4000)
                .toList();
        Random random = new Random(9);
        int read = 0;
        for (int i = 0; i < 120_000; i++) {
            String text = MutatedText.of(texts.get(random.nextInt(texts.size())), random);
            JsonNode node;
            try {
                node = JSON.readTree(text);
            } catch (IOException e) {
                continue;
            }
            JsonNode item = node.path("params").path("result");
            JsonNode body = item.isMissingNode() ? node.path("params").path(0) : item;
            for (Reader reader : READERS) {
                try {
                    reader.read(body);
                    read++;
                } catch (NodeJsonException e) {
                    assertTrue(e.getMessage().length() < 600, e.getMessage());
                }
            }
        }
        assertTrue(read > 1000);
    }

    private interface Reader {
        Object read(JsonNode node) throws NodeJsonException;
    }

    private static final List<Reader> READERS = List.of(
            NodeJson::readSlotInfo,
            NodeJson::readRewardSigningInfo,
            NodeJson::readSegmentHeader,
            NodeJson::readSolutionResponse,
            NodeJson::readSignatureAnswer,
            NodeJson::readFarmerAppInfo,
            NodeJson::readPiece);
}

package xyz.autonomys.farmer.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import xyz.autonomys.farmer.primitives.Piece;
import xyz.autonomys.farmer.primitives.ProtocolSizes;
import xyz.autonomys.farmer.primitives.RewardSignatureResponse;

/** The JSON texts of upstream's types, what upstream accepts and refuses, and everything else. */
class NodeJsonTest {
    private static final ObjectMapper JSON = Capture.JSON;

    /** A type with its reader and writer. */
    private interface Codec {
        JsonNode again(JsonNode json) throws NodeJsonException;
    }

    private static Map<String, Codec> codecs() {
        Map<String, Codec> codecs = new LinkedHashMap<>();
        codecs.put("SegmentHeader (partial)", json -> NodeJson.write(NodeJson.readSegmentHeader(json)));
        codecs.put("SegmentHeader (complete)", json -> NodeJson.write(NodeJson.readSegmentHeader(json)));
        codecs.put("SolutionResponse", json -> NodeJson.write(NodeJson.readSolutionResponse(json)));
        codecs.put("FarmerAppInfo", json -> NodeJson.write(NodeJson.readFarmerAppInfo(json)));
        codecs.put(
                "FarmerAppInfo (no bootstrap nodes, syncing, 3.5 s)",
                json -> NodeJson.write(NodeJson.readFarmerAppInfo(json)));
        codecs.put("SlotInfo (voting range 2^64-1)", json -> NodeJson.write(NodeJson.readSlotInfo(json)));
        codecs.put("RewardSigningInfo", json -> NodeJson.write(NodeJson.readRewardSigningInfo(json)));
        codecs.put("RewardSignatureResponse", json -> {
            NodeJson.SignatureAnswer answer = NodeJson.readSignatureAnswer(json);
            return answer.signature().isEmpty()
                    ? json
                    : NodeJson.write(new RewardSignatureResponse(
                            answer.hash(), answer.signature().get()));
        });
        return codecs;
    }

    @TestFactory
    Stream<DynamicTest> everySampleIsReadAndWrittenAgain() {
        return codecs().entrySet().stream()
                .map(codec -> DynamicTest.dynamicTest(codec.getKey(), () -> {
                    String text = Capture.sample(codec.getKey());
                    assertEquals(
                            text, codec.getValue().again(JSON.readTree(text)).toString());
                }));
    }

    @Test
    void aSignatureMayBeDeclined() throws Exception {
        JsonNode declined = JSON.readTree(Capture.sample("RewardSignatureResponse (null)"));
        assertTrue(NodeJson.readSignatureAnswer(declined).signature().isEmpty());
        ((ObjectNode) declined).remove("signature");
        assertTrue(NodeJson.readSignatureAnswer(declined).signature().isEmpty());
    }

    @Test
    void aPieceIsItsBytesInHex() throws Exception {
        JsonNode sample = Capture.samples().get("piece");
        byte[] bytes = new byte[ProtocolSizes.PIECE_BYTES];
        bytes[0] = 7;
        String text = NodeJson.write(Piece.wrap(bytes)).toString();
        assertEquals(sample.get("json_length").asInt(), text.length());
        assertTrue(text.startsWith(sample.get("json_first_20").asText().substring(0, 19)), text.substring(0, 20));
        new Random(5).nextBytes(bytes);
        Piece piece = Piece.wrap(bytes);
        assertEquals(piece, NodeJson.readPiece(NodeJson.write(piece)));
        String hex = HexFormat.of().formatHex(bytes);
        assertEquals(piece, NodeJson.readPiece(TextNode.valueOf(hex.toUpperCase(java.util.Locale.ROOT))));
        for (String wrong : new String[] {"", "0x" + hex, hex.substring(2), hex + "00", hex.substring(1) + "g"}) {
            assertThrows(NodeJsonException.class, () -> NodeJson.readPiece(TextNode.valueOf(wrong)));
        }
    }

    /** The table of what upstream's decoder takes, applied to ours. */
    @Test
    void weAcceptAndRefuseWhatUpstreamDoes() throws Exception {
        for (JsonNode entry : Capture.samples().get("json_acceptance")) {
            String what = entry.get(0).asText();
            boolean accepted =
                    entry.get(1).asText().equals("ok") || entry.get(1).asText().equals("true");
            if (what.contains("SCALE") || what.startsWith("reward signature")) {
                continue;
            }
            ObjectNode response = (ObjectNode) JSON.readTree(Capture.sample("SolutionResponse"));
            ObjectNode solution = (ObjectNode) response.get("solution");
            switch (what) {
                case "as is" -> {}
                case "upper-case hex" -> {
                    String key = solution.get("publicKey").asText();
                    solution.put("publicKey", key.toUpperCase(java.util.Locale.ROOT));
                }
                case "0x prefix on publicKey" ->
                    solution.put("publicKey", "0x" + solution.get("publicKey").asText());
                case "chunk as hex" -> solution.put("chunk", "21".repeat(32));
                case "unknown key" -> solution.put("unknown", 1);
                case "missing sectorIndex" -> solution.remove("sectorIndex");
                case "historySize 0" -> solution.put("historySize", 0);
                case "sectorIndex 65536" -> solution.put("sectorIndex", 65536);
                case "sectorIndex as string" -> solution.put("sectorIndex", "7");
                case "chunk of 31 numbers" -> solution.withArray("chunk").remove(0);
                case "short proof" ->
                    solution.put(
                            "proofOfSpace",
                            solution.get("proofOfSpace").asText().substring(2));
                default -> throw new AssertionError("not tried: " + what);
            }
            if (accepted) {
                NodeJson.readSolutionResponse(response);
            } else {
                NodeJsonException e =
                        assertThrows(NodeJsonException.class, () -> NodeJson.readSolutionResponse(response), what);
                assertTrue(e.getMessage().startsWith("solution response.solution"), e.getMessage());
            }
        }
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

    /** Whatever comes, it is read, and then written in a form that is read again as the same, or refused by us. */
    @Tag("long")
    @TestFactory
    Stream<DynamicTest> mutatedMessagesAreReadOrRefused() {
        return codecs().entrySet().stream()
                .map(codec -> DynamicTest.dynamicTest(codec.getKey(), () -> {
                    String text = Capture.sample(codec.getKey());
                    Random random = new Random(9);
                    int read = 0;
                    int refused = 0;
                    while (read + refused < 100_000) {
                        JsonNode json;
                        try {
                            json = JSON.readTree(MutatedText.of(text, random));
                        } catch (JsonProcessingException e) {
                            refused++;
                            continue;
                        }
                        try {
                            JsonNode written = codec.getValue().again(json);
                            assertEquals(written, codec.getValue().again(written));
                            read++;
                        } catch (NodeJsonException e) {
                            assertTrue(e.getMessage().length() < 600, e.getMessage());
                            refused++;
                        }
                    }
                    assertTrue(read > 100 && refused > 100, read + " read, " + refused + " refused");
                }));
    }

    @Test
    @Tag("long")
    void mutatedPiecesAreReadOrRefused() throws Exception {
        String hex = "ab".repeat(ProtocolSizes.PIECE_BYTES);
        Random random = new Random(10);
        int refused = 0;
        for (int i = 0; i < 100_000; i++) {
            // Whole ones take long, so most are short.
            String text = i % 1000 == 0 ? hex : hex.substring(0, random.nextInt(2000));
            try {
                NodeJson.readPiece(TextNode.valueOf(MutatedText.of(text, random)));
            } catch (NodeJsonException e) {
                assertTrue(e.getMessage().length() < 600, e.getMessage());
                refused++;
            }
        }
        assertTrue(refused > 99_000);
    }
}

package xyz.autonomys.farmer.node;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Blocks from JSON to the bytes of history, against the worked example of spec 03 §16.2 and the vectors it cites. */
class BlockJsonTest {
    private static final HexFormat HEX = HexFormat.of();
    private static final byte[] SUB = "SUB_".getBytes(StandardCharsets.US_ASCII);

    private static BlockHeader header(long number, String parent, String state, String extrinsics, String log) {
        return new BlockHeader(
                BlockHash.fromHex(parent),
                number,
                TrieRoot.fromHex(state),
                TrieRoot.fromHex(extrinsics),
                List.of(HEX.parseHex(log)));
    }

    private static final BlockHeader NUMBER_2 = header(
            2,
            "92cdf578c47085a5992256f0dcf97d0b19f1f1c9de4d5fe30c3ace6191b6e5db",
            "581348337b0f3e148620173daaa5f94d00d881705dcbf0aa83efdaba61d2ede1",
            "eb8649214997574e20c464388a172420d25403682bbbb80c496831c8cc1f8f0d",
            "000436");

    private static byte[] justification() {
        byte[] bytes = new byte[146];
        Arrays.fill(bytes, 1, 17, (byte) 0x11);
        bytes[17] = 4;
        Arrays.fill(bytes, 18, 146, (byte) 0x22);
        return bytes;
    }

    private static SignedBlock block(SignedBlock.Justification... justifications) {
        return new SignedBlock(NUMBER_2, List.of(HEX.parseHex("1001020304")), List.of(justifications));
    }

    private static String sha256(byte[] bytes) throws Exception {
        return HEX.formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }

    @Test
    void headersHaveTheBytesOfThePolkadotSdk() {
        assertEquals(
                "92cdf578c47085a5992256f0dcf97d0b19f1f1c9de4d5fe30c3ace6191b6e5db08"
                        + "581348337b0f3e148620173daaa5f94d00d881705dcbf0aa83efdaba61d2ede1"
                        + "eb8649214997574e20c464388a172420d25403682bbbb80c496831c8cc1f8f0d04000436",
                HEX.formatHex(NUMBER_2.encode()));
        assertEquals(
                "a8a0cb64226571950897d4450958e80393585495616fc6589af75d2f2edc90d1",
                NUMBER_2.hash().toHex());
        assertEquals(
                "c5f3fee11f7515dab3d55c06f7a4e6192fa68c758e9fc3ca43c4ee1a2c12215c411f"
                        + "dbe12f0c6b5899923715e2ba6e30a7bb43b7e4e876881efe0b57307007611f52"
                        + "926e6057984462a2e3de4e0ef4c2789a7061de90ae65dc2c6f7e36229bdcfd7c04001035303030",
                HEX.formatHex(header(
                                2000,
                                "c5f3fee11f7515dab3d55c06f7a4e6192fa68c758e9fc3ca43c4ee1a2c12215c",
                                "dbe12f0c6b5899923715e2ba6e30a7bb43b7e4e876881efe0b57307007611f52",
                                "926e6057984462a2e3de4e0ef4c2789a7061de90ae65dc2c6f7e36229bdcfd7c",
                                "001035303030")
                        .encode()));
    }

    @Test
    void blocksHaveTheBytesOfTheWorkedExample() throws Exception {
        SignedBlock with = block(new SignedBlock.Justification(SUB, justification()));
        assertEquals(261, with.encode().length);
        assertEquals("10b2a6a4ec21317e8875eea1b872367e5433b67fbdb95ba8c389964217759184", sha256(with.encode()));
        assertEquals(108, block().encode().length);
        assertEquals("c87df91886c386e7c2f77197d0f213c736507ea38243f546b0acf1103dee6869", sha256(block().encode()));
    }

    @Test
    void onlyTheFirstProofOfTimeIsKeptAndItsTrailingBytesWithIt() {
        byte[] proof = justification();
        byte[] longer = Arrays.copyOf(proof, proof.length + 3);
        byte[] shorter = Arrays.copyOf(proof, proof.length - 1);
        byte[] other = proof.clone();
        other[0] = 1;
        SignedBlock.Justification good = new SignedBlock.Justification(SUB, proof);
        byte[] expected = block(good).encode();
        assertArrayEquals(
                expected,
                block(
                                new SignedBlock.Justification("FRNK".getBytes(StandardCharsets.US_ASCII), proof),
                                new SignedBlock.Justification(SUB, shorter),
                                new SignedBlock.Justification(SUB, other),
                                good,
                                new SignedBlock.Justification(SUB, longer))
                        .encode());
        assertEquals(
                expected.length + 3,
                block(new SignedBlock.Justification(SUB, longer)).encode().length);
        assertArrayEquals(
                block().encode(),
                block(new SignedBlock.Justification(SUB, shorter)).encode());
    }

    @Test
    void jsonIsReadAndWrittenAgain() throws Exception {
        String text = "{\"block\":{\"header\":{\"parentHash\":\"0x" + "92".repeat(32)
                + "\",\"number\":\"0x3d0901\",\"stateRoot\":\"0x" + "01".repeat(32) + "\",\"extrinsicsRoot\":\"0x"
                + "02".repeat(32) + "\",\"digest\":{\"logs\":[\"0x000c010203\",\"0x05746573740c010203\"]}},"
                + "\"extrinsics\":[\"0x1001020304\",\"0x00\"]},\"justifications\":[[[83,85,66,95],[0,17,34,255]]]}";
        SignedBlock block = BlockJson.readBlock(Capture.JSON.readTree(text));
        assertEquals(text, BlockJson.write(block).toString());
        assertEquals(4_000_001, block.header().number());
        assertEquals(
                "{\"block\":" + BlockJson.write(block()).get("block") + ",\"justifications\":null}",
                BlockJson.write(block()).toString());
        JsonNode hash = BlockJson.write(NUMBER_2.hash());
        assertEquals("\"0xa8a0cb64226571950897d4450958e80393585495616fc6589af75d2f2edc90d1\"", hash.toString());
        assertEquals(NUMBER_2.hash(), BlockJson.readHash(hash));
    }

    @Test
    void whatIsWrongIsNamedWithItsPlace() {
        refused("signed block.block.header.number is \"7\"", node -> header(node)
                .put("number", "7"));
        refused("signed block.block.header.number is \"0x100000000\"", node -> header(node)
                .put("number", "0x100000000"));
        refused("signed block.block.header.parentHash is", node -> header(node).put("parentHash", "ab".repeat(32)));
        refused("signed block.block.header.stateRoot is", node -> header(node)
                .put("stateRoot", "0x" + "ab".repeat(31)));
        refused("signed block.block.header has no field", node -> header(node).remove("extrinsicsRoot"));
        refused("signed block.block.header.digest.logs[0] is \"0x\"", node -> {
            ArrayNode logs = (ArrayNode) header(node).get("digest").get("logs");
            logs.removeAll().add("0x");
        });
        // The payload alone, and with the length twice.
        refused(
                "signed block.block.extrinsics[0] is \"0x01020304\"",
                node -> extrinsics(node).removeAll().add("0x01020304"));
        refused(
                "signed block.block.extrinsics[0]",
                node -> extrinsics(node).removeAll().add("0x1001020304ff"));
        refused("signed block.justifications[0][0]", node -> node.putArray("justifications")
                .addArray()
                .add(node.arrayNode().add(83))
                .add(node.arrayNode()));
    }

    private static ObjectNode header(ObjectNode node) {
        return (ObjectNode) node.get("block").get("header");
    }

    private static ArrayNode extrinsics(ObjectNode node) {
        return (ArrayNode) node.get("block").get("extrinsics");
    }

    private interface Change {
        void make(ObjectNode node);
    }

    private static void refused(String start, Change change) {
        ObjectNode node = BlockJson.write(block(new SignedBlock.Justification(SUB, justification())));
        change.make(node);
        NodeJsonException e = assertThrows(NodeJsonException.class, () -> BlockJson.readBlock(node), start);
        assertTrue(e.getMessage().startsWith(start), e.getMessage());
    }

    @Test
    @Tag("long")
    void mutatedBlocksAreReadOrRefused() throws Exception {
        String text = BlockJson.write(block(new SignedBlock.Justification(SUB, justification())))
                .toString();
        Random random = new Random(13);
        int read = 0;
        for (int i = 0; i < 100_000; i++) {
            JsonNode json;
            try {
                json = Capture.JSON.readTree(MutatedText.of(text, random));
                SignedBlock block = BlockJson.readBlock(json);
                assertArrayEquals(
                        block.encode(),
                        BlockJson.readBlock(BlockJson.write(block)).encode());
                read++;
            } catch (JsonProcessingException e) {
                continue;
            } catch (NodeJsonException e) {
                assertTrue(e.getMessage().length() < 600, e.getMessage());
            }
        }
        assertTrue(read > 1000 && read < 99_000, read + " were read");
    }
}

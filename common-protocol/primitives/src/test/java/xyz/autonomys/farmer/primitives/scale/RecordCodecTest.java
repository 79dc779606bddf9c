package xyz.autonomys.farmer.primitives.scale;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import xyz.autonomys.farmer.primitives.FarmerProtocolInfo;
import xyz.autonomys.farmer.primitives.Golden;
import xyz.autonomys.farmer.primitives.RewardSignatureResponse;
import xyz.autonomys.farmer.primitives.RewardSigningInfo;
import xyz.autonomys.farmer.primitives.SegmentHeader;
import xyz.autonomys.farmer.primitives.SlotInfo;
import xyz.autonomys.farmer.primitives.Solution;

/** Layouts of misc.json, section "samples". */
class RecordCodecTest {
    @Test
    void segmentHeaders() {
        for (String type : new String[] {"SegmentHeader (partial)", "SegmentHeader (complete)"}) {
            byte[] bytes = Golden.sample(type);
            JsonNode json = Golden.sampleNode(type).get("json").get("v0");
            SegmentHeader header = SegmentHeaders.decode(bytes);
            assertEquals(json.get("segmentIndex").asLong(), header.segmentIndex());
            assertEquals(
                    json.get("segmentCommitment").asText(),
                    header.segmentCommitment().toHex());
            assertEquals(
                    json.get("prevSegmentHeaderHash").asText(),
                    header.prevSegmentHeaderHash().toHex());
            JsonNode last = json.get("lastArchivedBlock");
            assertEquals(last.get("number").asLong(), header.lastArchivedBlock().number());
            JsonNode partial = last.get("archivedProgress").get("partial");
            assertEquals(
                    partial == null ? -1 : partial.asLong(),
                    header.lastArchivedBlock().partialBytes());
            assertArrayEquals(bytes, SegmentHeaders.encode(header));
        }
        SegmentHeader first = SegmentHeaders.decode(Golden.sample("SegmentHeader (complete)"));
        assertEquals(
                Golden.read().get("segment_1_header_hash").asText(),
                SegmentHeaders.hash(first).toHex());
    }

    @Test
    void solutions() {
        byte[] bytes = Golden.sample("Solution<PublicKey>");
        JsonNode json = Golden.sampleNode("Solution<PublicKey>").get("json");
        Solution solution = Solutions.decode(bytes);
        assertEquals(json.get("publicKey").asText(), solution.publicKey().toHex());
        assertEquals(
                json.get("rewardAddress").asText(), solution.rewardAddress().toHex());
        assertEquals(json.get("sectorIndex").asInt(), solution.sectorIndex());
        assertEquals(json.get("historySize").asLong(), solution.historySize());
        assertEquals(json.get("pieceOffset").asInt(), solution.pieceOffset());
        assertEquals(
                json.get("recordCommitment").asText(),
                solution.recordCommitment().toHex());
        assertEquals(
                json.get("recordWitness").asText(), solution.recordWitness().toHex());
        assertEquals(json.get("chunkWitness").asText(), solution.chunkWitness().toHex());
        assertEquals(json.get("proofOfSpace").asText(), solution.proofOfSpace().toHex());
        for (int i = 0; i < 32; i++) {
            assertEquals(json.get("chunk").get(i).asInt(), solution.chunk().byteAt(i) & 0xFF);
        }
        assertArrayEquals(bytes, Solutions.encode(solution));
        byte[] response = Golden.sample("SolutionResponse");
        assertArrayEquals(response, Solutions.encodeResponse(Solutions.decodeResponse(response)));
        assertEquals(12_345_678, Solutions.decodeResponse(response).slotNumber());
        byte[] genesis = Golden.sample("genesis Solution");
        assertEquals(1, Solutions.decode(genesis).historySize());
        assertArrayEquals(genesis, Solutions.encode(Solutions.decode(genesis)));
        byte[] withoutAddress = Golden.sample("Solution<()> (empty reward address)");
        assertThrows(ScaleException.class, () -> Solutions.decode(withoutAddress));
    }

    @Test
    void smallMessages() {
        byte[] info = Golden.sample("FarmerProtocolInfo");
        assertEquals(new FarmerProtocolInfo(312, 1000, 5, 1, 10, 4), FarmerMessages.decodeProtocolInfo(info));
        assertArrayEquals(info, FarmerMessages.encode(FarmerMessages.decodeProtocolInfo(info)));
        byte[] slot = Golden.sample("SlotInfo (voting range 2^64-1)");
        SlotInfo slotInfo = FarmerMessages.decodeSlotInfo(slot);
        assertEquals(12_345_678, slotInfo.slotNumber());
        assertEquals(-1, slotInfo.votingSolutionRange());
        assertArrayEquals(slot, FarmerMessages.encode(slotInfo));
        byte[] signing = Golden.sample("RewardSigningInfo");
        RewardSigningInfo signingInfo = FarmerMessages.decodeRewardSigningInfo(signing);
        assertArrayEquals(signing, FarmerMessages.encode(signingInfo));
        byte[] signed = Golden.sample("RewardSignatureResponse");
        RewardSignatureResponse response = FarmerMessages.decodeRewardSignatureResponse(signed);
        assertArrayEquals(signed, FarmerMessages.encode(response));
        assertEquals(signingInfo.hash(), response.hash());
        byte[] refused = Golden.sample("RewardSignatureResponse (null)");
        assertThrows(ScaleException.class, () -> FarmerMessages.decodeRewardSignatureResponse(refused));
    }

    @Test
    void zeroHistorySizesUnknownVersionsAndTrailingBytesAreRefused() {
        byte[] solution = Golden.sample("Solution<PublicKey>");
        Arrays.fill(solution, 66, 74, (byte) 0);
        assertTrue(assertThrows(ScaleException.class, () -> Solutions.decode(solution))
                .getMessage()
                .contains("offset 66: history size must not be zero"));
        byte[] header = Golden.sample("SegmentHeader (complete)");
        byte[] longer = Arrays.copyOf(header, header.length + 1);
        assertThrows(ScaleException.class, () -> SegmentHeaders.decode(longer));
        header[0] = 1;
        assertThrows(ScaleException.class, () -> SegmentHeaders.decode(header));
    }

    @Test
    @Tag("long")
    void mutatedInputsAreDecodedExactlyOrRefused() {
        fuzz(
                Golden.sample("SegmentHeader (partial)"),
                b -> assertArrayEquals(b, SegmentHeaders.encode(SegmentHeaders.decode(b))));
        fuzz(Golden.sample("Solution<PublicKey>"), b -> assertArrayEquals(b, Solutions.encode(Solutions.decode(b))));
        fuzz(
                Golden.sample("SolutionResponse"),
                b -> assertArrayEquals(b, Solutions.encodeResponse(Solutions.decodeResponse(b))));
        fuzz(
                Golden.sample("FarmerProtocolInfo"),
                b -> assertArrayEquals(b, FarmerMessages.encode(FarmerMessages.decodeProtocolInfo(b))));
        fuzz(
                Golden.sample("RewardSignatureResponse"),
                b -> assertArrayEquals(b, FarmerMessages.encode(FarmerMessages.decodeRewardSignatureResponse(b))));
    }

    private static void fuzz(byte[] sample, Consumer<byte[]> roundTrip) {
        SplittableRandom random = new SplittableRandom(sample.length);
        int refused = 0;
        for (int n = 0; n < 100_000; n++) {
            byte[] mutated = Arrays.copyOf(sample, Math.max(0, sample.length + random.nextInt(-1, 2)));
            for (int k = random.nextInt(4); k > 0 && mutated.length > 0; k--) {
                mutated[random.nextInt(mutated.length)] = (byte) random.nextInt();
            }
            try {
                roundTrip.accept(mutated);
            } catch (ScaleException expected) {
                refused++;
            }
        }
        assertTrue(refused > 10_000, "only " + refused + " refused");
    }
}

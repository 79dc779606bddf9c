package xyz.autonomys.farmer.sector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import xyz.autonomys.farmer.primitives.Blake3Hash;
import xyz.autonomys.farmer.primitives.FarmerProtocolInfo;
import xyz.autonomys.farmer.primitives.PotOutput;
import xyz.autonomys.farmer.primitives.PublicKey;
import xyz.autonomys.farmer.primitives.SectorId;
import xyz.autonomys.farmer.primitives.SegmentCommitment;
import xyz.autonomys.farmer.primitives.Solution;
import xyz.autonomys.farmer.primitives.hash.Blake3;
import xyz.autonomys.farmer.primitives.scale.FarmerMessages;
import xyz.autonomys.farmer.primitives.scale.ScaleWriter;
import xyz.autonomys.farmer.primitives.scale.Solutions;

/** Identities, piece selection, expiry and solution ranges give the values upstream gave. */
class SectorRulesTest {
    private static final JsonNode SECTOR = GoldenSectors.load("sector.json");
    private static final JsonNode RANGES =
            GoldenSectors.load("sector-rules.json").get("ranges");
    private static final Map<String, PublicKey> KEYS = Map.of(
            "V1 key", GoldenSectors.specificationKey(),
            "sector.json key", GoldenSectors.publicKey(),
            "zero key", PublicKey.of(new byte[32]));

    @Test
    void keyAndProtocolOfTheRecordedSectors() {
        assertEquals(
                GoldenSectors.publicKey().toHex(), SECTOR.at("/public_key/hex").asText());
        assertEquals(
                SECTOR.at("/public_key/hash").asText(),
                SectorIds.publicKeyHash(GoldenSectors.publicKey()).toHex());
        assertEquals(
                SECTOR.get("protocol_scale").asText(),
                HexFormat.of().formatHex(FarmerMessages.encode(GoldenSectors.protocol(2))));
    }

    @Test
    void pieceSelectionOfMainnet() {
        for (JsonNode fact : SECTOR.at("/derivations/piece_index_mainnet_parameters")) {
            PublicKey key = KEYS.get(fact.get("key").asText());
            long history = unsigned(fact.get("history_size"));
            SectorId id = SectorIds.sectorId(
                    SectorIds.publicKeyHash(key), fact.get("sector_index").asInt(), history);
            assertEquals(fact.get("sector_id").asText(), id.toHex());
            FarmerProtocolInfo protocol = GoldenSectors.protocol(1);
            long[] all = PieceSelection.pieceIndexes(id, 1000, history, protocol);
            ScaleWriter encoded = new ScaleWriter(8000);
            for (long index : all) {
                encoded.u64(index);
            }
            for (int i = 0; i < 8; i++) {
                assertEquals(unsigned(fact.get("offsets_0_7").get(i)), all[i]);
                assertEquals(unsigned(fact.get("offsets_196_203").get(i)), all[196 + i]);
            }
            assertEquals(unsigned(fact.get("offset_999")), all[999]);
            assertEquals(
                    fact.get("all_1000_le64_sha256").asText(),
                    SectorFacts.sha256(MemorySegment.ofArray(encoded.toBytes())));
            for (int offset : new int[] {0, 1, 999}) {
                assertEquals(
                        fact.get("seed_" + offset).asText(),
                        SectorIds.posSeed(id, offset).toHex());
            }
        }
    }

    @Test
    void pieceSelectionOfOtherNetworks() {
        int checked = 0;
        for (JsonNode fact : SECTOR.at("/derivations/piece_index_other_parameters")) {
            long history = unsigned(fact.get("history_size"));
            SectorId id = SectorIds.sectorId(SectorIds.publicKeyHash(GoldenSectors.specificationKey()), 2460, history);
            FarmerProtocolInfo protocol = new FarmerProtocolInfo(
                    history,
                    fact.get("max_pieces").asInt(),
                    unsigned(fact.get("recent_segments")),
                    unsigned(fact.at("/fraction/0")),
                    unsigned(fact.at("/fraction/1")),
                    4);
            for (int offset = 0; offset < 8; offset++) {
                JsonNode expected = fact.get("offsets_0_7").get(offset);
                // Where upstream panics, with fractions above one and a short history, nothing is promised.
                if (!expected.has("panic")) {
                    assertEquals(unsigned(expected), PieceSelection.pieceIndex(id, offset, history, protocol));
                    checked++;
                }
            }
        }
        assertTrue(checked > 200, () -> "only some values were compared");
    }

    @Test
    void expiration() {
        for (JsonNode fact : SECTOR.at("/derivations/expiration")) {
            long history = unsigned(fact.get("history_size"));
            long lifetime = unsigned(fact.get("min_lifetime"));
            SectorId id = SectorIds.sectorId(SectorIds.publicKeyHash(GoldenSectors.specificationKey()), 2460, history);
            OptionalLong check = SectorExpiration.checkHistorySize(history, lifetime);
            JsonNode expectedCheck = fact.get("check");
            assertEquals(
                    expectedCheck == null || expectedCheck.isNull()
                            ? OptionalLong.empty()
                            : OptionalLong.of(unsigned(expectedCheck)),
                    check);
            OptionalLong expiration = SectorExpiration.expirationHistorySize(
                    id,
                    history,
                    lifetime,
                    SegmentCommitment.fromHex(fact.get("segment_commitment").asText()));
            JsonNode expected = fact.get("expiration").get("ok");
            assertEquals(
                    expected == null || expected.isNull() ? OptionalLong.empty() : OptionalLong.of(unsigned(expected)),
                    expiration,
                    fact::toString);
        }
    }

    @Test
    void sectorExpiresAtTheHistorySizeDrawn() {
        assertTrue(SectorExpiration.isExpired(7, 7));
        assertFalse(SectorExpiration.isExpired(8, 7));
        assertFalse(SectorExpiration.isExpired(-1L, Long.MAX_VALUE));
    }

    @Test
    void rangesOfPieces() {
        for (JsonNode fact : RANGES.get("pieces_to_solution_range")) {
            long pieces = unsigned(fact.get("pieces"));
            long a = unsigned(fact.at("/slot_probability/0"));
            long b = unsigned(fact.at("/slot_probability/1"));
            long range = unsigned(fact.get("solution_range"));
            assertEquals(range, SolutionRanges.ofPieces(pieces, a, b));
            if (!fact.get("back").isNull()) {
                assertEquals(unsigned(fact.get("back")), SolutionRanges.toPieces(range, a, b));
            }
        }
    }

    @Test
    void rangeOfTheNextEra() {
        for (JsonNode fact : RANGES.get("derive_next_solution_range")) {
            assertEquals(
                    unsigned(fact.get("next")),
                    SolutionRanges.next(
                            unsigned(fact.get("start_slot")),
                            unsigned(fact.get("current_slot")),
                            unsigned(fact.at("/slot_probability/0")),
                            unsigned(fact.at("/slot_probability/1")),
                            unsigned(fact.get("range")),
                            unsigned(fact.get("era"))),
                    fact::toString);
        }
    }

    @Test
    void votingRangeIsTenTimesTheBlocksAndSaturates() {
        assertEquals(61489146912364950L, SolutionRanges.voting(6148914691236495L, 9));
        assertEquals(-1L, SolutionRanges.voting(Long.MAX_VALUE, 9));
    }

    @Test
    void distances() {
        for (JsonNode fact : RANGES.get("bidirectional_distance")) {
            long a = unsigned(fact.get(0));
            long b = unsigned(fact.get(1));
            assertEquals(unsigned(fact.get(2)), SolutionRanges.distance(a, b), fact::toString);
        }
    }

    @Test
    void chunksWithinTheRange() {
        int i = 0;
        for (JsonNode fact : RANGES.get("is_within_solution_range")) {
            Blake3Hash global = Blake3Hash.fromHex(fact.get("global_challenge").asText());
            SectorId id = SectorIds.sectorId(Blake3.hash("key".getBytes(StandardCharsets.US_ASCII)), i, 1 + i);
            assertEquals(fact.get("sector_id").asText(), id.toHex());
            Blake3Hash challenge = SectorIds.sectorSlotChallenge(id, global);
            assertEquals(fact.get("sector_slot_challenge").asText(), challenge.toHex());
            assertEquals(fact.get("s_bucket").asInt(), SectorIds.sBucket(challenge));
            byte[] chunk = HexFormat.of().parseHex(fact.get("chunk").asText());
            long distance = unsigned(fact.get("distance"));
            assertEquals(distance, SolutionRanges.chunkDistance(global, challenge, chunk));
            assertEquals(fact.get("within_2d").asBoolean(), SolutionRanges.isWithin(distance, 2 * distance));
            assertEquals(
                    fact.get("within_2d_minus_1").asBoolean(), SolutionRanges.isWithin(distance, 2 * distance - 1));
            i++;
        }
    }

    @Test
    void farthestDistanceIsOutsideTheWidestRange() {
        assertFalse(SolutionRanges.isWithin(Long.MIN_VALUE, -1L));
        assertTrue(SolutionRanges.isWithin(Long.MAX_VALUE, -1L));
    }

    @Test
    void derivationsOfTheWorkedExample() {
        JsonNode fact = SECTOR.get("spec_04_V1");
        Solution solution =
                Solutions.decode(HexFormat.of().parseHex(fact.get("solution").asText()));
        Blake3Hash keyHash = SectorIds.publicKeyHash(solution.publicKey());
        assertEquals(fact.get("public_key_hash").asText(), keyHash.toHex());
        SectorId id = SectorIds.sectorId(keyHash, solution.sectorIndex(), solution.historySize());
        assertEquals(fact.get("sector_id").asText(), id.toHex());
        assertEquals(fact.get("seed").asText(), SectorIds.posSeed(id, 0).toHex());
        PotOutput proofOfTime = PotOutput.of(new byte[16]);
        assertEquals(
                fact.get("global_randomness").asText(),
                Blake3.hash(proofOfTime.toBytes()).toHex());
        Blake3Hash global = SectorIds.globalChallenge(proofOfTime, 2);
        assertEquals(fact.get("global_challenge").asText(), global.toHex());
        Blake3Hash challenge = SectorIds.sectorSlotChallenge(id, global);
        assertEquals(fact.get("sector_slot_challenge").asText(), challenge.toHex());
        assertEquals(fact.get("s_bucket").asInt(), SectorIds.sBucket(challenge));
        assertEquals(
                fact.get("proof_of_space").asText(), solution.proofOfSpace().toHex());
        Blake3Hash mask = Blake3.hash(solution.proofOfSpace().toBytes());
        assertEquals(fact.get("proof_hash").asText(), mask.toHex());
        byte[] stored = solution.chunk().toBytes();
        for (int i = 0; i < stored.length; i++) {
            stored[i] ^= mask.byteAt(i);
        }
        assertEquals(fact.get("masked_chunk").asText(), HexFormat.of().formatHex(stored));
        assertEquals(
                fact.get("audit_chunk").asText(),
                Blake3.keyedHash(challenge.toBytes(), stored).toHex());
        assertEquals(fact.get("piece_index").asLong(), PieceSelection.pieceIndex(id, 0, 1, GoldenSectors.protocol(1)));
    }

    private static long unsigned(JsonNode decimal) {
        return Long.parseUnsignedLong(decimal.asText());
    }
}

package xyz.autonomys.farmer.pos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;
import xyz.autonomys.farmer.primitives.PosProof;
import xyz.autonomys.farmer.primitives.PosSeed;

final class PosVerifierTest {
    @Test
    void tamperedProofsAreJudgedAsRecorded() {
        int checked = 0;
        for (JsonNode seed : GoldenVectors.seeds()) {
            for (JsonNode entry : seed.path("verification")) {
                check(entry, entry.get("index").asLong(), entry.get("valid").asBoolean());
                checked++;
            }
            for (JsonNode sample : seed.get("samples")) {
                assertTrue(PosVerifier.isValid(
                        GoldenVectors.seed(seed),
                        sample.get("index").asInt(),
                        PosProof.fromHex(sample.get("proof").asText())));
            }
        }
        assertTrue(checked >= 15);
    }

    @Test
    void proofsOfSixtyFourEqualValuesAreValidWhereEveryLevelMatchesItself() {
        for (JsonNode entry : GoldenVectors.root().get("lax_verification")) {
            long index = entry.get("index").asLong();
            check(entry, index, entry.get("valid").asBoolean());
            check(entry, index ^ 1, entry.get("valid_at_index_xor_1").asBoolean());
        }
    }

    @Test
    void bucketsNeedNotBeNeighbours() {
        assertTrue(PosVerifier.residuesMatch(0, 15_113));
        assertTrue(PosVerifier.residuesMatch(0, 30_226));
        assertTrue(PosVerifier.residuesMatch(0, 0));
        assertFalse(PosVerifier.residuesMatch(15_113, 15_113));
        assertFalse(PosVerifier.residuesMatch(15_113, 30_226));
        assertTrue(PosVerifier.residuesMatch(15_113, 30_227));
    }

    @Test
    void aResidueMatchesExactlyItsSixtyFourTargets() {
        for (int parity = 0; parity < 2; parity++) {
            for (int left = 0; left < PosRules.BUCKET_WIDTH; left += 1511) {
                boolean[] expected = new boolean[PosRules.BUCKET_WIDTH];
                for (int m = 0; m < PosRules.TARGETS; m++) {
                    expected[PosRules.target(parity, left, m)] = true;
                }
                int leftY = parity * PosRules.BUCKET_WIDTH + left;
                for (int right = 0; right < PosRules.BUCKET_WIDTH; right++) {
                    assertEquals(expected[right], PosVerifier.residuesMatch(leftY, right));
                }
            }
        }
    }

    private static void check(JsonNode entry, long index, boolean valid) {
        PosSeed seed = GoldenVectors.seed(entry);
        PosProof proof = PosProof.fromHex(entry.get("proof").asText());
        assertEquals(
                valid, PosVerifier.isValid(seed, (int) index, proof), () -> entry.get("case") + ", index " + index);
    }
}

package xyz.autonomys.farmer.pos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import java.security.MessageDigest;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import xyz.autonomys.farmer.primitives.PosProof;
import xyz.autonomys.farmer.primitives.PosSeed;

final class PlainTableBuilderTest {
    private static PlainTableBuilder builder = new PlainTableBuilder();

    @AfterAll
    static void release() {
        builder = null;
    }

    @Test
    void seedAGivesTheRecordedTableAndOneProofForEveryPrefix() {
        JsonNode expected = GoldenVectors.seeds().get(0);
        GoldenTables.check(builder, expected);
        assertEquals(1_013_733, builder.lastLevelSize());

        JsonNode all = GoldenVectors.root().get("seed_A_first_proof_of_every_prefix");
        MessageDigest digest = GoldenVectors.sha256();
        int count = 0;
        for (int prefix = 0; prefix < 1 << 20; prefix++) {
            Optional<PosProof> proof = builder.firstProof(prefix);
            if (proof.isPresent()) {
                count++;
                digest.update(proof.get().toBytes());
            }
        }
        assertEquals(all.get("count").asInt(), count);
        assertEquals(all.get("sha256").asText(), GoldenVectors.hex(digest));

        for (JsonNode extra : GoldenVectors.root().get("seed_A_extra_indices")) {
            int index = (int) extra.get("index").asLong();
            String proof = builder.firstProof(PosRules.prefix(index))
                    .map(PosProof::toHex)
                    .orElse(null);
            assertEquals(extra.get("proof").textValue(), proof);
        }
    }

    @Test
    void indicesBehindTheLastSBucketAreRefused() {
        PosTable table = builder.build(PosSeed.of(new byte[32]));
        assertThrows(IllegalArgumentException.class, () -> table.findProof(65_536));
        assertThrows(IllegalArgumentException.class, () -> table.findProof(-1));
    }

    @Test
    @Tag("long")
    void allRecordedSeedsGiveTheirTables() {
        for (JsonNode expected : GoldenVectors.seeds()) {
            GoldenTables.check(builder, expected);
        }
    }
}

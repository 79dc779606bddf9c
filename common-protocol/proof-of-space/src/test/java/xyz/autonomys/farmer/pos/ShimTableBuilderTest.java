package xyz.autonomys.farmer.pos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import xyz.autonomys.farmer.primitives.PosProof;
import xyz.autonomys.farmer.primitives.PosSeed;
import xyz.autonomys.farmer.primitives.hash.Blake3;

final class ShimTableBuilderTest {
    private final PosSeed seed = GoldenVectors.seed(GoldenVectors.seeds().get(0));
    private final PosTable table = new ShimTableBuilder().build(seed);

    @Test
    void proofsAreTheRecordedOnes() {
        JsonNode expected = GoldenVectors.root().get("shim_seed_A");
        for (JsonNode entry : expected.get("indices_0_15")) {
            String proof = table.findProof(entry.get("index").asInt())
                    .map(PosProof::toHex)
                    .orElse(null);
            assertEquals(entry.get("proof").textValue(), proof);
        }
        int count = 0;
        for (int s = 0; s < 65_536; s++) {
            count += table.findProof(s).isPresent() ? 1 : 0;
        }
        assertEquals(expected.get("count_0_65535").asInt(), count);
    }

    @Test
    void onlyItsOwnProofsAreValid() {
        PosProof proof = table.findProof(1).orElseThrow();
        assertTrue(ShimTableBuilder.isValid(seed, 1, proof));
        assertFalse(ShimTableBuilder.isValid(seed, 2, proof));
        assertFalse(ShimTableBuilder.isValid(PosSeed.of(new byte[32]), 1, proof));
        assertFalse(ShimTableBuilder.isValid(seed, 0, proof));
    }

    @Test
    void masksAreTheHashesOfTheFirstProofs() {
        long[] used = new long[PosTable.USED_WORDS];
        byte[] masks = new byte[PosTable.MAX_MASKS * PosTable.MASK_BYTES];
        assertEquals(PosTable.MAX_MASKS, table.masks(used, masks));
        assertEquals(0b110, used[0] & 0b1111);
        assertEquals(
                Blake3.hash(table.findProof(2).orElseThrow().toBytes()).toHex(),
                HexFormat.of().formatHex(Arrays.copyOfRange(masks, 32, 64)));
    }
}

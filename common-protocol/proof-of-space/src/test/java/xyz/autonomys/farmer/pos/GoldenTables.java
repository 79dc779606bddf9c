package xyz.autonomys.farmer.pos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Optional;
import xyz.autonomys.farmer.primitives.PosProof;
import xyz.autonomys.farmer.primitives.PosSeed;
import xyz.autonomys.farmer.primitives.hash.Blake3;

/** Compares a table with every recorded fact about its seed: all 65,536 s-buckets, samples, masks. */
final class GoldenTables {
    private GoldenTables() {}

    static void check(PosTableBuilder builder, JsonNode expected) {
        PosSeed seed = GoldenVectors.seed(expected);
        PosTable table = builder.build(seed);
        checkProofs(table, seed, expected);
        checkMasks(table, expected);
        for (JsonNode sample : expected.get("samples")) {
            PosProof proof = table.findProof(sample.get("index").asInt()).orElseThrow();
            assertEquals(sample.get("proof").asText(), proof.toHex());
            assertEquals(
                    sample.get("proof_hash").asText(),
                    Blake3.hash(proof.toBytes()).toHex());
        }
        for (JsonNode missing : expected.get("first_missing")) {
            assertFalse(table.findProof(missing.asInt()).isPresent(), () -> "s-bucket " + missing);
        }
    }

    private static void checkProofs(PosTable table, PosSeed seed, JsonNode expected) {
        byte[] existence = new byte[8192];
        MessageDigest proofs = GoldenVectors.sha256();
        int count = 0;
        for (int s = 0; s < 65_536; s++) {
            Optional<PosProof> proof = table.findProof(s);
            if (proof.isPresent()) {
                existence[s / 8] |= (byte) (1 << s % 8);
                proofs.update(proof.get().toBytes());
                if (count % 500 == 0) {
                    assertTrue(PosVerifier.isValid(seed, s, proof.get()), "own proof of s-bucket " + s);
                }
                count++;
            }
        }
        assertEquals(expected.get("count").asInt(), count);
        MessageDigest bitmap = GoldenVectors.sha256();
        bitmap.update(existence);
        assertEquals(expected.get("existence_bitmap_sha256").asText(), GoldenVectors.hex(bitmap));
        assertEquals(expected.get("proofs_sha256").asText(), GoldenVectors.hex(proofs));
    }

    private static void checkMasks(PosTable table, JsonNode expected) {
        long[] used = new long[PosTable.USED_WORDS];
        // Whatever was there before must not survive.
        Arrays.fill(used, -1);
        byte[] masks = new byte[PosTable.MAX_MASKS * PosTable.MASK_BYTES];
        int count = table.masks(used, masks);
        assertEquals(PosTable.MAX_MASKS, count);
        int bits = 0;
        for (long word : used) {
            bits += Long.bitCount(word);
        }
        assertEquals(PosTable.MAX_MASKS, bits);
        int last = expected.get("s_bucket_of_32768th").asInt();
        assertTrue((used[last >>> 6] >>> last & 1) == 1);
        for (int s = last + 1; s < 65_536; s++) {
            assertFalse((used[s >>> 6] >>> s & 1) == 1);
        }
        for (int s = 0; s <= last; s += 97) {
            assertEquals(table.findProof(s).isPresent(), (used[s >>> 6] >>> s & 1) == 1);
        }
        MessageDigest digest = GoldenVectors.sha256();
        digest.update(masks);
        assertEquals(expected.get("first_32768_proof_hashes_sha256").asText(), GoldenVectors.hex(digest));
    }
}

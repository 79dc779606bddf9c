package xyz.autonomys.farmer.pos;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import xyz.autonomys.farmer.primitives.hash.Blake3;

/** Small steps of the rules against worked examples (specification 01 §4, §5, §8, §15). */
final class PosRulesTest {
    private static final byte[] SEED_A =
            HexFormat.of().parseHex("23023404333717545b0a6f0c0dde9710e4d3fe2d5cc6cc0a090a0b818bab0f17");

    @Test
    void allTargetsHaveTheRecordedDigest() {
        ByteBuffer row = ByteBuffer.allocate(2 * PosRules.TARGETS).order(ByteOrder.LITTLE_ENDIAN);
        MessageDigest digest = GoldenVectors.sha256();
        for (int parity = 0; parity < 2; parity++) {
            for (int residue = 0; residue < PosRules.BUCKET_WIDTH; residue++) {
                row.clear();
                for (int m = 0; m < PosRules.TARGETS; m++) {
                    row.putShort((short) PosRules.target(parity, residue, m));
                }
                digest.update(row.array());
            }
        }
        assertEquals("215380e926c308bdabb4f9489dc73817adf7857129eed5495265a59e130e1fa2", GoldenVectors.hex(digest));
    }

    @Test
    void keyStreamOfSeedAHasTheRecordedDigest() {
        int[] state = ChaCha8.initialState(SEED_A);
        int[] block = new int[ChaCha8.BLOCK_WORDS];
        ByteBuffer bytes = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
        MessageDigest digest = GoldenVectors.sha256();
        for (int counter = 0; counter < PosRules.KEY_STREAM_BYTES / 64; counter++) {
            ChaCha8.block(state, counter, block, 0);
            bytes.asIntBuffer().put(block);
            digest.update(bytes.array());
        }
        assertEquals("69d17b1c839d3a8aba8fdc619c0549f36ead8951662d777c8f0d34373a9aa4a3", GoldenVectors.hex(digest));
    }

    @Test
    void levelOneOfSeedAStartsAsRecorded() {
        int[] y = new int[PosRules.X_COUNT];
        LevelOne.all(SEED_A, y);
        assertEquals(0x01a8040, y[0]);
        assertEquals(0x35de900, y[1]);
        assertEquals(0x1a50b00, y[7]);
        assertEquals(0x05b4740, y[25]);
        assertEquals(0x3a0c940, y[16383]);
        assertEquals(0x0ea8201, y[16384]);
        assertEquals(0x2ad6d3f, y[1048575]);
        int[] state = ChaCha8.initialState(SEED_A);
        for (int x = 0; x < y.length; x += 101) {
            assertEquals(y[x], LevelOne.single(state, x));
        }
    }

    @Test
    void everyLevelOfTheRecordedTraceIsReproduced() {
        NodeFunction node = new NodeFunction();
        node.apply(2, 0x19deb39, 0, 0xe7a0b, 0, 0x6a097);
        assertNode(node, 0x1031f0b, 0, 0xe7a0b6a097L);
        node.apply(3, 0x1031f0b, 0, 0xe7a0b6a097L, 0, 0x87b5b8a2b6L);
        assertNode(node, 0x0facba0, 0xe7a0, 0xb6a09787b5b8a2b6L);
        node.apply(4, 0x0facba0, 0xe7a0, 0xb6a09787b5b8a2b6L, 0x49f6, 0x640a40089dfba1b0L);
        assertNode(node, 0x32c776f, 0x7384, 0x51d33c85095a3eddL);
        node.apply(5, 0x32c776f, 0x7384, 0x51d33c85095a3eddL, 0x3290, 0x7dddc37617224d8cL);
        assertNode(node, 0x3cbe6e4, 0, 0xcfcda1a58e6d23bL);
        node.apply(6, 0x3cbe6e4, 0, 0xcfcda1a58e6d23bL, 0, 0x831dd130f045efaL);
        assertNode(node, 0x18ab9f6, 0, 0x514c9707b7L);
        node.apply(7, 0x18ab9f6, 0, 0x514c9707b7L, 0, 0x2489f500dbL);
        assertNode(node, 0x0bb2316, 0, 0);
    }

    @Test
    void prefixesOfSBucketsAndBack() {
        assertEquals(0x2ec8c, PosRules.prefix(600_426_542));
        assertEquals(0xfeff0, PosRules.prefix(65_534));
        for (int s = 0; s < 65_536; s++) {
            int prefix = PosRules.prefix(s);
            assertEquals((s & 0xFF) << 12 | (s >>> 8) << 4, prefix);
            assertEquals(s, PosRules.sBucket(prefix));
        }
    }

    @Test
    void proofBytesPackAndUnpack() {
        byte[] proof = new byte[160];
        for (int i = 0; i < proof.length; i++) {
            proof[i] = (byte) (31 * i + 7);
        }
        proof[0] = (byte) 0xe7;
        proof[1] = (byte) 0xa0;
        proof[2] = (byte) 0xb6;
        int[] x = ProofBytes.unpack(proof);
        assertEquals(0xe7a0b, x[0]);
        assertEquals(HexFormat.of().formatHex(proof), HexFormat.of().formatHex(ProofBytes.pack(x)));
    }

    @Test
    void maskOfAProofIsItsHash() {
        BackPointers pointers = new BackPointers(64);
        for (int level = 2; level <= 6; level++) {
            for (int i = 0; i < 64; i++) {
                pointers.left(level)[i] = (i * 5 + level) % 64;
                pointers.right(level)[i] = (i * 11 + 3) % 64;
            }
        }
        byte[] mask = new byte[32];
        new PlainMasks().make(pointers, new int[] {9, 40}, 1, 1, mask);
        assertEquals(Blake3.hash(pointers.proof(9, 40)).toHex(), HexFormat.of().formatHex(Arrays.copyOf(mask, 32)));
    }

    private static void assertNode(NodeFunction node, int y, long metaHigh, long metaLow) {
        assertEquals(y, node.y);
        assertEquals(metaHigh, node.metaHigh);
        assertEquals(metaLow, node.metaLow);
    }
}

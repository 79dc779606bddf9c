package xyz.autonomys.farmer.primitives.hash;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.bouncycastle.crypto.digests.Blake3Digest;
import org.bouncycastle.crypto.params.Blake3Parameters;
import org.junit.jupiter.api.Test;
import xyz.autonomys.farmer.primitives.Blake3Hash;
import xyz.autonomys.farmer.primitives.Golden;

/** BLAKE3 against misc.json ("blake3") and BouncyCastle, the vector form against the plain one. */
class Blake3Test {
    private static byte[] input(int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (i % 251);
        }
        return bytes;
    }

    private static byte[] key() {
        byte[] key = new byte[32];
        for (int i = 0; i < 32; i++) {
            key[i] = (byte) i;
        }
        return key;
    }

    @Test
    void hashesOfUpstream() {
        JsonNode cases = Golden.read().get("blake3").get("cases");
        assertEquals(20, cases.size());
        for (JsonNode c : cases) {
            int length = c.get("length").asInt();
            byte[] bytes = input(length);
            Blake3Hash expected = Blake3Hash.fromHex(c.get("hash").asText());
            assertEquals(expected, Blake3.hash(bytes), "length " + length);
            assertEquals(expected, Blake3.hash(bytes, 0, length));
            int half = length / 2;
            assertEquals(
                    expected,
                    Blake3.hash(Arrays.copyOf(bytes, half), Arrays.copyOfRange(bytes, half, length)),
                    "halves of " + length);
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment offHeap = arena.allocate(Math.max(1, length)).asSlice(0, length);
                MemorySegment.copy(MemorySegment.ofArray(bytes), 0, offHeap, 0, length);
                assertEquals(expected, Blake3.hash(offHeap), "segment of " + length);
            }
            assertEquals(c.get("keyed").asText(), Blake3.keyedHash(key(), bytes).toHex());
            assertEquals(
                    c.get("keyed").asText(),
                    Blake3Hasher.keyed(key()).update(bytes).finish().toHex());
        }
    }

    @Test
    void partsOfAnySizeGiveTheHashOfTheWhole() {
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        for (int n = 0; n < 60; n++) {
            byte[] bytes = new byte[random.nextInt(300_000)];
            random.nextBytes(bytes);
            Blake3Digest reference = new Blake3Digest();
            reference.update(bytes, 0, bytes.length);
            byte[] expected = new byte[32];
            reference.doFinal(expected, 0);
            Blake3Hasher hasher = Blake3Hasher.create();
            for (int at = 0; at < bytes.length; ) {
                int part = Math.min(bytes.length - at, random.nextInt(1 << random.nextInt(1, 18)));
                if (random.nextBoolean()) {
                    hasher.update(bytes, at, part);
                } else {
                    hasher.update(MemorySegment.ofArray(bytes).asSlice(at, part));
                }
                at += part;
            }
            assertEquals(Blake3Hash.of(expected), hasher.finish(), "seed " + seed);
            assertEquals(Blake3Hash.of(expected), hasher.finish(), "finishing twice, seed " + seed);
        }
    }

    @Test
    void derivedKeysEqualBouncyCastle() {
        byte[] material = input(100);
        Blake3Digest reference = new Blake3Digest();
        reference.init(Blake3Parameters.context("test 2026 key".getBytes(java.nio.charset.StandardCharsets.UTF_8)));
        reference.update(material, 0, material.length);
        byte[] expected = new byte[32];
        reference.doFinal(expected, 0);
        assertEquals(Blake3Hash.of(expected), Blake3.deriveKey("test 2026 key", material));
    }

    @Test
    void batchesEqualSingleHashesInPlainAndVectorForm() {
        for (Blake3Bulk bulk : new Blake3Bulk[] {new PlainBlake3Bulk(), new VectorBlake3Bulk()}) {
            Blake3Batch batch = new Blake3Batch(bulk);
            for (int count : new int[] {0, 1, 7, 8, 15, 16, 627}) {
                byte[] chunks = input(5 + 32 * count);
                long[] values = new long[count + 1];
                batch.keyedHash32(key(), chunks, 5, count, values, 1);
                for (int i = 0; i < count; i++) {
                    byte[] hash = Blake3.keyedHash(key(), Arrays.copyOfRange(chunks, 5 + 32 * i, 37 + 32 * i))
                            .toBytes();
                    assertEquals(
                            ByteBuffer.wrap(hash).order(ByteOrder.LITTLE_ENDIAN).getLong(), values[i + 1]);
                }
                for (int length : new int[] {1, 63, 64, 160, 1024}) {
                    byte[] messages = input(length * count);
                    byte[] hashes = new byte[32 * count];
                    batch.hash(messages, 0, length, count, hashes, 0);
                    for (int i = 0; i < count; i++) {
                        assertArrayEquals(
                                Blake3.hash(messages, length * i, length).toBytes(),
                                Arrays.copyOfRange(hashes, 32 * i, 32 * i + 32));
                    }
                }
            }
        }
    }

    @Test
    void vectorSubtreesEqualPlainOnes() {
        Blake3Bulk plain = new PlainBlake3Bulk();
        Blake3Bulk vector = new VectorBlake3Bulk();
        assertTrue(vector.lanes() >= 2, "vectors of " + vector.lanes());
        byte[] bytes = input(64 * 1024);
        int[] key = Blake3Compression.keyWords(key());
        int[] a = new int[512];
        int[] b = new int[512];
        for (int count = 64; count >= 1; count /= 2) {
            plain.chunks(bytes, 0, count, key, 1L << 40, 16, a);
            vector.chunks(bytes, 0, count, key, 1L << 40, 16, b);
            assertArrayEquals(a, b);
            for (int parents = count / 2; parents > 0; parents /= 2) {
                plain.parents(a, parents, key, 16);
                vector.parents(b, parents, key, 16);
                assertArrayEquals(Arrays.copyOf(a, 8 * parents), Arrays.copyOf(b, 8 * parents));
            }
        }
    }
}

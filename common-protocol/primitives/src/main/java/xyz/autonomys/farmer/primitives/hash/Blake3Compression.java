package xyz.autonomys.farmer.primitives.hash;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The compression function of BLAKE3 for one block, in plain Java, and the constants of the hash.
 *
 * <p>State and message live in local variables: the loop of seven rounds moves the message words instead of looking
 * them up, so that the compiler keeps all of it in registers and on the stack.
 */
final class Blake3Compression {
    static final int BLOCK_BYTES = 64;
    static final int CHUNK_BYTES = 1024;
    static final int CHUNK_START = 1;
    static final int CHUNK_END = 2;
    static final int PARENT = 4;
    static final int ROOT = 8;
    static final int KEYED_HASH = 16;
    static final int DERIVE_KEY_CONTEXT = 32;
    static final int DERIVE_KEY_MATERIAL = 64;

    static final int IV0 = 0x6A09E667;
    static final int IV1 = 0xBB67AE85;
    static final int IV2 = 0x3C6EF372;
    static final int IV3 = 0xA54FF53A;

    static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private static final int[] IV = {IV0, IV1, IV2, IV3, 0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19};

    private Blake3Compression() {}

    /** A fresh copy of the initial chaining value of the plain hash. */
    static int[] iv() {
        return IV.clone();
    }

    /** The eight words of a 32-byte key. */
    static int[] keyWords(byte[] key) {
        if (key.length != 32) {
            throw new IllegalArgumentException("a BLAKE3 key has 32 bytes, got " + key.length);
        }
        int[] words = new int[8];
        load(key, 0, words, 0, 8);
        return words;
    }

    /** Reads {@code count} little-endian words. */
    static void load(byte[] source, int offset, int[] words, int at, int count) {
        for (int i = 0; i < count; i++) {
            words[at + i] = (int) INT.get(source, offset + 4 * i);
        }
    }

    /** Writes the eight words of a chaining value as 32 bytes. */
    static void store(int[] words, byte[] target, int offset) {
        for (int i = 0; i < 8; i++) {
            INT.set(target, offset + 4 * i, words[i]);
        }
    }

    /** Reads a block of {@code length} ≤ 64 bytes into 16 words, filled up with zeros. */
    static void loadBlock(byte[] source, int offset, int length, int[] words) {
        if (length == BLOCK_BYTES) {
            load(source, offset, words, 0, 16);
            return;
        }
        int whole = length >>> 2;
        load(source, offset, words, 0, whole);
        for (int i = whole; i < 16; i++) {
            words[i] = 0;
        }
        for (int i = 4 * whole; i < length; i++) {
            words[whole] |= (source[offset + i] & 0xFF) << 8 * (i & 3);
        }
    }

    /**
     * Hashes one chunk of 0…1024 bytes into {@code cv}, which holds the key words at the start.
     *
     * @param m 16 words of scratch
     * @param lastFlags extra flags of the last block, {@link #ROOT} or 0
     */
    static void chunk(
            int[] cv, byte[] source, int offset, int length, long counter, int flags, int lastFlags, int[] m) {
        int blocks = Math.max(1, (length + BLOCK_BYTES - 1) / BLOCK_BYTES);
        int blockFlags = flags | CHUNK_START;
        for (int i = 0; i < blocks; i++) {
            int blockLength = Math.min(BLOCK_BYTES, length - BLOCK_BYTES * i);
            loadBlock(source, offset + BLOCK_BYTES * i, blockLength, m);
            if (i == blocks - 1) {
                blockFlags |= CHUNK_END | lastFlags;
            }
            compress(cv, m, counter, blockLength, blockFlags);
            blockFlags = flags;
        }
    }

    /** Compresses the block {@code m} into the chaining value {@code cv}. */
    static void compress(int[] cv, int[] m, long counter, int blockLength, int flags) {
        int m0 = m[0];
        int m1 = m[1];
        int m2 = m[2];
        int m3 = m[3];
        int m4 = m[4];
        int m5 = m[5];
        int m6 = m[6];
        int m7 = m[7];
        int m8 = m[8];
        int m9 = m[9];
        int m10 = m[10];
        int m11 = m[11];
        int m12 = m[12];
        int m13 = m[13];
        int m14 = m[14];
        int m15 = m[15];
        int v0 = cv[0];
        int v1 = cv[1];
        int v2 = cv[2];
        int v3 = cv[3];
        int v4 = cv[4];
        int v5 = cv[5];
        int v6 = cv[6];
        int v7 = cv[7];
        int v8 = IV0;
        int v9 = IV1;
        int v10 = IV2;
        int v11 = IV3;
        int v12 = (int) counter;
        int v13 = (int) (counter >>> 32);
        int v14 = blockLength;
        int v15 = flags;
        for (int round = 0; ; round++) {
            v0 += v4 + m0;
            v12 = Integer.rotateRight(v12 ^ v0, 16);
            v8 += v12;
            v4 = Integer.rotateRight(v4 ^ v8, 12);
            v0 += v4 + m1;
            v12 = Integer.rotateRight(v12 ^ v0, 8);
            v8 += v12;
            v4 = Integer.rotateRight(v4 ^ v8, 7);
            v1 += v5 + m2;
            v13 = Integer.rotateRight(v13 ^ v1, 16);
            v9 += v13;
            v5 = Integer.rotateRight(v5 ^ v9, 12);
            v1 += v5 + m3;
            v13 = Integer.rotateRight(v13 ^ v1, 8);
            v9 += v13;
            v5 = Integer.rotateRight(v5 ^ v9, 7);
            v2 += v6 + m4;
            v14 = Integer.rotateRight(v14 ^ v2, 16);
            v10 += v14;
            v6 = Integer.rotateRight(v6 ^ v10, 12);
            v2 += v6 + m5;
            v14 = Integer.rotateRight(v14 ^ v2, 8);
            v10 += v14;
            v6 = Integer.rotateRight(v6 ^ v10, 7);
            v3 += v7 + m6;
            v15 = Integer.rotateRight(v15 ^ v3, 16);
            v11 += v15;
            v7 = Integer.rotateRight(v7 ^ v11, 12);
            v3 += v7 + m7;
            v15 = Integer.rotateRight(v15 ^ v3, 8);
            v11 += v15;
            v7 = Integer.rotateRight(v7 ^ v11, 7);
            v0 += v5 + m8;
            v15 = Integer.rotateRight(v15 ^ v0, 16);
            v10 += v15;
            v5 = Integer.rotateRight(v5 ^ v10, 12);
            v0 += v5 + m9;
            v15 = Integer.rotateRight(v15 ^ v0, 8);
            v10 += v15;
            v5 = Integer.rotateRight(v5 ^ v10, 7);
            v1 += v6 + m10;
            v12 = Integer.rotateRight(v12 ^ v1, 16);
            v11 += v12;
            v6 = Integer.rotateRight(v6 ^ v11, 12);
            v1 += v6 + m11;
            v12 = Integer.rotateRight(v12 ^ v1, 8);
            v11 += v12;
            v6 = Integer.rotateRight(v6 ^ v11, 7);
            v2 += v7 + m12;
            v13 = Integer.rotateRight(v13 ^ v2, 16);
            v8 += v13;
            v7 = Integer.rotateRight(v7 ^ v8, 12);
            v2 += v7 + m13;
            v13 = Integer.rotateRight(v13 ^ v2, 8);
            v8 += v13;
            v7 = Integer.rotateRight(v7 ^ v8, 7);
            v3 += v4 + m14;
            v14 = Integer.rotateRight(v14 ^ v3, 16);
            v9 += v14;
            v4 = Integer.rotateRight(v4 ^ v9, 12);
            v3 += v4 + m15;
            v14 = Integer.rotateRight(v14 ^ v3, 8);
            v9 += v14;
            v4 = Integer.rotateRight(v4 ^ v9, 7);
            if (round == 6) {
                break;
            }
            int n0 = m2;
            int n1 = m6;
            int n2 = m3;
            int n3 = m10;
            int n4 = m7;
            int n5 = m0;
            int n6 = m4;
            int n7 = m13;
            int n8 = m1;
            int n9 = m11;
            int n10 = m12;
            int n11 = m5;
            int n12 = m9;
            int n13 = m14;
            int n14 = m15;
            int n15 = m8;
            m0 = n0;
            m1 = n1;
            m2 = n2;
            m3 = n3;
            m4 = n4;
            m5 = n5;
            m6 = n6;
            m7 = n7;
            m8 = n8;
            m9 = n9;
            m10 = n10;
            m11 = n11;
            m12 = n12;
            m13 = n13;
            m14 = n14;
            m15 = n15;
        }
        cv[0] = v0 ^ v8;
        cv[1] = v1 ^ v9;
        cv[2] = v2 ^ v10;
        cv[3] = v3 ^ v11;
        cv[4] = v4 ^ v12;
        cv[5] = v5 ^ v13;
        cv[6] = v6 ^ v14;
        cv[7] = v7 ^ v15;
    }
}

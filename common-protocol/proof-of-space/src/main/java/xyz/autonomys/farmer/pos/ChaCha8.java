package xyz.autonomys.farmer.pos;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The ChaCha key stream with eight rounds, the seed as key and a zero nonce (specification 01 §3.1). Words are 32 bits;
 * the stream is their little-endian bytes.
 */
final class ChaCha8 {
    /** Words of a block. */
    static final int BLOCK_WORDS = 16;

    private static final int DOUBLE_ROUNDS = 4;
    private static final VarHandle LE_INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private ChaCha8() {}

    /** The initial state for block 0: constants, key, counter (word 12), nonce. */
    static int[] initialState(byte[] seed) {
        int[] state = new int[BLOCK_WORDS];
        state[0] = 0x61707865;
        state[1] = 0x3320646e;
        state[2] = 0x79622d32;
        state[3] = 0x6b206574;
        for (int i = 0; i < 8; i++) {
            state[4 + i] = (int) LE_INT.get(seed, 4 * i);
        }
        return state;
    }

    /** Writes the 16 words of block {@code counter} to {@code out} at {@code offset}. */
    static void block(int[] initialState, int counter, int[] out, int offset) {
        int[] v = initialState.clone();
        v[12] = counter;
        for (int round = 0; round < DOUBLE_ROUNDS; round++) {
            quarterRound(v, 0, 4, 8, 12);
            quarterRound(v, 1, 5, 9, 13);
            quarterRound(v, 2, 6, 10, 14);
            quarterRound(v, 3, 7, 11, 15);
            quarterRound(v, 0, 5, 10, 15);
            quarterRound(v, 1, 6, 11, 12);
            quarterRound(v, 2, 7, 8, 13);
            quarterRound(v, 3, 4, 9, 14);
        }
        for (int i = 0; i < BLOCK_WORDS; i++) {
            out[offset + i] = v[i] + (i == 12 ? counter : initialState[i]);
        }
    }

    private static void quarterRound(int[] v, int a, int b, int c, int d) {
        v[a] += v[b];
        v[d] = Integer.rotateLeft(v[d] ^ v[a], 16);
        v[c] += v[d];
        v[b] = Integer.rotateLeft(v[b] ^ v[c], 12);
        v[a] += v[b];
        v[d] = Integer.rotateLeft(v[d] ^ v[a], 8);
        v[c] += v[d];
        v[b] = Integer.rotateLeft(v[b] ^ v[c], 7);
    }
}

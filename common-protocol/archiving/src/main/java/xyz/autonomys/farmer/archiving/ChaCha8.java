package xyz.autonomys.farmer.archiving;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The ChaCha key stream with 8 rounds, 64-bit block counter from 0 and zero nonce: the filler of the genesis block.
 * Words are little-endian; the stream is read from its first byte on.
 */
final class ChaCha8 {
    private static final VarHandle INT_LE = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int BLOCK_BYTES = 64;
    private static final int DOUBLE_ROUNDS = 4;

    private ChaCha8() {}

    /** Writes the first {@code length} bytes of the key stream of the 32-byte {@code key} to {@code out}. */
    static void keyStream(byte[] key, byte[] out, int offset, int length) {
        if (key.length != 32) {
            throw new IllegalArgumentException("a ChaCha8 key has 32 bytes, got " + key.length);
        }
        int[] initial = new int[16];
        initial[0] = 0x61707865; // "expand 32-byte k"
        initial[1] = 0x3320646e;
        initial[2] = 0x79622d32;
        initial[3] = 0x6b206574;
        for (int i = 0; i < 8; i++) {
            initial[4 + i] = (int) INT_LE.get(key, 4 * i);
        }
        byte[] block = new byte[BLOCK_BYTES];
        long counter = 0;
        int written = 0;
        while (written < length) {
            initial[12] = (int) counter;
            initial[13] = (int) (counter >>> 32);
            if (length - written >= BLOCK_BYTES) {
                block(initial, out, offset + written);
            } else {
                block(initial, block, 0);
                System.arraycopy(block, 0, out, offset + written, length - written);
            }
            written += Math.min(BLOCK_BYTES, length - written);
            counter++;
        }
    }

    private static void block(int[] in, byte[] out, int offset) {
        int[] x = in.clone();
        for (int i = 0; i < DOUBLE_ROUNDS; i++) {
            quarterRound(x, 0, 4, 8, 12);
            quarterRound(x, 1, 5, 9, 13);
            quarterRound(x, 2, 6, 10, 14);
            quarterRound(x, 3, 7, 11, 15);
            quarterRound(x, 0, 5, 10, 15);
            quarterRound(x, 1, 6, 11, 12);
            quarterRound(x, 2, 7, 8, 13);
            quarterRound(x, 3, 4, 9, 14);
        }
        for (int i = 0; i < 16; i++) {
            INT_LE.set(out, offset + 4 * i, x[i] + in[i]);
        }
    }

    private static void quarterRound(int[] x, int a, int b, int c, int d) {
        int xa = x[a];
        int xb = x[b];
        int xc = x[c];
        int xd = x[d];
        xa += xb;
        xd = Integer.rotateLeft(xd ^ xa, 16);
        xc += xd;
        xb = Integer.rotateLeft(xb ^ xc, 12);
        xa += xb;
        xd = Integer.rotateLeft(xd ^ xa, 8);
        xc += xd;
        xb = Integer.rotateLeft(xb ^ xc, 7);
        x[a] = xa;
        x[b] = xb;
        x[c] = xc;
        x[d] = xd;
    }
}

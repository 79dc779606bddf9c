package xyz.autonomys.farmer.pos;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Masks one proof at a time. */
final class PlainMasks {
    private static final VarHandle LE_INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private final int[] chaining = new int[8];
    private final int[] message = new int[16];
    private final int[] scratch = new int[16];

    /**
     * Writes the BLAKE3 hash of the proof below each pair of parents.
     *
     * @param parents generation indices on level six: the left ones from 0 on, the right ones from {@code rightFrom} on
     * @param masks receives hash i at offset 32·i
     */
    void make(BackPointers pointers, int[] parents, int rightFrom, int count, byte[] masks) {
        for (int i = 0; i < count; i++) {
            hash(pointers.proof(parents[i], parents[rightFrom + i]), masks, i * PosTable.MASK_BYTES);
        }
    }

    private void hash(byte[] proof, byte[] out, int offset) {
        Blake3Block.start(chaining);
        block(proof, 0, 64, Blake3Block.CHUNK_START);
        block(proof, 64, 64, 0);
        block(proof, 128, 32, Blake3Block.CHUNK_END | Blake3Block.ROOT);
        for (int i = 0; i < chaining.length; i++) {
            LE_INT.set(out, offset + Integer.BYTES * i, chaining[i]);
        }
    }

    private void block(byte[] proof, int from, int length, int flags) {
        for (int i = 0; i < message.length; i++) {
            message[i] = i < length / Integer.BYTES ? (int) LE_INT.get(proof, from + Integer.BYTES * i) : 0;
        }
        Blake3Block.compress(chaining, message, length, flags, scratch);
    }
}

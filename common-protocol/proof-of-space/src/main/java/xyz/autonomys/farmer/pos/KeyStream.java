package xyz.autonomys.farmer.pos;

import static jdk.incubator.vector.VectorOperators.REVERSE_BYTES;
import static jdk.incubator.vector.VectorOperators.ROL;
import static jdk.incubator.vector.VectorOperators.XOR;
import static xyz.autonomys.farmer.pos.Lanes.INTS;
import static xyz.autonomys.farmer.pos.Lanes.INT_LANES;

import jdk.incubator.vector.IntVector;

/** The ChaCha8 key stream with one block per lane. */
final class KeyStream {
    private static final int DOUBLE_ROUNDS = 4;

    private KeyStream() {}

    /**
     * Writes blocks as big-endian words, 16 per block.
     *
     * @param initialState see {@link ChaCha8#initialState}
     * @param firstBlock counter of the first block
     * @param blocks a multiple of 16
     * @param planes scratch of 16 vectors
     * @param words receives the words from index 0 on
     */
    static void generate(int[] initialState, int firstBlock, int blocks, int[] planes, int[] words) {
        for (int block = 0; block < blocks; block += INT_LANES) {
            lanes(initialState, firstBlock + block, planes);
            for (int lane = 0; lane < INT_LANES; lane++) {
                int out = (block + lane) * ChaCha8.BLOCK_WORDS;
                for (int w = 0; w < ChaCha8.BLOCK_WORDS; w++) {
                    words[out + w] = planes[w * INT_LANES + lane];
                }
            }
        }
    }

    private static void lanes(int[] s, int counter, int[] planes) {
        IntVector s12 = Lanes.IOTA.add(counter);
        IntVector v0 = IntVector.broadcast(INTS, s[0]);
        IntVector v1 = IntVector.broadcast(INTS, s[1]);
        IntVector v2 = IntVector.broadcast(INTS, s[2]);
        IntVector v3 = IntVector.broadcast(INTS, s[3]);
        IntVector v4 = IntVector.broadcast(INTS, s[4]);
        IntVector v5 = IntVector.broadcast(INTS, s[5]);
        IntVector v6 = IntVector.broadcast(INTS, s[6]);
        IntVector v7 = IntVector.broadcast(INTS, s[7]);
        IntVector v8 = IntVector.broadcast(INTS, s[8]);
        IntVector v9 = IntVector.broadcast(INTS, s[9]);
        IntVector v10 = IntVector.broadcast(INTS, s[10]);
        IntVector v11 = IntVector.broadcast(INTS, s[11]);
        IntVector v12 = s12;
        IntVector v13 = IntVector.broadcast(INTS, s[13]);
        IntVector v14 = IntVector.broadcast(INTS, s[14]);
        IntVector v15 = IntVector.broadcast(INTS, s[15]);
        for (int round = 0; round < DOUBLE_ROUNDS; round++) {
            v0 = v0.add(v4);
            v12 = v12.lanewise(XOR, v0).lanewise(ROL, 16);
            v8 = v8.add(v12);
            v4 = v4.lanewise(XOR, v8).lanewise(ROL, 12);
            v0 = v0.add(v4);
            v12 = v12.lanewise(XOR, v0).lanewise(ROL, 8);
            v8 = v8.add(v12);
            v4 = v4.lanewise(XOR, v8).lanewise(ROL, 7);
            v1 = v1.add(v5);
            v13 = v13.lanewise(XOR, v1).lanewise(ROL, 16);
            v9 = v9.add(v13);
            v5 = v5.lanewise(XOR, v9).lanewise(ROL, 12);
            v1 = v1.add(v5);
            v13 = v13.lanewise(XOR, v1).lanewise(ROL, 8);
            v9 = v9.add(v13);
            v5 = v5.lanewise(XOR, v9).lanewise(ROL, 7);
            v2 = v2.add(v6);
            v14 = v14.lanewise(XOR, v2).lanewise(ROL, 16);
            v10 = v10.add(v14);
            v6 = v6.lanewise(XOR, v10).lanewise(ROL, 12);
            v2 = v2.add(v6);
            v14 = v14.lanewise(XOR, v2).lanewise(ROL, 8);
            v10 = v10.add(v14);
            v6 = v6.lanewise(XOR, v10).lanewise(ROL, 7);
            v3 = v3.add(v7);
            v15 = v15.lanewise(XOR, v3).lanewise(ROL, 16);
            v11 = v11.add(v15);
            v7 = v7.lanewise(XOR, v11).lanewise(ROL, 12);
            v3 = v3.add(v7);
            v15 = v15.lanewise(XOR, v3).lanewise(ROL, 8);
            v11 = v11.add(v15);
            v7 = v7.lanewise(XOR, v11).lanewise(ROL, 7);
            v0 = v0.add(v5);
            v15 = v15.lanewise(XOR, v0).lanewise(ROL, 16);
            v10 = v10.add(v15);
            v5 = v5.lanewise(XOR, v10).lanewise(ROL, 12);
            v0 = v0.add(v5);
            v15 = v15.lanewise(XOR, v0).lanewise(ROL, 8);
            v10 = v10.add(v15);
            v5 = v5.lanewise(XOR, v10).lanewise(ROL, 7);
            v1 = v1.add(v6);
            v12 = v12.lanewise(XOR, v1).lanewise(ROL, 16);
            v11 = v11.add(v12);
            v6 = v6.lanewise(XOR, v11).lanewise(ROL, 12);
            v1 = v1.add(v6);
            v12 = v12.lanewise(XOR, v1).lanewise(ROL, 8);
            v11 = v11.add(v12);
            v6 = v6.lanewise(XOR, v11).lanewise(ROL, 7);
            v2 = v2.add(v7);
            v13 = v13.lanewise(XOR, v2).lanewise(ROL, 16);
            v8 = v8.add(v13);
            v7 = v7.lanewise(XOR, v8).lanewise(ROL, 12);
            v2 = v2.add(v7);
            v13 = v13.lanewise(XOR, v2).lanewise(ROL, 8);
            v8 = v8.add(v13);
            v7 = v7.lanewise(XOR, v8).lanewise(ROL, 7);
            v3 = v3.add(v4);
            v14 = v14.lanewise(XOR, v3).lanewise(ROL, 16);
            v9 = v9.add(v14);
            v4 = v4.lanewise(XOR, v9).lanewise(ROL, 12);
            v3 = v3.add(v4);
            v14 = v14.lanewise(XOR, v3).lanewise(ROL, 8);
            v9 = v9.add(v14);
            v4 = v4.lanewise(XOR, v9).lanewise(ROL, 7);
        }
        v0.add(s[0]).lanewise(REVERSE_BYTES).intoArray(planes, 0 * INT_LANES);
        v1.add(s[1]).lanewise(REVERSE_BYTES).intoArray(planes, 1 * INT_LANES);
        v2.add(s[2]).lanewise(REVERSE_BYTES).intoArray(planes, 2 * INT_LANES);
        v3.add(s[3]).lanewise(REVERSE_BYTES).intoArray(planes, 3 * INT_LANES);
        v4.add(s[4]).lanewise(REVERSE_BYTES).intoArray(planes, 4 * INT_LANES);
        v5.add(s[5]).lanewise(REVERSE_BYTES).intoArray(planes, 5 * INT_LANES);
        v6.add(s[6]).lanewise(REVERSE_BYTES).intoArray(planes, 6 * INT_LANES);
        v7.add(s[7]).lanewise(REVERSE_BYTES).intoArray(planes, 7 * INT_LANES);
        v8.add(s[8]).lanewise(REVERSE_BYTES).intoArray(planes, 8 * INT_LANES);
        v9.add(s[9]).lanewise(REVERSE_BYTES).intoArray(planes, 9 * INT_LANES);
        v10.add(s[10]).lanewise(REVERSE_BYTES).intoArray(planes, 10 * INT_LANES);
        v11.add(s[11]).lanewise(REVERSE_BYTES).intoArray(planes, 11 * INT_LANES);
        v12.add(s12).lanewise(REVERSE_BYTES).intoArray(planes, 12 * INT_LANES);
        v13.add(s[13]).lanewise(REVERSE_BYTES).intoArray(planes, 13 * INT_LANES);
        v14.add(s[14]).lanewise(REVERSE_BYTES).intoArray(planes, 14 * INT_LANES);
        v15.add(s[15]).lanewise(REVERSE_BYTES).intoArray(planes, 15 * INT_LANES);
    }
}

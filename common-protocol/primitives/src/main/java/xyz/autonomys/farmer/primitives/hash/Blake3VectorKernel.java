package xyz.autonomys.farmer.primitives.hash;

import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The compression function of BLAKE3 on as many independent blocks as a vector has lanes.
 *
 * <p>Everything is laid out in planes: word {@code w} of lane {@code l} is at {@code w * LANES + l}. Touched only when
 * the module {@code jdk.incubator.vector} is present.
 */
final class Blake3VectorKernel {
    static final VectorSpecies<Integer> SPECIES = IntVector.SPECIES_PREFERRED;
    static final int LANES = SPECIES.length();

    private static final IntVector LANE_INDEX = IntVector.zero(SPECIES).addIndex(1);
    private static final int[] SCHEDULE = schedule();

    private Blake3VectorKernel() {}

    /** Plane offsets of the message words, in the order in which the seven rounds use them. */
    private static int[] schedule() {
        int[] permutation = {2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8};
        int[] schedule = new int[7 * 16];
        for (int i = 0; i < schedule.length; i++) {
            int word = i & 15;
            for (int round = i >>> 4; round > 0; round--) {
                word = permutation[word];
            }
            schedule[i] = word * LANES;
        }
        return schedule;
    }

    /**
     * Compresses one block per lane.
     *
     * @param cv chaining values, 8 planes, replaced by the new ones
     * @param m message words, 16 planes from {@code at} on
     * @param counter counter of lane 0; lane l has {@code counter + l * counterStep}, which must not carry into the
     *     upper 32 bits
     * @param blockLength bytes in each block
     */
    static void compress(int[] cv, int[] m, int at, long counter, int counterStep, int blockLength, int flags) {
        IntVector v0 = IntVector.fromArray(SPECIES, cv, 0 * LANES);
        IntVector v1 = IntVector.fromArray(SPECIES, cv, 1 * LANES);
        IntVector v2 = IntVector.fromArray(SPECIES, cv, 2 * LANES);
        IntVector v3 = IntVector.fromArray(SPECIES, cv, 3 * LANES);
        IntVector v4 = IntVector.fromArray(SPECIES, cv, 4 * LANES);
        IntVector v5 = IntVector.fromArray(SPECIES, cv, 5 * LANES);
        IntVector v6 = IntVector.fromArray(SPECIES, cv, 6 * LANES);
        IntVector v7 = IntVector.fromArray(SPECIES, cv, 7 * LANES);
        IntVector v8 = IntVector.broadcast(SPECIES, Blake3Compression.IV0);
        IntVector v9 = IntVector.broadcast(SPECIES, Blake3Compression.IV1);
        IntVector v10 = IntVector.broadcast(SPECIES, Blake3Compression.IV2);
        IntVector v11 = IntVector.broadcast(SPECIES, Blake3Compression.IV3);
        IntVector v12 = LANE_INDEX.mul(counterStep).add((int) counter);
        IntVector v13 = IntVector.broadcast(SPECIES, (int) (counter >>> 32));
        IntVector v14 = IntVector.broadcast(SPECIES, blockLength);
        IntVector v15 = IntVector.broadcast(SPECIES, flags);
        for (int s = 0; s < 7 * 16; s += 16) {
            v0 = v0.add(v4).add(IntVector.fromArray(SPECIES, m, at + SCHEDULE[s]));
            v12 = v12.lanewise(VectorOperators.XOR, v0).lanewise(VectorOperators.ROR, 16);
            v8 = v8.add(v12);
            v4 = v4.lanewise(VectorOperators.XOR, v8).lanewise(VectorOperators.ROR, 12);
            v0 = v0.add(v4).add(IntVector.fromArray(SPECIES, m, at + SCHEDULE[s + 1]));
            v12 = v12.lanewise(VectorOperators.XOR, v0).lanewise(VectorOperators.ROR, 8);
            v8 = v8.add(v12);
            v4 = v4.lanewise(VectorOperators.XOR, v8).lanewise(VectorOperators.ROR, 7);
            v1 = v1.add(v5).add(IntVector.fromArray(SPECIES, m, at + SCHEDULE[s + 2]));
            v13 = v13.lanewise(VectorOperators.XOR, v1).lanewise(VectorOperators.ROR, 16);
            v9 = v9.add(v13);
            v5 = v5.lanewise(VectorOperators.XOR, v9).lanewise(VectorOperators.ROR, 12);
            v1 = v1.add(v5).add(IntVector.fromArray(SPECIES, m, at + SCHEDULE[s + 3]));
            v13 = v13.lanewise(VectorOperators.XOR, v1).lanewise(VectorOperators.ROR, 8);
            v9 = v9.add(v13);
            v5 = v5.lanewise(VectorOperators.XOR, v9).lanewise(VectorOperators.ROR, 7);
            v2 = v2.add(v6).add(IntVector.fromArray(SPECIES, m, at + SCHEDULE[s + 4]));
            v14 = v14.lanewise(VectorOperators.XOR, v2).lanewise(VectorOperators.ROR, 16);
            v10 = v10.add(v14);
            v6 = v6.lanewise(VectorOperators.XOR, v10).lanewise(VectorOperators.ROR, 12);
            v2 = v2.add(v6).add(IntVector.fromArray(SPECIES, m, at + SCHEDULE[s + 5]));
            v14 = v14.lanewise(VectorOperators.XOR, v2).lanewise(VectorOperators.ROR, 8);
            v10 = v10.add(v14);
            v6 = v6.lanewise(VectorOperators.XOR, v10).lanewise(VectorOperators.ROR, 7);
            v3 = v3.add(v7).add(IntVector.fromArray(SPECIES, m, at + SCHEDULE[s + 6]));
            v15 = v15.lanewise(VectorOperators.XOR, v3).lanewise(VectorOperators.ROR, 16);
            v11 = v11.add(v15);
            v7 = v7.lanewise(VectorOperators.XOR, v11).lanewise(VectorOperators.ROR, 12);
            v3 = v3.add(v7).add(IntVector.fromArray(SPECIES, m, at + SCHEDULE[s + 7]));
            v15 = v15.lanewise(VectorOperators.XOR, v3).lanewise(VectorOperators.ROR, 8);
            v11 = v11.add(v15);
            v7 = v7.lanewise(VectorOperators.XOR, v11).lanewise(VectorOperators.ROR, 7);
            v0 = v0.add(v5).add(IntVector.fromArray(SPECIES, m, at + SCHEDULE[s + 8]));
            v15 = v15.lanewise(VectorOperators.XOR, v0).lanewise(VectorOperators.ROR, 16);
            v10 = v10.add(v15);
            v5 = v5.lanewise(VectorOperators.XOR, v10).lanewise(VectorOperators.ROR, 12);
            v0 = v0.add(v5).add(IntVector.fromArray(SPECIES, m, at + SCHEDULE[s + 9]));
            v15 = v15.lanewise(VectorOperators.XOR, v0).lanewise(VectorOperators.ROR, 8);
            v10 = v10.add(v15);
            v5 = v5.lanewise(VectorOperators.XOR, v10).lanewise(VectorOperators.ROR, 7);
            v1 = v1.add(v6).add(IntVector.fromArray(SPECIES, m, at + SCHEDULE[s + 10]));
            v12 = v12.lanewise(VectorOperators.XOR, v1).lanewise(VectorOperators.ROR, 16);
            v11 = v11.add(v12);
            v6 = v6.lanewise(VectorOperators.XOR, v11).lanewise(VectorOperators.ROR, 12);
            v1 = v1.add(v6).add(IntVector.fromArray(SPECIES, m, at + SCHEDULE[s + 11]));
            v12 = v12.lanewise(VectorOperators.XOR, v1).lanewise(VectorOperators.ROR, 8);
            v11 = v11.add(v12);
            v6 = v6.lanewise(VectorOperators.XOR, v11).lanewise(VectorOperators.ROR, 7);
            v2 = v2.add(v7).add(IntVector.fromArray(SPECIES, m, at + SCHEDULE[s + 12]));
            v13 = v13.lanewise(VectorOperators.XOR, v2).lanewise(VectorOperators.ROR, 16);
            v8 = v8.add(v13);
            v7 = v7.lanewise(VectorOperators.XOR, v8).lanewise(VectorOperators.ROR, 12);
            v2 = v2.add(v7).add(IntVector.fromArray(SPECIES, m, at + SCHEDULE[s + 13]));
            v13 = v13.lanewise(VectorOperators.XOR, v2).lanewise(VectorOperators.ROR, 8);
            v8 = v8.add(v13);
            v7 = v7.lanewise(VectorOperators.XOR, v8).lanewise(VectorOperators.ROR, 7);
            v3 = v3.add(v4).add(IntVector.fromArray(SPECIES, m, at + SCHEDULE[s + 14]));
            v14 = v14.lanewise(VectorOperators.XOR, v3).lanewise(VectorOperators.ROR, 16);
            v9 = v9.add(v14);
            v4 = v4.lanewise(VectorOperators.XOR, v9).lanewise(VectorOperators.ROR, 12);
            v3 = v3.add(v4).add(IntVector.fromArray(SPECIES, m, at + SCHEDULE[s + 15]));
            v14 = v14.lanewise(VectorOperators.XOR, v3).lanewise(VectorOperators.ROR, 8);
            v9 = v9.add(v14);
            v4 = v4.lanewise(VectorOperators.XOR, v9).lanewise(VectorOperators.ROR, 7);
        }
        v0.lanewise(VectorOperators.XOR, v8).intoArray(cv, 0 * LANES);
        v1.lanewise(VectorOperators.XOR, v9).intoArray(cv, 1 * LANES);
        v2.lanewise(VectorOperators.XOR, v10).intoArray(cv, 2 * LANES);
        v3.lanewise(VectorOperators.XOR, v11).intoArray(cv, 3 * LANES);
        v4.lanewise(VectorOperators.XOR, v12).intoArray(cv, 4 * LANES);
        v5.lanewise(VectorOperators.XOR, v13).intoArray(cv, 5 * LANES);
        v6.lanewise(VectorOperators.XOR, v14).intoArray(cv, 6 * LANES);
        v7.lanewise(VectorOperators.XOR, v15).intoArray(cv, 7 * LANES);
    }
}

package xyz.autonomys.farmer.pos;

import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.REVERSE_BYTES;
import static xyz.autonomys.farmer.pos.EntryLayout.INDEX_MASK;
import static xyz.autonomys.farmer.pos.EntryLayout.META_MASK;
import static xyz.autonomys.farmer.pos.Lanes.HIGH_HALVES;
import static xyz.autonomys.farmer.pos.Lanes.INTS;
import static xyz.autonomys.farmer.pos.Lanes.INT_LANES;
import static xyz.autonomys.farmer.pos.Lanes.LOW_HALVES;
import static xyz.autonomys.farmer.pos.Lanes.WORDS_01;
import static xyz.autonomys.farmer.pos.Lanes.WORDS_23;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import jdk.incubator.vector.IntVector;

/**
 * The masks of a record, all proofs together: level by level down to level three, where every node holds 80 bits of the
 * proof, then hashing in lanes. The bytes of the proofs never exist.
 *
 * <p>Memory: 24 planes of 32,768 ints, 3.2 MB.
 */
final class VectorMasks {
    private static final VarHandle LE_INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    /** Distance of planes of nodes, not a power of two. */
    private static final int STRIDE = PosTable.MAX_MASKS + 80;

    /** Nodes of level three below a proof. */
    private static final int FRAGMENTS = 16;

    /** Proofs hashed at a time. */
    private static final int BATCH = 64;

    private static final int BATCH_STRIDE = BATCH + 16;
    private static final int BLOCK_WORDS = 16;
    private static final int CHAINING_WORDS = 8;

    private final int[] planes = new int[FRAGMENTS / 2 * STRIDE];
    private final int[] morePlanes = new int[FRAGMENTS * STRIDE];
    private final int[] fragments = new int[2 * BATCH * EntryLayout.INTS];

    /** Three blocks of planes; the last half of the third stays zero. */
    private final int[] message = new int[3 * BLOCK_WORDS * BATCH_STRIDE];

    private final int[] chaining = new int[CHAINING_WORDS * BATCH_STRIDE];

    /** See {@link PosTable#masks}. */
    int make(TableMemory memory, Slots slots, long[] usedSBuckets, byte[] masks) {
        int count = slots.collect(usedSBuckets, planes, STRIDE);
        int[] from = planes;
        int[] to = morePlanes;
        int width = 2;
        for (int level = 6; level > 3; level--) {
            for (int plane = 0; plane < width; plane++) {
                descend(memory.parents(level), from, plane * STRIDE, to, 2 * plane * STRIDE, count);
            }
            width *= 2;
            int[] swap = from;
            from = to;
            to = swap;
        }
        for (int first = 0; first < count; first += BATCH) {
            for (int pair = 0; pair < FRAGMENTS / 2; pair++) {
                int plane = 2 * pair * STRIDE + first;
                gather(memory.levelThree(), from, plane, fragments, 0);
                gather(memory.levelThree(), from, plane + STRIDE, fragments, BATCH * EntryLayout.INTS);
                join(fragments, message, 5 * pair * BATCH_STRIDE);
            }
            hash();
            write(chaining, Math.min(BATCH, count - first), masks, first * PosTable.MASK_BYTES);
        }
        return count;
    }

    private static void descend(int[] parents, int[] nodes, int at, int[] below, int to, int count) {
        for (int i = 0; i < count; i++) {
            int left = TableMemory.leftParent(nodes[at + i]);
            below[to + i] = parents[left];
            below[to + STRIDE + i] = parents[left + INT_LANES];
        }
    }

    private static void gather(int[] levelThree, int[] nodes, int at, int[] fragments, int to) {
        for (int i = 0; i < BATCH; i++) {
            IntVector.fromArray(Lanes.ENTRY, levelThree, EntryLayout.INTS * nodes[at + i])
                    .intoArray(fragments, to + EntryLayout.INTS * i);
        }
    }

    /** Two nodes hold 160 bits of the proof, five words. */
    private static void join(int[] fragments, int[] message, int at) {
        for (int i = 0; i < BATCH; i += INT_LANES) {
            IntVector a = IntVector.fromArray(INTS, fragments, 4 * i);
            IntVector b = IntVector.fromArray(INTS, fragments, 4 * i + INT_LANES);
            IntVector c = IntVector.fromArray(INTS, fragments, 4 * i + 2 * INT_LANES);
            IntVector d = IntVector.fromArray(INTS, fragments, 4 * i + 3 * INT_LANES);
            IntVector words = WORDS_01.selectFrom(a, b);
            IntVector more = WORDS_01.selectFrom(c, d);
            IntVector l0 = LOW_HALVES.selectFrom(words, more);
            IntVector l1 = HIGH_HALVES.selectFrom(words, more);
            words = WORDS_23.selectFrom(a, b);
            more = WORDS_23.selectFrom(c, d);
            IntVector l2 = LOW_HALVES.selectFrom(words, more);
            IntVector l3 = HIGH_HALVES.selectFrom(words, more).and(~INDEX_MASK);

            int second = 4 * (BATCH + i);
            a = IntVector.fromArray(INTS, fragments, second);
            b = IntVector.fromArray(INTS, fragments, second + INT_LANES);
            c = IntVector.fromArray(INTS, fragments, second + 2 * INT_LANES);
            d = IntVector.fromArray(INTS, fragments, second + 3 * INT_LANES);
            words = WORDS_01.selectFrom(a, b);
            more = WORDS_01.selectFrom(c, d);
            IntVector r0 = LOW_HALVES.selectFrom(words, more).and(META_MASK);
            IntVector r1 = HIGH_HALVES.selectFrom(words, more);
            words = WORDS_23.selectFrom(a, b);
            more = WORDS_23.selectFrom(c, d);
            IntVector r2 = LOW_HALVES.selectFrom(words, more);
            IntVector r3 = HIGH_HALVES.selectFrom(words, more).and(~INDEX_MASK);

            l0.lanewise(LSHL, 26)
                    .or(l1.lanewise(LSHR, 6))
                    .lanewise(REVERSE_BYTES)
                    .intoArray(message, at + i);
            l1.lanewise(LSHL, 26)
                    .or(l2.lanewise(LSHR, 6))
                    .lanewise(REVERSE_BYTES)
                    .intoArray(message, at + BATCH_STRIDE + i);
            l2.lanewise(LSHL, 26)
                    .or(l3.lanewise(LSHR, 6))
                    .or(r0.lanewise(LSHL, 10))
                    .or(r1.lanewise(LSHR, 22))
                    .lanewise(REVERSE_BYTES)
                    .intoArray(message, at + 2 * BATCH_STRIDE + i);
            r1.lanewise(LSHL, 10)
                    .or(r2.lanewise(LSHR, 22))
                    .lanewise(REVERSE_BYTES)
                    .intoArray(message, at + 3 * BATCH_STRIDE + i);
            r2.lanewise(LSHL, 10)
                    .or(r3.lanewise(LSHR, 22))
                    .lanewise(REVERSE_BYTES)
                    .intoArray(message, at + 4 * BATCH_STRIDE + i);
        }
    }

    private void hash() {
        for (int word = 0; word < CHAINING_WORDS; word++) {
            Arrays.fill(chaining, word * BATCH_STRIDE, word * BATCH_STRIDE + BATCH, Blake3Block.iv(word));
        }
        int block = BLOCK_WORDS * BATCH_STRIDE;
        ProofHash.compress(chaining, message, 0, BATCH_STRIDE, BATCH, 64, Blake3Block.CHUNK_START);
        ProofHash.compress(chaining, message, block, BATCH_STRIDE, BATCH, 64, 0);
        ProofHash.compress(
                chaining, message, 2 * block, BATCH_STRIDE, BATCH, 32, Blake3Block.CHUNK_END | Blake3Block.ROOT);
    }

    private static void write(int[] chaining, int n, byte[] masks, int at) {
        for (int i = 0; i < n; i++) {
            for (int word = 0; word < CHAINING_WORDS; word++) {
                LE_INT.set(
                        masks, at + PosTable.MASK_BYTES * i + Integer.BYTES * word, chaining[word * BATCH_STRIDE + i]);
            }
        }
    }

    long bytes() {
        return (long) Integer.BYTES * (planes.length + morePlanes.length);
    }
}

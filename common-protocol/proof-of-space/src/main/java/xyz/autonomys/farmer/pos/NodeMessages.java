package xyz.autonomys.farmer.pos;

import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static xyz.autonomys.farmer.pos.EntryLayout.INDEX_MASK;
import static xyz.autonomys.farmer.pos.EntryLayout.META_MASK;
import static xyz.autonomys.farmer.pos.EntryLayout.Y_SHIFT;
import static xyz.autonomys.farmer.pos.Lanes.HIGH_HALVES;
import static xyz.autonomys.farmer.pos.Lanes.INTS;
import static xyz.autonomys.farmer.pos.Lanes.INT_LANES;
import static xyz.autonomys.farmer.pos.Lanes.LOW_HALVES;
import static xyz.autonomys.farmer.pos.Lanes.WORDS_01;
import static xyz.autonomys.farmer.pos.Lanes.WORDS_23;

import jdk.incubator.vector.IntVector;

/**
 * Puts the hash inputs of pairs together, a vector of pairs at a time (specification 01 §6): y and metadata of the left
 * entry, which are its leading bits, then the metadata of the right entry moved to where they end. One straight-line
 * method per width of metadata; a single one with branches makes the compiler put vectors on the heap.
 *
 * <p>Output are planes of big-endian words, one every {@code stride} ints, and the generation indices of the parents.
 */
final class NodeMessages {
    private static final int TAIL = ~INDEX_MASK;
    private static final int Y_MASK = -1 << Y_SHIFT;

    private NodeMessages() {}

    /** Level two: parents are y and x. The fourth word is zero. */
    static void ofLevelTwo(int[] y, int[] left, int[] right, int[] message, int stride, int n) {
        for (int i = 0; i < n; i += INT_LANES) {
            IntVector leftX = IntVector.fromArray(INTS, left, i);
            IntVector rightX = IntVector.fromArray(INTS, right, i);
            IntVector.fromArray(INTS, y, i)
                    .lanewise(LSHL, Y_SHIFT)
                    .or(leftX.lanewise(LSHR, 14))
                    .intoArray(message, i);
            leftX.lanewise(LSHL, 18).or(rightX.lanewise(LSHR, 2)).intoArray(message, stride + i);
            rightX.lanewise(LSHL, 30).intoArray(message, 2 * stride + i);
            IntVector.zero(INTS).intoArray(message, 3 * stride + i);
        }
    }

    /** Levels three and seven: parents with 40 bits of metadata. */
    static void of40Bits(
            int[] left, int[] right, int[] message, int stride, int n, int[] leftParent, int[] rightParent) {
        for (int i = 0; i < n; i += INT_LANES) {
            IntVector a = IntVector.fromArray(INTS, left, 4 * i);
            IntVector b = IntVector.fromArray(INTS, left, 4 * i + INT_LANES);
            IntVector c = IntVector.fromArray(INTS, left, 4 * i + 2 * INT_LANES);
            IntVector d = IntVector.fromArray(INTS, left, 4 * i + 3 * INT_LANES);
            IntVector words = WORDS_01.selectFrom(a, b);
            IntVector more = WORDS_01.selectFrom(c, d);
            LOW_HALVES.selectFrom(words, more).intoArray(message, i);
            HIGH_HALVES.selectFrom(words, more).intoArray(message, stride + i);
            words = WORDS_23.selectFrom(a, b);
            more = WORDS_23.selectFrom(c, d);
            IntVector left2 = LOW_HALVES.selectFrom(words, more);
            HIGH_HALVES.selectFrom(words, more).and(INDEX_MASK).intoArray(leftParent, i);

            a = IntVector.fromArray(INTS, right, 4 * i);
            b = IntVector.fromArray(INTS, right, 4 * i + INT_LANES);
            c = IntVector.fromArray(INTS, right, 4 * i + 2 * INT_LANES);
            d = IntVector.fromArray(INTS, right, 4 * i + 3 * INT_LANES);
            words = WORDS_01.selectFrom(a, b);
            more = WORDS_01.selectFrom(c, d);
            IntVector right0 = LOW_HALVES.selectFrom(words, more).and(META_MASK);
            IntVector right1 = HIGH_HALVES.selectFrom(words, more);
            words = WORDS_23.selectFrom(a, b);
            more = WORDS_23.selectFrom(c, d);
            IntVector right2 = LOW_HALVES.selectFrom(words, more);
            HIGH_HALVES.selectFrom(words, more).and(INDEX_MASK).intoArray(rightParent, i);

            left2.or(right0.lanewise(LSHL, 24)).or(right1.lanewise(LSHR, 8)).intoArray(message, 2 * stride + i);
            right1.lanewise(LSHL, 24).or(right2.lanewise(LSHR, 8)).intoArray(message, 3 * stride + i);
        }
    }

    /**
     * Levels four and five: parents with 80 bits of metadata.
     *
     * @param index generation index of the first, a multiple of the lanes
     */
    static void of80Bits(int[] left, int[] right, int[] message, int stride, int n, int[] parents, int index) {
        for (int i = 0; i < n; i += INT_LANES) {
            IntVector a = IntVector.fromArray(INTS, left, 4 * i);
            IntVector b = IntVector.fromArray(INTS, left, 4 * i + INT_LANES);
            IntVector c = IntVector.fromArray(INTS, left, 4 * i + 2 * INT_LANES);
            IntVector d = IntVector.fromArray(INTS, left, 4 * i + 3 * INT_LANES);
            IntVector words = WORDS_01.selectFrom(a, b);
            IntVector more = WORDS_01.selectFrom(c, d);
            LOW_HALVES.selectFrom(words, more).intoArray(message, i);
            HIGH_HALVES.selectFrom(words, more).intoArray(message, stride + i);
            words = WORDS_23.selectFrom(a, b);
            more = WORDS_23.selectFrom(c, d);
            LOW_HALVES.selectFrom(words, more).intoArray(message, 2 * stride + i);
            IntVector left3 = HIGH_HALVES.selectFrom(words, more);
            left3.and(INDEX_MASK).intoArray(parents, 2 * (index + i));

            a = IntVector.fromArray(INTS, right, 4 * i);
            b = IntVector.fromArray(INTS, right, 4 * i + INT_LANES);
            c = IntVector.fromArray(INTS, right, 4 * i + 2 * INT_LANES);
            d = IntVector.fromArray(INTS, right, 4 * i + 3 * INT_LANES);
            words = WORDS_01.selectFrom(a, b);
            more = WORDS_01.selectFrom(c, d);
            IntVector right0 = LOW_HALVES.selectFrom(words, more).and(META_MASK);
            IntVector right1 = HIGH_HALVES.selectFrom(words, more);
            words = WORDS_23.selectFrom(a, b);
            more = WORDS_23.selectFrom(c, d);
            IntVector right2 = LOW_HALVES.selectFrom(words, more);
            IntVector right3 = HIGH_HALVES.selectFrom(words, more);
            right3.and(INDEX_MASK).intoArray(parents, 2 * (index + i) + INT_LANES);

            left3.and(TAIL)
                    .or(right0.lanewise(LSHL, 16))
                    .or(right1.lanewise(LSHR, 16))
                    .intoArray(message, 3 * stride + i);
            right1.lanewise(LSHL, 16).or(right2.lanewise(LSHR, 16)).intoArray(message, 4 * stride + i);
            right2.lanewise(LSHL, 16).or(right3.and(TAIL).lanewise(LSHR, 16)).intoArray(message, 5 * stride + i);
        }
    }

    /**
     * Level six: parents with 60 bits of metadata. The sixth word is zero.
     *
     * @param index generation index of the first, a multiple of the lanes
     */
    static void of60Bits(int[] left, int[] right, int[] message, int stride, int n, int[] parents, int index) {
        for (int i = 0; i < n; i += INT_LANES) {
            IntVector a = IntVector.fromArray(INTS, left, 4 * i);
            IntVector b = IntVector.fromArray(INTS, left, 4 * i + INT_LANES);
            IntVector c = IntVector.fromArray(INTS, left, 4 * i + 2 * INT_LANES);
            IntVector d = IntVector.fromArray(INTS, left, 4 * i + 3 * INT_LANES);
            IntVector words = WORDS_01.selectFrom(a, b);
            IntVector more = WORDS_01.selectFrom(c, d);
            LOW_HALVES.selectFrom(words, more).intoArray(message, i);
            HIGH_HALVES.selectFrom(words, more).intoArray(message, stride + i);
            words = WORDS_23.selectFrom(a, b);
            more = WORDS_23.selectFrom(c, d);
            IntVector left2 = LOW_HALVES.selectFrom(words, more);
            HIGH_HALVES.selectFrom(words, more).and(INDEX_MASK).intoArray(parents, 2 * (index + i));

            a = IntVector.fromArray(INTS, right, 4 * i);
            b = IntVector.fromArray(INTS, right, 4 * i + INT_LANES);
            c = IntVector.fromArray(INTS, right, 4 * i + 2 * INT_LANES);
            d = IntVector.fromArray(INTS, right, 4 * i + 3 * INT_LANES);
            words = WORDS_01.selectFrom(a, b);
            more = WORDS_01.selectFrom(c, d);
            IntVector right0 = LOW_HALVES.selectFrom(words, more).and(META_MASK);
            IntVector right1 = HIGH_HALVES.selectFrom(words, more);
            words = WORDS_23.selectFrom(a, b);
            more = WORDS_23.selectFrom(c, d);
            IntVector right2 = LOW_HALVES.selectFrom(words, more);
            HIGH_HALVES.selectFrom(words, more).and(INDEX_MASK).intoArray(parents, 2 * (index + i) + INT_LANES);

            left2.or(right0.lanewise(LSHL, 4)).or(right1.lanewise(LSHR, 28)).intoArray(message, 2 * stride + i);
            right1.lanewise(LSHL, 4).or(right2.lanewise(LSHR, 28)).intoArray(message, 3 * stride + i);
            right2.lanewise(LSHL, 4).intoArray(message, 4 * stride + i);
            IntVector.zero(INTS).intoArray(message, 5 * stride + i);
        }
    }

    /**
     * Entries of levels two and three: y from the hash, metadata as they stand in the message.
     *
     * @param index generation index of the first
     * @param out receives entries from int {@code at} on
     */
    static void entriesFromMessage(int[] message, int[] hash, int stride, int n, int index, int[] out, int at) {
        for (int i = 0; i < n; i += INT_LANES) {
            IntVector e0 = IntVector.fromArray(INTS, hash, i)
                    .and(Y_MASK)
                    .or(IntVector.fromArray(INTS, message, i).and(META_MASK));
            IntVector e1 = IntVector.fromArray(INTS, message, stride + i);
            IntVector e2 = IntVector.fromArray(INTS, message, 2 * stride + i);
            IntVector e3 =
                    IntVector.fromArray(INTS, message, 3 * stride + i).and(TAIL).or(Lanes.IOTA.add(index + i));
            IntVector words01 = LOW_HALVES.selectFrom(e0, e1);
            IntVector words23 = LOW_HALVES.selectFrom(e2, e3);
            Lanes.FIRST_ENTRIES.selectFrom(words01, words23).intoArray(out, at + 4 * i);
            Lanes.LAST_ENTRIES.selectFrom(words01, words23).intoArray(out, at + 4 * i + INT_LANES);
            words01 = HIGH_HALVES.selectFrom(e0, e1);
            words23 = HIGH_HALVES.selectFrom(e2, e3);
            Lanes.FIRST_ENTRIES.selectFrom(words01, words23).intoArray(out, at + 4 * i + 2 * INT_LANES);
            Lanes.LAST_ENTRIES.selectFrom(words01, words23).intoArray(out, at + 4 * i + 3 * INT_LANES);
        }
    }

    /**
     * Entries of levels four to six: y and metadata are the leading bits of the hash.
     *
     * @param mask2 the bits of the third word that count
     * @param mask3 the bits of the fourth
     */
    static void entriesFromHash(int[] hash, int stride, int n, int mask2, int mask3, int index, int[] out, int at) {
        for (int i = 0; i < n; i += INT_LANES) {
            IntVector e0 = IntVector.fromArray(INTS, hash, i);
            IntVector e1 = IntVector.fromArray(INTS, hash, stride + i);
            IntVector e2 = IntVector.fromArray(INTS, hash, 2 * stride + i).and(mask2);
            IntVector e3 =
                    IntVector.fromArray(INTS, hash, 3 * stride + i).and(mask3).or(Lanes.IOTA.add(index + i));
            IntVector words01 = LOW_HALVES.selectFrom(e0, e1);
            IntVector words23 = LOW_HALVES.selectFrom(e2, e3);
            Lanes.FIRST_ENTRIES.selectFrom(words01, words23).intoArray(out, at + 4 * i);
            Lanes.LAST_ENTRIES.selectFrom(words01, words23).intoArray(out, at + 4 * i + INT_LANES);
            words01 = HIGH_HALVES.selectFrom(e0, e1);
            words23 = HIGH_HALVES.selectFrom(e2, e3);
            Lanes.FIRST_ENTRIES.selectFrom(words01, words23).intoArray(out, at + 4 * i + 2 * INT_LANES);
            Lanes.LAST_ENTRIES.selectFrom(words01, words23).intoArray(out, at + 4 * i + 3 * INT_LANES);
        }
    }
}

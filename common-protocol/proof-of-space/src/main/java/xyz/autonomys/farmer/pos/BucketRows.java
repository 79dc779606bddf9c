package xyz.autonomys.farmer.pos;

import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.UMAX;
import static jdk.incubator.vector.VectorOperators.UMIN;
import static xyz.autonomys.farmer.pos.Lanes.HIGH_HALVES;
import static xyz.autonomys.farmer.pos.Lanes.INTS;
import static xyz.autonomys.farmer.pos.Lanes.INT_LANES;
import static xyz.autonomys.farmer.pos.Lanes.LOW_HALVES;
import static xyz.autonomys.farmer.pos.Lanes.SHORTS;
import static xyz.autonomys.farmer.pos.Lanes.SHORT_LANES;
import static xyz.autonomys.farmer.pos.Lanes.WORDS_01;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;

/**
 * The kernels that put a bucket into order, all rows at once, and where they have a row: see {@link OrderedBucket}, whose
 * keys, planes, cells and layers they work on.
 */
final class BucketRows {
    /** Rows rounded up to whole vectors. */
    static final int PLANE_BITS = 7;

    static final int PLANE = 1 << PLANE_BITS;

    /** What an empty place of a plane holds. */
    static final short NO_KEY = -1;

    static final int[] FIRST_PLACES = firstPlaces();

    /** Where the cells of a row are; rows are repeated as in the layers. */
    static final short[] CELL_OF_ROW = cellOfRow();

    /** What all keys of a row have in common. */
    static final int[] ROW_KEYS = rowKeys();

    /** Reciprocal of 127, exact for all residues with 22 bits of shift. */
    private static final int COLUMN_RECIPROCAL = 33_027;

    private static final int COLUMN_SHIFT = 22;

    private BucketRows() {}

    /** Makes keys of entries of level one. */
    static void cutLevelOne(int[] entries, int offset, int n, int[] unordered) {
        for (int i = 0; i < n; i++) {
            int r = entries[offset + i] >>> PosRules.K - PosRules.EXTRA_BITS;
            int b = r * COLUMN_RECIPROCAL >>> COLUMN_SHIFT;
            unordered[i] = b << OrderedBucket.CELL_BITS | r - b * PosRules.COLUMNS << OrderedBucket.SLOT_BITS | i;
        }
    }

    /** Makes keys of entries of a higher level. */
    static void cutHigherLevel(int[] entries, int offset, int n, int firstY, int[] unordered) {
        for (int i = 0; i < n; i += INT_LANES) {
            int at = offset + EntryLayout.INTS * i;
            IntVector words = WORDS_01.selectFrom(
                    IntVector.fromArray(INTS, entries, at), IntVector.fromArray(INTS, entries, at + INT_LANES));
            IntVector more = WORDS_01.selectFrom(
                    IntVector.fromArray(INTS, entries, at + 2 * INT_LANES),
                    IntVector.fromArray(INTS, entries, at + 3 * INT_LANES));
            IntVector r = LOW_HALVES
                    .selectFrom(words, more)
                    .lanewise(LSHR, EntryLayout.Y_SHIFT)
                    .sub(firstY);
            IntVector b = r.mul(COLUMN_RECIPROCAL).lanewise(LSHR, COLUMN_SHIFT);
            // r - 127·b = r + b - 128·b
            IntVector c = r.add(b).sub(b.lanewise(LSHL, 7));
            b.lanewise(LSHL, OrderedBucket.CELL_BITS)
                    .or(c.lanewise(LSHL, OrderedBucket.SLOT_BITS))
                    .or(Lanes.IOTA.add(i))
                    .intoArray(unordered, i);
        }
    }

    /**
     * Deals keys to their rows.
     *
     * @param nextPlaces where the next key of each row goes
     * @return false if a row has too many entries
     */
    static boolean deal(int[] unordered, int n, int[] nextPlaces, short[] planes) {
        for (int i = 0; i < n; i++) {
            int key = unordered[i];
            int b = key >>> OrderedBucket.CELL_BITS;
            int place = nextPlaces[b];
            if (place >= planes.length) {
                return false;
            }
            nextPlaces[b] = place + PLANE;
            planes[place] = (short) key;
        }
        return true;
    }

    /** Writes the columns of every plane to a layer, and the first rows once more behind the last one. */
    static void cutColumns(short[] planes, byte[] layers) {
        for (int k = 0; k < OrderedBucket.CELLS; k++) {
            // Downwards, because what follows the last row is overwritten by the repeated first ones.
            for (int i = PLANE - 2 * SHORT_LANES; i >= 0; i -= 2 * SHORT_LANES) {
                ShortVector even = ShortVector.fromArray(SHORTS, planes, k * PLANE + i);
                ShortVector odd = ShortVector.fromArray(SHORTS, planes, k * PLANE + i + SHORT_LANES);
                ByteVector columns = even.lanewise(LSHR, OrderedBucket.SLOT_BITS)
                        .or(odd.lanewise(LSHR, 1).and((short) 0x7F00))
                        .reinterpretAsBytes();
                columns.intoArray(layers, k * OrderedBucket.LAYER_BYTES + i);
                if (i < PosRules.TARGETS) {
                    columns.intoArray(layers, k * OrderedBucket.LAYER_BYTES + PosRules.ROWS + i);
                }
            }
        }
    }

    /**
     * Sorts the keys of every row and writes them together, eight per row: per vector of rows first those in even lanes,
     * then those in odd ones. Leaves the planes empty.
     */
    static void sort(short[] planes, short[] cells) {
        for (int i = 0; i < PLANE; i += SHORT_LANES) {
            ShortVector k0 = ShortVector.fromArray(SHORTS, planes, i);
            ShortVector k1 = ShortVector.fromArray(SHORTS, planes, PLANE + i);
            ShortVector k2 = ShortVector.fromArray(SHORTS, planes, 2 * PLANE + i);
            ShortVector k3 = ShortVector.fromArray(SHORTS, planes, 3 * PLANE + i);
            ShortVector k4 = ShortVector.fromArray(SHORTS, planes, 4 * PLANE + i);
            ShortVector k5 = ShortVector.fromArray(SHORTS, planes, 5 * PLANE + i);
            ShortVector k6 = ShortVector.fromArray(SHORTS, planes, 6 * PLANE + i);
            ShortVector k7 = ShortVector.fromArray(SHORTS, planes, 7 * PLANE + i);
            ShortVector none = ShortVector.broadcast(SHORTS, NO_KEY);
            none.intoArray(planes, i);
            none.intoArray(planes, PLANE + i);
            none.intoArray(planes, 2 * PLANE + i);
            none.intoArray(planes, 3 * PLANE + i);
            none.intoArray(planes, 4 * PLANE + i);
            none.intoArray(planes, 5 * PLANE + i);
            none.intoArray(planes, 6 * PLANE + i);
            none.intoArray(planes, 7 * PLANE + i);
            // Batcher's network of 19 exchanges.
            ShortVector t = k0.lanewise(UMIN, k1);
            k1 = k0.lanewise(UMAX, k1);
            k0 = t;
            t = k2.lanewise(UMIN, k3);
            k3 = k2.lanewise(UMAX, k3);
            k2 = t;
            t = k4.lanewise(UMIN, k5);
            k5 = k4.lanewise(UMAX, k5);
            k4 = t;
            t = k6.lanewise(UMIN, k7);
            k7 = k6.lanewise(UMAX, k7);
            k6 = t;

            t = k0.lanewise(UMIN, k2);
            k2 = k0.lanewise(UMAX, k2);
            k0 = t;
            t = k1.lanewise(UMIN, k3);
            k3 = k1.lanewise(UMAX, k3);
            k1 = t;
            t = k4.lanewise(UMIN, k6);
            k6 = k4.lanewise(UMAX, k6);
            k4 = t;
            t = k5.lanewise(UMIN, k7);
            k7 = k5.lanewise(UMAX, k7);
            k5 = t;

            t = k1.lanewise(UMIN, k2);
            k2 = k1.lanewise(UMAX, k2);
            k1 = t;
            t = k5.lanewise(UMIN, k6);
            k6 = k5.lanewise(UMAX, k6);
            k5 = t;

            t = k0.lanewise(UMIN, k4);
            k4 = k0.lanewise(UMAX, k4);
            k0 = t;
            t = k1.lanewise(UMIN, k5);
            k5 = k1.lanewise(UMAX, k5);
            k1 = t;
            t = k2.lanewise(UMIN, k6);
            k6 = k2.lanewise(UMAX, k6);
            k2 = t;
            t = k3.lanewise(UMIN, k7);
            k7 = k3.lanewise(UMAX, k7);
            k3 = t;

            t = k2.lanewise(UMIN, k4);
            k4 = k2.lanewise(UMAX, k4);
            k2 = t;
            t = k3.lanewise(UMIN, k5);
            k5 = k3.lanewise(UMAX, k5);
            k3 = t;

            t = k1.lanewise(UMIN, k2);
            k2 = k1.lanewise(UMAX, k2);
            k1 = t;
            t = k3.lanewise(UMIN, k4);
            k4 = k3.lanewise(UMAX, k4);
            k3 = t;
            t = k5.lanewise(UMIN, k6);
            k6 = k5.lanewise(UMAX, k6);
            k5 = t;

            // Two keys of a row become an int: the low halves of the ints are even rows, the high halves odd ones.
            IntVector i0 = k0.reinterpretAsInts();
            IntVector i1 = k1.reinterpretAsInts();
            IntVector i2 = k2.reinterpretAsInts();
            IntVector i3 = k3.reinterpretAsInts();
            IntVector i4 = k4.reinterpretAsInts();
            IntVector i5 = k5.reinterpretAsInts();
            IntVector i6 = k6.reinterpretAsInts();
            IntVector i7 = k7.reinterpretAsInts();
            IntVector p0 = i0.and(0xFFFF).or(i1.lanewise(LSHL, 16));
            IntVector p1 = i2.and(0xFFFF).or(i3.lanewise(LSHL, 16));
            IntVector p2 = i4.and(0xFFFF).or(i5.lanewise(LSHL, 16));
            IntVector p3 = i6.and(0xFFFF).or(i7.lanewise(LSHL, 16));
            int out = OrderedBucket.CELLS * i;
            IntVector words01 = LOW_HALVES.selectFrom(p0, p1);
            IntVector words23 = LOW_HALVES.selectFrom(p2, p3);
            Lanes.FIRST_ENTRIES
                    .selectFrom(words01, words23)
                    .reinterpretAsShorts()
                    .intoArray(cells, out);
            Lanes.LAST_ENTRIES
                    .selectFrom(words01, words23)
                    .reinterpretAsShorts()
                    .intoArray(cells, out + SHORT_LANES);
            words01 = HIGH_HALVES.selectFrom(p0, p1);
            words23 = HIGH_HALVES.selectFrom(p2, p3);
            Lanes.FIRST_ENTRIES
                    .selectFrom(words01, words23)
                    .reinterpretAsShorts()
                    .intoArray(cells, out + 2 * SHORT_LANES);
            Lanes.LAST_ENTRIES
                    .selectFrom(words01, words23)
                    .reinterpretAsShorts()
                    .intoArray(cells, out + 3 * SHORT_LANES);
            p0 = i0.lanewise(LSHR, 16).or(i1.and(0xFFFF0000));
            p1 = i2.lanewise(LSHR, 16).or(i3.and(0xFFFF0000));
            p2 = i4.lanewise(LSHR, 16).or(i5.and(0xFFFF0000));
            p3 = i6.lanewise(LSHR, 16).or(i7.and(0xFFFF0000));
            out += OrderedBucket.CELLS * INT_LANES;
            words01 = LOW_HALVES.selectFrom(p0, p1);
            words23 = LOW_HALVES.selectFrom(p2, p3);
            Lanes.FIRST_ENTRIES
                    .selectFrom(words01, words23)
                    .reinterpretAsShorts()
                    .intoArray(cells, out);
            Lanes.LAST_ENTRIES
                    .selectFrom(words01, words23)
                    .reinterpretAsShorts()
                    .intoArray(cells, out + SHORT_LANES);
            words01 = HIGH_HALVES.selectFrom(p0, p1);
            words23 = HIGH_HALVES.selectFrom(p2, p3);
            Lanes.FIRST_ENTRIES
                    .selectFrom(words01, words23)
                    .reinterpretAsShorts()
                    .intoArray(cells, out + 2 * SHORT_LANES);
            Lanes.LAST_ENTRIES
                    .selectFrom(words01, words23)
                    .reinterpretAsShorts()
                    .intoArray(cells, out + 3 * SHORT_LANES);
        }
    }

    /**
     * Writes the rows one behind the other, each with all its cells, of which the next row overwrites the empty ones.
     *
     * @return entries of the longest row
     */
    static int list(short[] cells, int[] nextPlaces, int[] keys) {
        int rank = 0;
        int longest = 0;
        for (int b = 0; b < PosRules.ROWS; b++) {
            IntVector row = (IntVector) ShortVector.fromArray(Lanes.CELL, cells, CELL_OF_ROW[b])
                    .convertShape(VectorOperators.ZERO_EXTEND_S2I, Lanes.KEYS, 0);
            row.or(ROW_KEYS[b]).intoArray(keys, rank);
            int n = nextPlaces[b] >>> PLANE_BITS;
            longest = Math.max(longest, n);
            rank += n;
        }
        return longest;
    }

    /**
     * For each row where it is in plane 0: a vector of even rows, then a vector of the odd rows between them. So columns
     * of two vectors become bytes in the order of rows by shifting and joining.
     */
    private static int[] firstPlaces() {
        int[] places = new int[PLANE];
        for (int b = 0; b < PLANE; b++) {
            int inGroup = b % (2 * SHORT_LANES);
            places[b] = b - inGroup + (inGroup & 1) * SHORT_LANES + (inGroup >>> 1);
        }
        return places;
    }

    private static int[] rowKeys() {
        int[] keys = new int[PosRules.ROWS];
        for (int b = 0; b < keys.length; b++) {
            int m = PosRules.ROWS - b;
            keys[b] =
                    (m < PosRules.TARGETS ? m : 0) << OrderedBucket.FIRST_WRAPPED_SHIFT | b << OrderedBucket.CELL_BITS;
        }
        return keys;
    }

    private static short[] cellOfRow() {
        short[] cell = new short[2 * PosRules.ROWS];
        for (int i = 0; i < cell.length; i++) {
            int place = FIRST_PLACES[i % PosRules.ROWS];
            int lane = place % SHORT_LANES;
            cell[i] = (short) (OrderedBucket.CELLS * (place - lane + (lane & 1) * INT_LANES + (lane >>> 1)));
        }
        return cell;
    }
}

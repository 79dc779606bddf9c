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

import java.util.Arrays;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;

/**
 * One bucket put into rank order, in the shapes that matching needs. Entries stay where they are; what is ordered are
 * keys, which name their slots.
 *
 * <p>A residue is cut into a row (of 119) and a column (of 127). Entries are first dealt to their rows, the k-th of each
 * row to plane k; a sorting network then sorts the first eight of all rows at once, a vector of rows at a time, into the
 * <i>cells</i> of their row. Cells written one row behind the other are the order. So nothing is compared or branched upon
 * one by one. The ninth entry of a row, which is there in three buckets of a hundred, and those behind it are <i>late</i>
 * and inserted singly.
 *
 * <p>Matching reads the columns also as <i>layers</i>: layer k holds at position b the k-th column of row b, or 127. Rows
 * are repeated behind the last one, so that the 64 rows which can match a left entry are 64 consecutive bytes of every
 * layer, wherever they start.
 */
final class OrderedBucket {
    /** Distance of layers. */
    static final int LAYER_BYTES = 256;

    /** Cells of a row, and layers: the entries that the network sorts. */
    static final int CELLS = 8;

    /** Bits of a slot, the lowest of a key and of a cell. */
    static final int SLOT_BITS = 9;

    static final int SLOT_MASK = (1 << SLOT_BITS) - 1;

    /** Bits of a cell, which are the lowest of a key: column and slot. */
    static final int CELL_BITS = 16;

    static final int ROW_MASK = 0x7F;

    /** Where a key has the first m whose row wraps around to the low ranks, zero if none does; depends on the row only. */
    static final int FIRST_WRAPPED_SHIFT = 23;

    /** Column of an empty cell. */
    static final int NO_COLUMN = PosRules.COLUMNS;

    /** More entries than this in one row are not possible here; a random seed has about two, and never half as many. */
    static final int MAX_ROW = 24;

    /** Rows rounded up to whole vectors. */
    private static final int PLANE_BITS = 7;

    private static final int PLANE = 1 << PLANE_BITS;

    private static final int[] FIRST_PLACES = firstPlaces();

    /** Where the cells of a row are; rows are repeated as in the layers. */
    static final short[] CELL_OF_ROW = cellOfRow();

    /** What all keys of a row have in common. */
    private static final int[] ROW_KEYS = rowKeys();

    private static final short NO_KEY = -1;

    /** Reciprocal of 127, exact for all residues with 22 bits of shift. */
    private static final int COLUMN_RECIPROCAL = 33_027;

    private static final int COLUMN_SHIFT = 22;

    /** Row and column of a key, without the slot. */
    private static final int PLACE_MASK = (1 << FIRST_WRAPPED_SHIFT - SLOT_BITS) - 1;

    /** Entries. */
    int count;

    /** Where slot 0 is in the array of entries. */
    int from;

    /** The first y of the bucket. */
    int firstY;

    /** By rank: {@code firstWrapped << 23 | row << 16 | column << 9 | slot}. */
    final int[] keys;

    /** By row: {@code column << 9 | slot} of its first entries, ascending, and 65,535 behind them. */
    final short[] cells = new short[CELLS * PLANE];

    final byte[] layers = new byte[CELLS * LAYER_BYTES];

    /** Entries of the longest row. */
    int longestRow;

    /** Keys of entries without a cell. */
    final int[] late;

    int lateCount;

    private final int[] unordered;
    private final int[] nextPlaces = new int[PLANE];
    private final short[] planes = new short[MAX_ROW * PLANE];
    private final boolean slotsInOrder;
    private int[] entries;
    private int stride;

    /**
     * A bucket to be filled.
     *
     * @param slotsInOrder whether slots are always taken in the order of creation
     */
    OrderedBucket(int capacity, boolean slotsInOrder) {
        if (capacity > SLOT_MASK) {
            throw new IllegalArgumentException("A bucket has at most " + SLOT_MASK + " slots, not " + capacity);
        }
        this.slotsInOrder = slotsInOrder;
        // Rows are written with all their cells, the last one beyond the entries.
        keys = new int[capacity + CELLS];
        unordered = new int[capacity + INT_LANES];
        late = new int[capacity];
        Arrays.fill(planes, NO_KEY);
    }

    /**
     * Orders a bucket of level one, whose entries are {@code residue << 14 | low bits of x}.
     *
     * @return false if a row has too many entries
     */
    boolean orderLevelOne(int[] allEntries, int offset, int n, int bucket) {
        cutLevelOne(allEntries, offset, n, unordered);
        stride = 1;
        return order(allEntries, offset, n, bucket);
    }

    /**
     * Orders a bucket of a higher level.
     *
     * @param offset of the first entry, in ints; may be followed by a vector of anything
     * @return false if a row has too many entries
     */
    boolean orderHigherLevel(int[] allEntries, int offset, int n, int bucket) {
        cutHigherLevel(allEntries, offset, n, bucket * PosRules.BUCKET_WIDTH, unordered);
        stride = EntryLayout.INTS;
        return order(allEntries, offset, n, bucket);
    }

    private boolean order(int[] allEntries, int offset, int n, int bucket) {
        entries = allEntries;
        from = offset;
        count = n;
        firstY = bucket * PosRules.BUCKET_WIDTH;
        System.arraycopy(FIRST_PLACES, 0, nextPlaces, 0, PLANE);
        if (!deal(unordered, n, nextPlaces, planes)) {
            return false;
        }
        cutColumns(planes, layers);
        sort(planes, cells);
        longestRow = list(cells, nextPlaces, keys);
        lateCount = 0;
        if (longestRow > CELLS) {
            insertLate();
        }
        if (!slotsInOrder) {
            settleTies();
        }
        return true;
    }

    /**
     * Lists the slots of all entries of a residue in the order of creation.
     *
     * @param out receives them from {@code at} on; has room for a whole bucket
     * @return how many there are
     */
    int find(int row, int column, int[] out, int at) {
        int end = at;
        for (int i = CELL_OF_ROW[row]; i < CELL_OF_ROW[row] + CELLS; i++) {
            if ((cells[i] & 0xFFFF) >>> SLOT_BITS == column) {
                out[end++] = cells[i] & SLOT_MASK;
            }
        }
        int place = row % PosRules.ROWS << CELL_BITS - SLOT_BITS | column;
        for (int i = 0; i < lateCount; i++) {
            if ((late[i] >>> SLOT_BITS & PLACE_MASK) == place) {
                out[end++] = late[i] & SLOT_MASK;
            }
        }
        for (int i = at + 1; !slotsInOrder && i < end; i++) {
            for (int j = i; j > at && index(out[j]) < index(out[j - 1]); j--) {
                int swap = out[j];
                out[j] = out[j - 1];
                out[j - 1] = swap;
            }
        }
        return end - at;
    }

    /** Grows with the order of creation among entries of equal residue: the index, or on level one the lower bits of x. */
    private int index(int slot) {
        return entries[from + slot * stride + stride - 1] & EntryLayout.INDEX_MASK;
    }

    /** Puts entries that have no cell into the order; there are places behind the others of their rows. */
    private void insertLate() {
        int start = 0;
        for (int b = 0; b < PosRules.ROWS; b++) {
            int n = nextPlaces[b] >>> PLANE_BITS;
            for (int k = CELLS; k < n; k++) {
                int key = ROW_KEYS[b] | planes[k * PLANE + FIRST_PLACES[b]] & 0xFFFF;
                late[lateCount++] = key;
                int at = start + k;
                while (at > start && keys[at - 1] > key) {
                    keys[at] = keys[at - 1];
                    at--;
                }
                keys[at] = key;
            }
            start += n;
        }
    }

    /** Puts entries of equal residue, which are in the order of their slots, into the order of creation. */
    private void settleTies() {
        for (int rank = 1; rank < count; rank++) {
            int key = keys[rank];
            int at = rank;
            while (at > 0
                    && (key ^ keys[at - 1]) >>> SLOT_BITS == 0
                    && index(key & SLOT_MASK) < index(keys[at - 1] & SLOT_MASK)) {
                keys[at] = keys[at - 1];
                at--;
            }
            keys[at] = key;
        }
    }

    /** Makes keys of entries of level one. */
    private static void cutLevelOne(int[] entries, int offset, int n, int[] unordered) {
        for (int i = 0; i < n; i++) {
            int r = entries[offset + i] >>> PosRules.K - PosRules.EXTRA_BITS;
            int b = r * COLUMN_RECIPROCAL >>> COLUMN_SHIFT;
            unordered[i] = b << CELL_BITS | r - b * PosRules.COLUMNS << SLOT_BITS | i;
        }
    }

    /** Makes keys of entries of a higher level. */
    private static void cutHigherLevel(int[] entries, int offset, int n, int firstY, int[] unordered) {
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
            b.lanewise(LSHL, CELL_BITS)
                    .or(c.lanewise(LSHL, SLOT_BITS))
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
            int b = key >>> CELL_BITS;
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
        for (int k = 0; k < CELLS; k++) {
            // Downwards, because what follows the last row is overwritten by the repeated first ones.
            for (int i = PLANE - 2 * SHORT_LANES; i >= 0; i -= 2 * SHORT_LANES) {
                ShortVector even = ShortVector.fromArray(SHORTS, planes, k * PLANE + i);
                ShortVector odd = ShortVector.fromArray(SHORTS, planes, k * PLANE + i + SHORT_LANES);
                ByteVector columns = even.lanewise(LSHR, SLOT_BITS)
                        .or(odd.lanewise(LSHR, 1).and((short) 0x7F00))
                        .reinterpretAsBytes();
                columns.intoArray(layers, k * LAYER_BYTES + i);
                if (i < PosRules.TARGETS) {
                    columns.intoArray(layers, k * LAYER_BYTES + PosRules.ROWS + i);
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
            int out = CELLS * i;
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
            out += CELLS * INT_LANES;
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
            keys[b] = (m < PosRules.TARGETS ? m : 0) << FIRST_WRAPPED_SHIFT | b << CELL_BITS;
        }
        return keys;
    }

    private static short[] cellOfRow() {
        short[] cell = new short[2 * PosRules.ROWS];
        for (int i = 0; i < cell.length; i++) {
            int place = FIRST_PLACES[i % PosRules.ROWS];
            int lane = place % SHORT_LANES;
            cell[i] = (short) (CELLS * (place - lane + (lane & 1) * INT_LANES + (lane >>> 1)));
        }
        return cell;
    }
}

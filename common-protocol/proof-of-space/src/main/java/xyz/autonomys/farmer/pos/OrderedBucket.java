package xyz.autonomys.farmer.pos;

import static xyz.autonomys.farmer.pos.Lanes.INT_LANES;

import java.util.Arrays;

/**
 * One bucket put into rank order, in the shapes that matching needs. Entries stay where they are; what is ordered are
 * keys, which name their slots.
 *
 * <p>A residue is cut into a row (of 119) and a column (of 127). Entries are first dealt to their rows, the k-th of each
 * row to plane k; a sorting network then sorts the first eight of all rows at once, a vector of rows at a time, into the
 * <i>cells</i> of their row. Cells written one row behind the other are the order ({@link BucketRows}). So nothing is compared or
 * branched upon one by one. The ninth entry of a row, which is there in three buckets of a hundred, and those behind it are <i>late</i>
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
    final short[] cells = new short[CELLS * BucketRows.PLANE];

    final byte[] layers = new byte[CELLS * LAYER_BYTES];

    /** Entries of the longest row. */
    int longestRow;

    /** Keys of entries without a cell. */
    final int[] late;

    int lateCount;

    private final int[] unordered;
    private final int[] nextPlaces = new int[BucketRows.PLANE];
    private final short[] planes = new short[MAX_ROW * BucketRows.PLANE];
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
        Arrays.fill(planes, BucketRows.NO_KEY);
    }

    /**
     * Orders a bucket of level one, whose entries are {@code residue << 14 | low bits of x}.
     *
     * @return false if a row has too many entries
     */
    boolean orderLevelOne(int[] allEntries, int offset, int n, int bucket) {
        BucketRows.cutLevelOne(allEntries, offset, n, unordered);
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
        BucketRows.cutHigherLevel(allEntries, offset, n, bucket * PosRules.BUCKET_WIDTH, unordered);
        stride = EntryLayout.INTS;
        return order(allEntries, offset, n, bucket);
    }

    private boolean order(int[] allEntries, int offset, int n, int bucket) {
        entries = allEntries;
        from = offset;
        count = n;
        firstY = bucket * PosRules.BUCKET_WIDTH;
        System.arraycopy(BucketRows.FIRST_PLACES, 0, nextPlaces, 0, BucketRows.PLANE);
        if (!BucketRows.deal(unordered, n, nextPlaces, planes)) {
            return false;
        }
        BucketRows.cutColumns(planes, layers);
        BucketRows.sort(planes, cells);
        longestRow = BucketRows.list(cells, nextPlaces, keys);
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
        for (int i = BucketRows.CELL_OF_ROW[row]; i < BucketRows.CELL_OF_ROW[row] + CELLS; i++) {
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
            int n = nextPlaces[b] >>> BucketRows.PLANE_BITS;
            for (int k = CELLS; k < n; k++) {
                int key = BucketRows.ROW_KEYS[b] | planes[k * BucketRows.PLANE + BucketRows.FIRST_PLACES[b]] & 0xFFFF;
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
}

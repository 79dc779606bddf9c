package xyz.autonomys.farmer.pos;

import java.util.Arrays;

/**
 * One bucket put into rank order, in the shapes that matching needs. Entries stay where they are; what is ordered are
 * their places.
 *
 * <p>A residue is cut into a row (of 119) and a column (of 127). Besides rows and columns by rank there are <i>layers</i>:
 * layer k holds at position b the column of the k-th entry of row b, or 255. Rows are repeated behind the last one, so
 * that the 64 rows which can match a left entry are 64 consecutive bytes of every layer, wherever they start.
 */
final class OrderedBucket {
    /** Distance of layers. */
    static final int LAYER_BYTES = 256;

    /** Layers that {@link PairMatcher} reads without asking how many there are. */
    static final int FIXED_LAYERS = 6;

    /** More entries than this in one row are not possible here; a random seed has about two, and never half as many. */
    static final int MAX_LAYERS = 24;

    /** Bytes behind the columns that may be read as part of a word. */
    private static final int PADDING = 8;

    private static final byte ABSENT = (byte) 255;
    private static final int WORDS = (PosRules.BUCKET_WIDTH + 63) / 64;
    private static final int LEVEL_ONE_X_BITS = PosRules.K - PosRules.EXTRA_BITS;

    /** Reciprocal of 127, exact for all residues with 22 bits of shift. */
    private static final int COLUMN_RECIPROCAL = 33_027;

    /** Entries. */
    int count;

    /** The first y of the bucket. */
    int firstY;

    /** By rank: x on level one, else the offset of the entry in the level's array. */
    final int[] place;

    /** By rank. */
    final int[] residue;

    /** By rank. */
    final byte[] row;

    /** By rank. */
    final byte[] column;

    final byte[] layers = new byte[MAX_LAYERS * LAYER_BYTES];

    /** The first rank of each row that has entries; rows are repeated as in the layers. */
    final int[] rowStart = new int[2 * PosRules.ROWS];

    /** Layers in use. */
    int layerCount;

    /** Whether there are entries of equal residue. */
    boolean hasDuplicates;

    /** Rows that hold entries of equal residue, one bit each, repeated as in the layers. */
    final long[] duplicateRows = new long[4];

    private final long[] present = new long[WORDS];
    private final int[] rankBefore = new int[WORDS];
    private final int[] unordered;
    private final int[] duplicates;

    OrderedBucket(int capacity) {
        place = new int[capacity];
        residue = new int[capacity];
        row = new byte[capacity];
        column = new byte[capacity + PADDING];
        unordered = new int[capacity];
        duplicates = new int[capacity];
        Arrays.fill(layers, ABSENT);
    }

    /**
     * Orders a bucket of level one, whose entries are {@code residue << 14 | low bits of x}.
     *
     * @return false if a row has too many entries
     */
    boolean orderLevelOne(int[] entries, int from, int n, int bucket) {
        for (int i = 0; i < n; i++) {
            unordered[i] = entries[from + i] >>> LEVEL_ONE_X_BITS;
        }
        int doubles = rank(n, bucket);
        for (int rank = 0; rank < n - doubles; rank++) {
            place[rank] = entries[from + place[rank]] & (1 << LEVEL_ONE_X_BITS) - 1;
        }
        for (int i = 0; i < doubles; i++) {
            int entry = entries[from + duplicates[i]];
            int x = entry & (1 << LEVEL_ONE_X_BITS) - 1;
            int r = entry >>> LEVEL_ONE_X_BITS;
            int at = n - doubles + i;
            // Among equal y the order is that of x, whose upper bits are equal then.
            while (at > 0 && (residue[at - 1] > r || residue[at - 1] == r && place[at - 1] > x)) {
                residue[at] = residue[at - 1];
                place[at] = place[at - 1];
                at--;
            }
            residue[at] = r;
            place[at] = x;
        }
        for (int rank = 0; rank < n; rank++) {
            // The six low bits of y are the six upper bits of x.
            place[rank] |= (firstY + residue[rank] & (1 << PosRules.EXTRA_BITS) - 1) << LEVEL_ONE_X_BITS;
        }
        return arrange(doubles);
    }

    /**
     * Orders a bucket of a higher level.
     *
     * @param from offset of the first entry, in ints
     * @return false if a row has too many entries
     */
    boolean order(int[] entries, int from, int n, int bucket) {
        int first = bucket * PosRules.BUCKET_WIDTH;
        for (int i = 0; i < n; i++) {
            unordered[i] = (entries[from + 4 * i] >>> EntryLayout.Y_SHIFT) - first;
        }
        int doubles = rank(n, bucket);
        for (int rank = 0; rank < n - doubles; rank++) {
            place[rank] = from + 4 * place[rank];
        }
        for (int i = 0; i < doubles; i++) {
            int slot = from + 4 * duplicates[i];
            int r = unordered[duplicates[i]];
            int index = entries[slot + 3] & EntryLayout.INDEX_MASK;
            int at = n - doubles + i;
            while (at > 0
                    && (residue[at - 1] > r
                            || residue[at - 1] == r && (entries[place[at - 1] + 3] & EntryLayout.INDEX_MASK) > index)) {
                residue[at] = residue[at - 1];
                place[at] = place[at - 1];
                at--;
            }
            residue[at] = r;
            place[at] = slot;
        }
        return arrange(doubles);
    }

    /**
     * Ranks {@link #unordered} by counting bits of a map of present residues, without comparisons. Leaves slot numbers in
     * {@link #place}; further entries of equal residue are listed in {@link #duplicates} and have no place yet.
     *
     * @return the number of those
     */
    private int rank(int n, int bucket) {
        count = n;
        firstY = bucket * PosRules.BUCKET_WIDTH;
        Arrays.fill(present, 0);
        int doubles = 0;
        for (int i = 0; i < n; i++) {
            int r = unordered[i];
            long word = present[r >>> 6];
            duplicates[doubles] = i;
            doubles += (int) (word >>> r) & 1;
            present[r >>> 6] = word | 1L << r;
        }
        int before = 0;
        for (int w = 0; w < WORDS; w++) {
            rankBefore[w] = before;
            before += Long.bitCount(present[w]);
        }
        // Backwards, so that the first of equals remains.
        for (int i = n - 1; i >= 0; i--) {
            int r = unordered[i];
            int rank = rankBefore[r >>> 6] + Long.bitCount(present[r >>> 6] & (1L << r) - 1);
            place[rank] = i;
            residue[rank] = r;
        }
        return doubles;
    }

    /** Fills rows, columns and layers from the ordered residues. */
    private boolean arrange(int doubles) {
        Arrays.fill(layers, 0, layerCount * LAYER_BYTES, ABSENT);
        layerCount = 0;
        int previous = -1;
        int layer = 0;
        int highest = 0;
        for (int rank = 0; rank < count; rank++) {
            int r = residue[rank];
            int b = r * COLUMN_RECIPROCAL >>> 22;
            byte c = (byte) (r - b * PosRules.COLUMNS);
            row[rank] = (byte) b;
            column[rank] = c;
            layer = b == previous ? layer + 1 : 0;
            previous = b;
            highest = Math.max(highest, layer);
            int at = Math.min(layer, MAX_LAYERS - 1) * LAYER_BYTES + b;
            layers[at] = c;
            layers[at + PosRules.ROWS] = c;
            rowStart[b] = rank - layer;
            rowStart[b + PosRules.ROWS] = rank - layer;
        }
        layerCount = Math.min(highest + 1, MAX_LAYERS);
        hasDuplicates = doubles != 0;
        if (hasDuplicates) {
            noteDuplicateRows();
        }
        return highest < MAX_LAYERS;
    }

    private void noteDuplicateRows() {
        Arrays.fill(duplicateRows, 0);
        for (int rank = 1; rank < count; rank++) {
            if (residue[rank] == residue[rank - 1]) {
                int b = row[rank];
                duplicateRows[b >>> 6] |= 1L << b;
                int repeated = b + PosRules.ROWS;
                duplicateRows[repeated >>> 6] |= 1L << repeated;
            }
        }
    }

    /** The 64 rows from {@code first} on that hold entries of equal residue. */
    long duplicateRowsFrom(int first) {
        int word = first >>> 6;
        // Two shifts, because a shift by 64 would be one by zero.
        return duplicateRows[word] >>> first | duplicateRows[word + 1] << 1 << ~first;
    }
}

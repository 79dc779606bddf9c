package xyz.autonomys.farmer.pos;

import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.NE;
import static jdk.incubator.vector.VectorOperators.UMIN;
import static jdk.incubator.vector.VectorOperators.XOR;
import static xyz.autonomys.farmer.pos.Lanes.BYTES;
import static xyz.autonomys.farmer.pos.Lanes.BYTE_LANES;

import java.util.Arrays;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.ShortVector;

/**
 * Finds all matches between two neighbouring buckets, in the order (left rank, right rank).
 *
 * <p>A left entry in row b and column c matches, for each m of 0…63, one column of row b + m: the one wanted by m. The 64
 * wanted columns depend only on c and the parity, so they are a row of a small table, and comparing them with 64
 * consecutive bytes of each layer of the right bucket ({@link OrderedBucket}) tests all right entries that can match at
 * all. No targets are computed and nothing is probed.
 *
 * <p>Few rows have more than {@value #FORWARD_LAYERS} entries. Those behind are not worth a comparison with every left
 * entry, so they are matched the other way round, from right to left, and beforehand.
 *
 * <p>The number of hits of one left entry is as good as random, so no branch may depend on it: three are always written,
 * and the place for the next entry's advances by the true number. A second pass over the list finds the right entries.
 */
final class PairMatcher {
    /** Layers compared with every left entry. */
    private static final int FORWARD_LAYERS = 5;

    /** Bits of m in a hit. */
    private static final int M_BITS = 6;

    private static final int M_MASK = (1 << M_BITS) - 1;

    /** Hits that are always written. */
    private static final int ALWAYS = 3;

    private static final int COLUMN_MASK = 0x7F;

    /** Bits of a right slot in a match. */
    static final int SLOT_BITS = 16;

    static final int SLOT_MASK = (1 << SLOT_BITS) - 1;

    /** By parity: for each left column the columns wanted by m = 0…63. */
    static final byte[][] WANTED = {wanted(0), wanted(1)};

    /** By parity: for each right column the columns that left entries need, in ascending order of rows: m = 63…0. */
    private static final byte[][] NEEDED = {needed(0), needed(1)};

    /** For each left row the first m whose row wraps around to the low ranks, zero if none does. */
    private static final byte[] FIRST_WRAPPED = firstWrapped();

    /** Left slot and right slot of the matches found. */
    final int[] matches;

    private final int limit;

    /** By left slot, one bit per m: right entries behind the layers compared. All zero between calls. */
    private final long[] behind;

    private final int[] found;

    /** Key of the left entry and m of all rows hit. */
    final int[] hits;

    PairMatcher(int bucketCapacity, int maxMatches) {
        limit = maxMatches;
        matches = new int[maxMatches + bucketCapacity];
        behind = new long[bucketCapacity];
        found = new int[bucketCapacity];
        hits = new int[bucketCapacity * PosRules.TARGETS + ALWAYS];
    }

    /**
     * Finds the matches of one pair.
     *
     * @return how many there are, or -1 if there are more than the limit
     */
    int match(OrderedBucket left, OrderedBucket right, int parity) {
        byte[] wanted = WANTED[parity];
        if (right.longestRow > FORWARD_LAYERS) {
            markBehind(left, right, NEEDED[parity]);
        }
        int count = BYTE_LANES == 64
                ? probe512(left, right, wanted, behind, hits)
                : probe256(left, right, wanted, behind, hits);
        if (right.longestRow > FORWARD_LAYERS) {
            Arrays.fill(behind, 0);
        }
        return count <= limit ? locate(right, wanted, count) : -1;
    }

    /** Marks the left entries that match entries behind the layers compared. */
    private void markBehind(OrderedBucket left, OrderedBucket right, byte[] needed) {
        for (int i = 0; i < PosRules.ROWS; i += BYTE_LANES) {
            int layer = FORWARD_LAYERS * OrderedBucket.LAYER_BYTES;
            long rows = ByteVector.fromArray(BYTES, right.layers, layer + i)
                    .compare(NE, (byte) OrderedBucket.NO_COLUMN)
                    .toLong();
            for (; rows != 0; rows &= rows - 1) {
                int row = i + Long.numberOfTrailingZeros(rows);
                if (row < PosRules.ROWS) {
                    markRow(left, right.layers, row, needed);
                }
            }
        }
        for (int i = 0; i < right.lateCount; i++) {
            int key = right.late[i];
            mark(left, key >>> OrderedBucket.CELL_BITS, key >>> OrderedBucket.SLOT_BITS & COLUMN_MASK, needed);
        }
    }

    private void markRow(OrderedBucket left, byte[] layers, int row, byte[] needed) {
        for (int k = FORWARD_LAYERS; k < OrderedBucket.CELLS; k++) {
            int column = layers[k * OrderedBucket.LAYER_BYTES + row];
            if (column == OrderedBucket.NO_COLUMN) {
                break;
            }
            mark(left, row, column, needed);
        }
    }

    private void mark(OrderedBucket left, int row, int column, byte[] needed) {
        int first = row - (PosRules.TARGETS - 1);
        first += first < 0 ? PosRules.ROWS : 0;
        long rows = probeLeft(left.layers, first, needed, column * PosRules.TARGETS);
        for (int i = 0; i < left.lateCount; i++) {
            // Late entries are in no layer: look at their rows, too.
            int distance = Math.floorMod((left.late[i] >>> OrderedBucket.CELL_BITS) - first, PosRules.ROWS);
            rows |= distance < PosRules.TARGETS ? 1L << distance : 0;
        }
        for (; rows != 0; rows &= rows - 1) {
            int i = Long.numberOfTrailingZeros(rows);
            int n = left.find(first + i, needed[column * PosRules.TARGETS + i], found, 0);
            for (int j = 0; j < n; j++) {
                behind[found[j]] |= 1L << PosRules.TARGETS - 1 - i;
            }
        }
    }

    private static long probeLeft(byte[] layers, int row, byte[] needed, int at) {
        long rows = 0;
        for (int i = 0; i < PosRules.TARGETS; i += BYTE_LANES) {
            ByteVector need = ByteVector.fromArray(BYTES, needed, at + i);
            ByteVector a = need.lanewise(XOR, ByteVector.fromArray(BYTES, layers, row + i));
            for (int o = row + i + 256; o < OrderedBucket.CELLS * 256; o += 256) {
                a = a.lanewise(UMIN, need.lanewise(XOR, ByteVector.fromArray(BYTES, layers, o)));
            }
            rows |= a.compare(EQ, (byte) 0).toLong() << i;
        }
        return rows;
    }

    private static int probe512(OrderedBucket left, OrderedBucket right, byte[] wanted, long[] behind, int[] hits) {
        byte[] layers = right.layers;
        int[] keys = left.keys;
        int n = left.count;
        int total = 0;
        for (int l = 0; l < n; l++) {
            int key = keys[l];
            int c = (key >>> OrderedBucket.SLOT_BITS & COLUMN_MASK) * 64;
            int at = key >>> OrderedBucket.CELL_BITS;
            ByteVector want = ByteVector.fromArray(BYTES, wanted, c);
            ByteVector a = want.lanewise(XOR, ByteVector.fromArray(BYTES, layers, at));
            a = a.lanewise(UMIN, want.lanewise(XOR, ByteVector.fromArray(BYTES, layers, at + 256)));
            a = a.lanewise(UMIN, want.lanewise(XOR, ByteVector.fromArray(BYTES, layers, at + 512)));
            a = a.lanewise(UMIN, want.lanewise(XOR, ByteVector.fromArray(BYTES, layers, at + 768)));
            a = a.lanewise(UMIN, want.lanewise(XOR, ByteVector.fromArray(BYTES, layers, at + 1024)));
            long found = a.compare(EQ, (byte) 0).toLong() | behind[key & OrderedBucket.SLOT_MASK];
            total = list(found, key, FIRST_WRAPPED[at], hits, total);
        }
        return total;
    }

    static int probe256(OrderedBucket left, OrderedBucket right, byte[] wanted, long[] behind, int[] hits) {
        byte[] layers = right.layers;
        int[] keys = left.keys;
        int n = left.count;
        int total = 0;
        for (int l = 0; l < n; l++) {
            int key = keys[l];
            int c = (key >>> OrderedBucket.SLOT_BITS & COLUMN_MASK) * 64;
            int at = key >>> OrderedBucket.CELL_BITS;
            ByteVector want0 = ByteVector.fromArray(BYTES, wanted, c);
            ByteVector want1 = ByteVector.fromArray(BYTES, wanted, c + 32);
            ByteVector a = want0.lanewise(XOR, ByteVector.fromArray(BYTES, layers, at));
            ByteVector b = want1.lanewise(XOR, ByteVector.fromArray(BYTES, layers, at + 32));
            a = a.lanewise(UMIN, want0.lanewise(XOR, ByteVector.fromArray(BYTES, layers, at + 256)));
            b = b.lanewise(UMIN, want1.lanewise(XOR, ByteVector.fromArray(BYTES, layers, at + 256 + 32)));
            a = a.lanewise(UMIN, want0.lanewise(XOR, ByteVector.fromArray(BYTES, layers, at + 512)));
            b = b.lanewise(UMIN, want1.lanewise(XOR, ByteVector.fromArray(BYTES, layers, at + 512 + 32)));
            a = a.lanewise(UMIN, want0.lanewise(XOR, ByteVector.fromArray(BYTES, layers, at + 768)));
            b = b.lanewise(UMIN, want1.lanewise(XOR, ByteVector.fromArray(BYTES, layers, at + 768 + 32)));
            a = a.lanewise(UMIN, want0.lanewise(XOR, ByteVector.fromArray(BYTES, layers, at + 1024)));
            b = b.lanewise(UMIN, want1.lanewise(XOR, ByteVector.fromArray(BYTES, layers, at + 1024 + 32)));
            long found = a.compare(EQ, (byte) 0).toLong()
                    | b.compare(EQ, (byte) 0).toLong() << 32
                    | behind[key & OrderedBucket.SLOT_MASK];
            total = list(found, key, FIRST_WRAPPED[at], hits, total);
        }
        return total;
    }

    /** Lists the rows hit by one left entry in the order of right ranks; returns the number of hits with those before. */
    private static int list(long found, int key, int firstWrapped, int[] hits, int total) {
        int left = key << M_BITS;
        long bits = Long.rotateRight(found, firstWrapped);
        hits[total] = left | Long.numberOfTrailingZeros(bits) + firstWrapped & M_MASK;
        bits &= bits - 1;
        hits[total + 1] = left | Long.numberOfTrailingZeros(bits) + firstWrapped & M_MASK;
        bits &= bits - 1;
        hits[total + 2] = left | Long.numberOfTrailingZeros(bits) + firstWrapped & M_MASK;
        bits &= bits - 1;
        int at = total + ALWAYS;
        while (bits != 0) {
            hits[at++] = left | Long.numberOfTrailingZeros(bits) + firstWrapped & M_MASK;
            bits &= bits - 1;
        }
        return total + Long.bitCount(found);
    }

    /** Finds the right slots of the first {@code count} hits. */
    int locate(OrderedBucket right, byte[] wanted, int count) {
        short[] cells = right.cells;
        boolean late = right.lateCount != 0;
        int n = 0;
        for (int i = 0; i < count; i++) {
            int hit = hits[i];
            int m = hit & M_MASK;
            int left = hit >>> M_BITS & OrderedBucket.SLOT_MASK;
            // Column and m are neighbours in a hit.
            int column = wanted[(hit >>> OrderedBucket.SLOT_BITS & COLUMN_MASK << M_BITS) + m];
            int row = (hit >>> M_BITS + OrderedBucket.CELL_BITS) + m;
            int cell = OrderedBucket.CELL_OF_ROW[row];
            long found = ShortVector.fromArray(Lanes.CELL, cells, cell)
                    .lanewise(LSHR, OrderedBucket.SLOT_BITS)
                    .compare(EQ, (short) column)
                    .toLong();
            if (late || (found & found - 1) != 0) {
                n = locateAll(right, row, column, left, n);
                if (n + count - i - 1 > limit) {
                    return -1;
                }
            } else {
                int at = cell + Long.numberOfTrailingZeros(found);
                matches[n++] = left << SLOT_BITS | cells[at] & OrderedBucket.SLOT_MASK;
            }
        }
        return n;
    }

    /** Adds all right entries of one residue; returns the number of matches with those before. */
    private int locateAll(OrderedBucket right, int row, int column, int left, int n) {
        int found = right.find(row, column, matches, n);
        for (int i = n; i < n + found; i++) {
            matches[i] |= left << SLOT_BITS;
        }
        return n + found;
    }

    private static byte[] wanted(int parity) {
        byte[] columns = new byte[PosRules.COLUMNS * 64];
        for (int c = 0; c < PosRules.COLUMNS; c++) {
            for (int m = 0; m < PosRules.TARGETS; m++) {
                columns[c * 64 + m] = (byte) (PosRules.target(parity, c, m) % PosRules.COLUMNS);
            }
        }
        return columns;
    }

    private static byte[] needed(int parity) {
        byte[] columns = new byte[PosRules.COLUMNS * PosRules.TARGETS];
        for (int c = 0; c < PosRules.COLUMNS; c++) {
            for (int m = 0; m < PosRules.TARGETS; m++) {
                int right = PosRules.target(parity, c, m) % PosRules.COLUMNS;
                columns[right * PosRules.TARGETS + PosRules.TARGETS - 1 - m] = (byte) c;
            }
        }
        return columns;
    }

    private static byte[] firstWrapped() {
        byte[] first = new byte[PosRules.ROWS];
        for (int b = 0; b < PosRules.ROWS; b++) {
            int m = PosRules.ROWS - b;
            first[b] = (byte) (m < PosRules.TARGETS ? m : 0);
        }
        return first;
    }
}

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
 * <p>The number of hits of one left entry is as good as random, so branches that depend on it are avoided: entries without
 * hits are passed over by not advancing, two hits are always written, and only for a third there is a branch. Another pass
 * over the list of hits finds the right entries.
 */
final class PairMatcher {
    /** Layers compared with every left entry. */
    private static final int FORWARD_LAYERS = 5;

    /** Bits of m in a hit. */
    private static final int M_BITS = 6;

    private static final int M_MASK = (1 << M_BITS) - 1;

    /** Hits that are always written. */
    private static final int ALWAYS = 2;

    private static final int COLUMN_MASK = 0x7F;

    /** From a key to the start of a row of the table of wanted columns: column · 64. */
    private static final int KEY_TO_WANTED = OrderedBucket.SLOT_BITS - M_BITS;

    private static final int WANTED_MASK = COLUMN_MASK << M_BITS;

    /** Bits of a right slot in a match. */
    static final int SLOT_BITS = 16;

    static final int SLOT_MASK = (1 << SLOT_BITS) - 1;

    /** By parity: for each left column the columns wanted by m = 0…63. */
    static final byte[][] WANTED = {wanted(0), wanted(1)};

    /** By parity: for each right column the columns that left entries need, in ascending order of rows: m = 63…0. */
    private static final byte[][] NEEDED = {needed(0), needed(1)};

    /** Left slot and right slot of the matches found. */
    final int[] matches;

    private final int limit;

    /** By left slot, one bit per m: right entries behind the layers compared. All zero between calls. */
    private final long[] behind;

    private final int[] found;

    /** Left entries with hits: their keys, and one bit per m. */
    final int[] hitKeys;

    final long[] hitRows;

    /** Key of the left entry and m of all rows hit, in the order of ranks. */
    final int[] hits;

    /** Matches whose right entry has others of the same residue behind it. */
    private final int[] repeated;

    PairMatcher(int bucketCapacity, int maxMatches) {
        limit = maxMatches;
        matches = new int[maxMatches + bucketCapacity];
        behind = new long[bucketCapacity];
        found = new int[bucketCapacity];
        hitKeys = new int[bucketCapacity + 1];
        hitRows = new long[bucketCapacity + 1];
        repeated = new int[maxMatches + 1];
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
        int leftEntries = BYTE_LANES == 64
                ? probe512(left, right.layers, wanted, behind, hitKeys, hitRows)
                : probe256(left, right.layers, wanted, behind, hitKeys, hitRows);
        if (right.longestRow > FORWARD_LAYERS) {
            Arrays.fill(behind, 0);
        }
        int count = list(hitKeys, hitRows, leftEntries, hits);
        if (count > limit) {
            return -1;
        }
        if (right.lateCount != 0) {
            return locateLate(right, wanted, count);
        }
        int repetitions = locate(hits, count, wanted, right.cells, matches, repeated);
        return repetitions == 0 ? count : repeat(right, wanted, count, repetitions);
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
            int row = key >>> OrderedBucket.CELL_BITS & OrderedBucket.ROW_MASK;
            mark(left, row, key >>> OrderedBucket.SLOT_BITS & COLUMN_MASK, needed);
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
            int leftRow = left.late[i] >>> OrderedBucket.CELL_BITS & OrderedBucket.ROW_MASK;
            int distance = Math.floorMod(leftRow - first, PosRules.ROWS);
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

    private static int probe512(
            OrderedBucket left, byte[] layers, byte[] wanted, long[] behind, int[] hitKeys, long[] hitRows) {
        int[] keys = left.keys;
        int n = left.count;
        int total = 0;
        for (int l = 0; l < n; l++) {
            int key = keys[l];
            int at = key >>> OrderedBucket.CELL_BITS & OrderedBucket.ROW_MASK;
            ByteVector want = ByteVector.fromArray(BYTES, wanted, key >>> KEY_TO_WANTED & WANTED_MASK);
            ByteVector a = want.lanewise(XOR, ByteVector.fromArray(BYTES, layers, at));
            a = a.lanewise(UMIN, want.lanewise(XOR, ByteVector.fromArray(BYTES, layers, at + 256)));
            a = a.lanewise(UMIN, want.lanewise(XOR, ByteVector.fromArray(BYTES, layers, at + 512)));
            a = a.lanewise(UMIN, want.lanewise(XOR, ByteVector.fromArray(BYTES, layers, at + 768)));
            a = a.lanewise(UMIN, want.lanewise(XOR, ByteVector.fromArray(BYTES, layers, at + 1024)));
            long rows = a.compare(EQ, (byte) 0).toLong() | behind[key & OrderedBucket.SLOT_MASK];
            hitKeys[total] = key;
            hitRows[total] = rows;
            total += rows != 0 ? 1 : 0;
        }
        return total;
    }

    static int probe256(
            OrderedBucket left, byte[] layers, byte[] wanted, long[] behind, int[] hitKeys, long[] hitRows) {
        int[] keys = left.keys;
        int n = left.count;
        int total = 0;
        for (int l = 0; l < n; l++) {
            int key = keys[l];
            int c = key >>> KEY_TO_WANTED & WANTED_MASK;
            int at = key >>> OrderedBucket.CELL_BITS & OrderedBucket.ROW_MASK;
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
            long rows = a.compare(EQ, (byte) 0).toLong()
                    | b.compare(EQ, (byte) 0).toLong() << 32
                    | behind[key & OrderedBucket.SLOT_MASK];
            hitKeys[total] = key;
            hitRows[total] = rows;
            total += rows != 0 ? 1 : 0;
        }
        return total;
    }

    /** Lists the hits of left entries in the order of right ranks; returns their number. */
    static int list(int[] hitKeys, long[] hitRows, int n, int[] hits) {
        int total = 0;
        for (int i = 0; i < n; i++) {
            int key = hitKeys[i];
            long rows = hitRows[i];
            int firstWrapped = key >>> OrderedBucket.FIRST_WRAPPED_SHIFT;
            int left = key << M_BITS;
            long rest = Long.rotateRight(rows, firstWrapped);
            hits[total] = left | Long.numberOfTrailingZeros(rest) + firstWrapped & M_MASK;
            rest &= rest - 1;
            hits[total + 1] = left | Long.numberOfTrailingZeros(rest) + firstWrapped & M_MASK;
            rest &= rest - 1;
            for (int at = total + ALWAYS; rest != 0; at++) {
                hits[at] = left | Long.numberOfTrailingZeros(rest) + firstWrapped & M_MASK;
                rest &= rest - 1;
            }
            total += Long.bitCount(rows);
        }
        return total;
    }

    /**
     * Finds the right slots of hits.
     *
     * @param repeated receives the hits that stand for several right entries, of which only the first is found
     * @return how many of those there are
     */
    static int locate(int[] hits, int count, byte[] wanted, short[] cells, int[] matches, int[] repeated) {
        int repetitions = 0;
        for (int i = 0; i < count; i++) {
            int hit = hits[i];
            int cell = BucketRows.CELL_OF_ROW[row(hit)];
            long found = ShortVector.fromArray(Lanes.CELL, cells, cell)
                    .lanewise(LSHR, OrderedBucket.SLOT_BITS)
                    .compare(EQ, (short) column(hit, wanted))
                    .toLong();
            int slot = cells[cell + Long.numberOfTrailingZeros(found)] & OrderedBucket.SLOT_MASK;
            matches[i] = leftSlot(hit) << SLOT_BITS | slot;
            repeated[repetitions] = i;
            repetitions += (found & found - 1) != 0 ? 1 : 0;
        }
        return repetitions;
    }

    /** Adds the right entries that {@link #locate} has left out; returns the number of matches. */
    private int repeat(OrderedBucket right, byte[] wanted, int count, int repetitions) {
        int n = count;
        // From the last to the first, so that the places of those before remain.
        for (int i = repetitions - 1; i >= 0; i--) {
            int at = repeated[i];
            int hit = hits[at];
            int slots = right.find(row(hit), column(hit, wanted), found, 0);
            if (n + slots - 1 > limit) {
                return -1;
            }
            System.arraycopy(matches, at + 1, matches, at + slots, n - at - 1);
            for (int j = 0; j < slots; j++) {
                matches[at + j] = leftSlot(hit) << SLOT_BITS | found[j];
            }
            n += slots - 1;
        }
        return n;
    }

    /** Finds the right slots when some are in no cell; returns the number of matches. */
    private int locateLate(OrderedBucket right, byte[] wanted, int count) {
        int n = 0;
        for (int i = 0; i < count; i++) {
            int hit = hits[i];
            int slots = right.find(row(hit), column(hit, wanted), found, 0);
            if (n + slots > limit) {
                return -1;
            }
            for (int j = 0; j < slots; j++) {
                matches[n++] = leftSlot(hit) << SLOT_BITS | found[j];
            }
        }
        return n;
    }

    private static int leftSlot(int hit) {
        return hit >>> M_BITS & OrderedBucket.SLOT_MASK;
    }

    private static int row(int hit) {
        return (hit >>> M_BITS + OrderedBucket.CELL_BITS & OrderedBucket.ROW_MASK) + (hit & M_MASK);
    }

    private static int column(int hit, byte[] wanted) {
        return wanted[hit >>> M_BITS + KEY_TO_WANTED & WANTED_MASK | hit & M_MASK];
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
}

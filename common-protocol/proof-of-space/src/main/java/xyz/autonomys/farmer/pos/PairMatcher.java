package xyz.autonomys.farmer.pos;

import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.UMIN;
import static jdk.incubator.vector.VectorOperators.XOR;
import static xyz.autonomys.farmer.pos.Lanes.BYTES;
import static xyz.autonomys.farmer.pos.Lanes.BYTE_LANES;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import jdk.incubator.vector.ByteVector;

/**
 * Finds all matches between two neighbouring buckets, in the order (left rank, right rank).
 *
 * <p>A left entry in row b and column c matches, for each m of 0…63, one column of row b + m: the one wanted by m. The 64
 * wanted columns depend only on c and the parity, so they are a row of a small table, and comparing them with 64
 * consecutive bytes of each layer of the right bucket ({@link OrderedBucket}) tests all right entries that can match at
 * all. No targets are computed and nothing is probed.
 *
 * <p>What follows is written without branches that depend on the data: the hits of all left entries are first counted,
 * which fixes where each goes, and then taken off one per left entry and pass.
 */
final class PairMatcher {
    private static final VarHandle LE_LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long EVERY_BYTE = 0x0101_0101_0101_0101L;
    private static final long EVERY_TOP_BIT = 0x8080_8080_8080_8080L;

    /** By parity: for each left column the columns wanted by m = 0…63. */
    private static final byte[][] WANTED = {wanted(0), wanted(1)};

    /** For each left row the first m whose row wraps around to the low ranks, zero if none does. */
    private static final byte[] FIRST_WRAPPED = firstWrapped();

    /** Left ranks of the matches found, from the offset given. */
    final int[] hitLeft;

    /** Right ranks. */
    final int[] hitRight;

    private final int limit;
    private final long[] hits;
    private final long[] openHits;
    private final int[] openLeft;
    private final int[] openPlace;

    PairMatcher(int bucketCapacity, int maxMatches) {
        limit = maxMatches;
        // A left entry is dealt with whole before the limit is looked at.
        hitLeft = new int[maxMatches + bucketCapacity];
        hitRight = new int[maxMatches + bucketCapacity];
        hits = new long[bucketCapacity];
        openHits = new long[bucketCapacity + 1];
        openLeft = new int[bucketCapacity + 1];
        openPlace = new int[bucketCapacity + 1];
    }

    /**
     * Finds the matches of one pair.
     *
     * @return how many there are, or -1 if there are more than the limit
     */
    int match(OrderedBucket left, OrderedBucket right, int parity) {
        byte[] wanted = WANTED[parity];
        if (BYTE_LANES == 64) {
            probe512(left, right, wanted, hits);
        } else {
            probe256(left, right, wanted, hits);
        }
        int total = 0;
        int open = 0;
        boolean duplicates = right.hasDuplicates;
        for (int l = 0; l < left.count; l++) {
            long found = hits[l];
            int b = left.row[l];
            long inOrder = Long.rotateRight(found, FIRST_WRAPPED[b]);
            if (duplicates && (found & right.duplicateRowsFrom(b)) != 0) {
                total = listWithDuplicates(left, right, wanted, l, inOrder, total);
            } else {
                openLeft[open] = l;
                openHits[open] = inOrder;
                openPlace[open] = total;
                open += found != 0 ? 1 : 0;
                total += Long.bitCount(found);
            }
            if (total > limit) {
                return -1;
            }
        }
        while (open > 0) {
            open = takeOne(left, right, wanted, open);
        }
        return total;
    }

    private static void probe512(OrderedBucket left, OrderedBucket right, byte[] wanted, long[] hits) {
        byte[] layers = right.layers;
        int end = right.layerCount * OrderedBucket.LAYER_BYTES;
        for (int l = 0; l < left.count; l++) {
            ByteVector want = ByteVector.fromArray(BYTES, wanted, left.column[l] * 64);
            int at = left.row[l];
            ByteVector a = want.lanewise(XOR, ByteVector.fromArray(BYTES, layers, at));
            a = a.lanewise(UMIN, want.lanewise(XOR, ByteVector.fromArray(BYTES, layers, at + 256)));
            a = a.lanewise(UMIN, want.lanewise(XOR, ByteVector.fromArray(BYTES, layers, at + 512)));
            a = a.lanewise(UMIN, want.lanewise(XOR, ByteVector.fromArray(BYTES, layers, at + 768)));
            a = a.lanewise(UMIN, want.lanewise(XOR, ByteVector.fromArray(BYTES, layers, at + 1024)));
            a = a.lanewise(UMIN, want.lanewise(XOR, ByteVector.fromArray(BYTES, layers, at + 1280)));
            for (int o = OrderedBucket.FIXED_LAYERS * 256; o < end; o += 256) {
                a = a.lanewise(UMIN, want.lanewise(XOR, ByteVector.fromArray(BYTES, layers, at + o)));
            }
            hits[l] = a.compare(EQ, (byte) 0).toLong();
        }
    }

    private static void probe256(OrderedBucket left, OrderedBucket right, byte[] wanted, long[] hits) {
        byte[] layers = right.layers;
        int end = right.layerCount * OrderedBucket.LAYER_BYTES;
        for (int l = 0; l < left.count; l++) {
            int c = left.column[l] * 64;
            ByteVector want0 = ByteVector.fromArray(BYTES, wanted, c);
            ByteVector want1 = ByteVector.fromArray(BYTES, wanted, c + 32);
            int at = left.row[l];
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
            a = a.lanewise(UMIN, want0.lanewise(XOR, ByteVector.fromArray(BYTES, layers, at + 1280)));
            b = b.lanewise(UMIN, want1.lanewise(XOR, ByteVector.fromArray(BYTES, layers, at + 1280 + 32)));
            for (int o = OrderedBucket.FIXED_LAYERS * 256; o < end; o += 256) {
                a = a.lanewise(UMIN, want0.lanewise(XOR, ByteVector.fromArray(BYTES, layers, at + o)));
                b = b.lanewise(UMIN, want1.lanewise(XOR, ByteVector.fromArray(BYTES, layers, at + o + 32)));
            }
            hits[l] = a.compare(EQ, (byte) 0).toLong() | b.compare(EQ, (byte) 0).toLong() << 32;
        }
    }

    /** Writes the next match of each of the open left entries; returns how many of them have more. */
    private int takeOne(OrderedBucket left, OrderedBucket right, byte[] wanted, int open) {
        int more = 0;
        for (int i = 0; i < open; i++) {
            int l = openLeft[i];
            long bits = openHits[i];
            int place = openPlace[i];
            long rest = bits & bits - 1;
            openLeft[more] = l;
            openHits[more] = rest;
            openPlace[more] = place + 1;
            more += rest != 0 ? 1 : 0;
            hitLeft[place] = l;
            hitRight[place] = rightRank(left, right, wanted, l, Long.numberOfTrailingZeros(bits));
        }
        return more;
    }

    /** The right rank behind one bit of the ordered hits of a left entry. */
    private static int rightRank(OrderedBucket left, OrderedBucket right, byte[] wanted, int l, int bit) {
        int b = left.row[l];
        int m = bit + FIRST_WRAPPED[b] & 63;
        byte column = wanted[left.column[l] * 64 + m];
        int rank = right.rowStart[b + m];
        long differences = (long) LE_LONG.get(right.column, rank) ^ column * EVERY_BYTE;
        long zeros = differences - EVERY_BYTE & ~differences & EVERY_TOP_BIT;
        if (zeros != 0) {
            return rank + (Long.numberOfTrailingZeros(zeros) >>> 3);
        }
        rank += Long.BYTES;
        while (right.column[rank] != column) {
            rank++;
        }
        return rank;
    }

    /** Writes all matches of a left entry when some of its hits may stand for several entries of equal residue. */
    private int listWithDuplicates(
            OrderedBucket left, OrderedBucket right, byte[] wanted, int l, long inOrder, int total) {
        int at = total;
        for (long bits = inOrder; bits != 0; bits &= bits - 1) {
            int rank = rightRank(left, right, wanted, l, Long.numberOfTrailingZeros(bits));
            int residue = right.residue[rank];
            do {
                hitLeft[at] = l;
                hitRight[at++] = rank++;
            } while (rank < right.count && right.residue[rank] == residue);
        }
        return at;
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

    private static byte[] firstWrapped() {
        byte[] first = new byte[PosRules.ROWS];
        for (int b = 0; b < PosRules.ROWS; b++) {
            int m = PosRules.ROWS - b;
            first[b] = (byte) (m < PosRules.TARGETS ? m : 0);
        }
        return first;
    }
}

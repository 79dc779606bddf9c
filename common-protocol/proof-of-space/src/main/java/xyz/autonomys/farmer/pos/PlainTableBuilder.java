package xyz.autonomys.farmer.pos;

import java.util.Arrays;
import java.util.Optional;
import xyz.autonomys.farmer.primitives.PosProof;
import xyz.autonomys.farmer.primitives.PosSeed;

/**
 * The rules of table building in plain Java: readable, without limits on bucket or table sizes, and about ten times slower
 * than the vector builder. It is the reference of the tests, the builder of JVMs without the vector module, and
 * the way out for a seed that exceeds the fixed sizes of the fast builder.
 *
 * <p>A level is its entries' y and metadata by generation index, plus one sorted array of (y, index). Sorting by
 * that pair gives the canonical order because entries are generated in the order of their parents' ranks.
 *
 * <p>Source of the rules: specification 01 §7; autonomys/subspace, crates/subspace-proof-of-space/src/chiapos/table.rs.
 */
final class PlainTableBuilder implements PosTableBuilder {
    /** Bits of a generation index inside a sorted key; four times the usual table size. */
    private static final int INDEX_BITS = 22;

    private static final int INDEX_MASK = (1 << INDEX_BITS) - 1;
    private static final int INITIAL_CAPACITY = PosRules.X_COUNT + PosRules.X_COUNT / 8;
    private static final short NONE = -1;

    private final NodeFunction node = new NodeFunction();
    private final BackPointers pointers = new BackPointers(INITIAL_CAPACITY);
    private final Slots slots = new Slots();

    /** Rank within the right bucket of the first entry with a residue, by residue. */
    private final short[] firstOfResidue = new short[PosRules.BUCKET_WIDTH];

    private Level parents = new Level();
    private Level children = new Level();
    private int[] lastLeft = new int[INITIAL_CAPACITY];
    private int[] lastRight = new int[INITIAL_CAPACITY];

    @Override
    public PosTable build(PosSeed seed) {
        buildLevelOne(seed.toBytes());
        for (int level = 2; level <= PosRules.LAST_LEVEL; level++) {
            buildLevel(level);
        }
        slots.clear();
        for (int rank = 0; rank < parents.count; rank++) {
            long key = parents.sorted[rank];
            int y = (int) (key >>> INDEX_BITS);
            int index = (int) key & INDEX_MASK;
            if (PosRules.isSBucketPrefix(y >>> PosRules.EXTRA_BITS)) {
                slots.offer(y, index, lastLeft[index], lastRight[index]);
            }
        }
        return new SlotTable(pointers, slots, new PlainMasks());
    }

    /**
     * The canonical proof of any 20-bit prefix of the table built last, not only of those that s-buckets have.
     */
    Optional<PosProof> firstProof(int prefix) {
        long from = (long) prefix << PosRules.EXTRA_BITS + INDEX_BITS;
        int found = Arrays.binarySearch(parents.sorted, 0, parents.count, from);
        int rank = found < 0 ? -found - 1 : found;
        if (rank == parents.count || parents.sorted[rank] >>> PosRules.EXTRA_BITS + INDEX_BITS != prefix) {
            return Optional.empty();
        }
        int index = (int) parents.sorted[rank] & INDEX_MASK;
        return Optional.of(PosProof.of(pointers.proof(lastLeft[index], lastRight[index])));
    }

    /** Entries of the highest level of the table built last. */
    int lastLevelSize() {
        return parents.count;
    }

    @Override
    public long bytesPerBuilder() {
        return pointers.bytes() + Slots.bytes() + 2 * parents.bytes() + 2L * Integer.BYTES * lastLeft.length;
    }

    @Override
    public void close() {}

    private void buildLevelOne(byte[] seed) {
        LevelOne.all(seed, parents.y);
        for (int x = 0; x < PosRules.X_COUNT; x++) {
            parents.metaHigh[x] = 0;
            parents.metaLow[x] = x;
        }
        parents.count = PosRules.X_COUNT;
        parents.sort();
    }

    private void buildLevel(int level) {
        children.count = 0;
        int left = 0;
        int right = parents.firstRankFrom(0, 1);
        for (int bucket = 0; bucket < PosRules.BUCKET_PAIRS; bucket++) {
            int end = parents.firstRankFrom(right, bucket + 2);
            matchBuckets(level, bucket, left, right, end);
            left = right;
            right = end;
        }
        children.sort();
        Level swap = parents;
        parents = children;
        children = swap;
    }

    private void matchBuckets(int level, int bucket, int leftFrom, int rightFrom, int rightEnd) {
        int leftBase = bucket * PosRules.BUCKET_WIDTH;
        int rightBase = leftBase + PosRules.BUCKET_WIDTH;
        Arrays.fill(firstOfResidue, NONE);
        for (int rank = rightEnd - 1; rank >= rightFrom; rank--) {
            firstOfResidue[parents.yAt(rank) - rightBase] = (short) (rank - rightFrom);
        }
        int[] matches = new int[rightEnd - rightFrom];
        for (int left = leftFrom; left < rightFrom; left++) {
            int residue = parents.yAt(left) - leftBase;
            int count = 0;
            for (int m = 0; m < PosRules.TARGETS; m++) {
                int target = PosRules.target(bucket & 1, residue, m);
                int first = firstOfResidue[target];
                if (first != NONE) {
                    int rank = rightFrom + first;
                    while (rank < rightEnd && parents.yAt(rank) == rightBase + target) {
                        matches[count++] = rank++;
                    }
                }
            }
            // Targets wrap around, right ranks must ascend.
            Arrays.sort(matches, 0, count);
            for (int i = 0; i < count; i++) {
                append(level, left, matches[i]);
            }
        }
    }

    private void append(int level, int leftRank, int rightRank) {
        int left = parents.indexAt(leftRank);
        int right = parents.indexAt(rightRank);
        node.apply(
                level,
                parents.yAt(leftRank),
                parents.metaHigh[left],
                parents.metaLow[left],
                parents.metaHigh[right],
                parents.metaLow[right]);
        int index = children.append(node);
        if (level < PosRules.LAST_LEVEL) {
            pointers.ensureCapacity(level, children.y.length);
            pointers.left(level)[index] = left;
            pointers.right(level)[index] = right;
        } else {
            if (lastLeft.length < children.y.length) {
                lastLeft = Arrays.copyOf(lastLeft, children.y.length);
                lastRight = Arrays.copyOf(lastRight, children.y.length);
            }
            lastLeft[index] = left;
            lastRight[index] = right;
        }
    }

    private static final class Level {
        private int count;
        private int[] y = new int[INITIAL_CAPACITY];
        private long[] metaHigh = new long[INITIAL_CAPACITY];
        private long[] metaLow = new long[INITIAL_CAPACITY];
        private long[] sorted = new long[INITIAL_CAPACITY];

        int append(NodeFunction node) {
            if (count == y.length) {
                grow();
            }
            y[count] = node.y;
            metaHigh[count] = node.metaHigh;
            metaLow[count] = node.metaLow;
            return count++;
        }

        private void grow() {
            int capacity = y.length + y.length / 4;
            if (capacity > INDEX_MASK) {
                throw new IllegalStateException("A proof-of-space table outgrew " + INDEX_MASK
                        + " entries; a random seed cannot do that, so the memory or the processor is faulty");
            }
            y = Arrays.copyOf(y, capacity);
            metaHigh = Arrays.copyOf(metaHigh, capacity);
            metaLow = Arrays.copyOf(metaLow, capacity);
            sorted = Arrays.copyOf(sorted, capacity);
        }

        void sort() {
            for (int index = 0; index < count; index++) {
                sorted[index] = (long) y[index] << INDEX_BITS | index;
            }
            Arrays.sort(sorted, 0, count);
        }

        int yAt(int rank) {
            return (int) (sorted[rank] >>> INDEX_BITS);
        }

        int indexAt(int rank) {
            return (int) sorted[rank] & INDEX_MASK;
        }

        /** The first rank, from {@code rank} on, that lies in {@code bucket} or behind it. */
        int firstRankFrom(int rank, int bucket) {
            int at = rank;
            while (at < count && yAt(at) < bucket * PosRules.BUCKET_WIDTH) {
                at++;
            }
            return at;
        }

        long bytes() {
            return (long) y.length * (Integer.BYTES + 3 * Long.BYTES);
        }
    }
}

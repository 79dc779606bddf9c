package xyz.autonomys.farmer.pos;

/**
 * The arrays of a fast builder, allocated once.
 *
 * <pre>
 * entries of even levels    4441 buckets · 388 slots · 16 B      27.6 MB
 * entries of odd levels     the same; level one uses 4 B each    27.6 MB
 * entries of level three    16 B by generation index             20.1 MB
 * parents, levels 4 to 6    2 · 4 B by generation index each     30.2 MB
 * </pre>
 *
 * That is for indices without gaps, 1.2 · 2^20 of them; a builder with several threads leaves gaps and needs an eighth
 * more of the last two. Levels two and three need no parents, because the entries of level three hold the x values below
 * them, and level seven is never stored.
 */
final class TableMemory {
    /**
     * Slots of a bucket. A random seed fills 236 on average and more than this once in 10^15 buckets. An odd number of
     * cache lines, so that buckets do not compete for the same lines.
     */
    static final int BUCKET_CAPACITY = 388;

    /** Indices without gaps: more than ten times the spread of table sizes above the mean. */
    static final int DENSE_INDICES = (PosRules.X_COUNT / 5 * 6) & -16;

    private static final int LEVEL_WITH_X = 3;
    private static final int LAST_STORED = PosRules.LAST_LEVEL - 1;

    final int bucketCapacity;
    final int indices;
    private final int[] evenEntries;
    private final int[] oddEntries;
    private final int[] evenCounts = new int[PosRules.BUCKETS];
    private final int[] oddCounts = new int[PosRules.BUCKETS];
    private final int[] levelThree;
    private final int[][] parents = new int[LAST_STORED + 1][];

    /**
     * Allocates the arrays.
     *
     * @param bucketCapacity slots of a bucket
     * @param indices one more than the highest generation index, a multiple of {@link Lanes#INT_LANES}
     */
    TableMemory(int bucketCapacity, int indices) {
        this.bucketCapacity = bucketCapacity;
        this.indices = indices;
        // A vector of entries may be read behind the last one.
        int slots = PosRules.BUCKETS * bucketCapacity + Lanes.INT_LANES;
        evenEntries = new int[slots * EntryLayout.INTS];
        oddEntries = new int[slots * EntryLayout.INTS];
        levelThree = new int[indices * EntryLayout.INTS];
        for (int level = LEVEL_WITH_X + 1; level <= LAST_STORED; level++) {
            parents[level] = new int[2 * indices];
        }
    }

    /** Entries of a level by bucket and slot, four ints each, on level one a single one. */
    int[] entries(int level) {
        return level % 2 == 0 ? evenEntries : oddEntries;
    }

    /** Entries in each bucket of a level. May exceed the capacity when a bucket has overflowed. */
    int[] counts(int level) {
        return level % 2 == 0 ? evenCounts : oddCounts;
    }

    /**
     * Generation indices of the parents of levels four to six: those of a vector of left parents, then those of the right
     * parents, so that both parents of an entry are close together. See {@link #leftParent}.
     */
    int[] parents(int level) {
        return parents[level];
    }

    /** Where the left parent of an entry is; the right one is {@link Lanes#INT_LANES} behind. */
    static int leftParent(int index) {
        return index + (index & -Lanes.INT_LANES);
    }

    /** Entries of level three by generation index; their metadata are the four x values below. */
    int[] levelThree() {
        return levelThree;
    }

    long bytes() {
        long ints = evenEntries.length + oddEntries.length + 2L * PosRules.BUCKETS + levelThree.length;
        for (int level = LEVEL_WITH_X + 1; level <= LAST_STORED; level++) {
            ints += parents[level].length;
        }
        return Integer.BYTES * ints;
    }

    /** The proof below an entry of level seven with these parents. */
    byte[] proof(int leftParent, int rightParent) {
        int[] nodes = {leftParent, rightParent};
        for (int level = LAST_STORED; level > LEVEL_WITH_X; level--) {
            int[] below = new int[2 * nodes.length];
            for (int i = 0; i < nodes.length; i++) {
                int at = leftParent(nodes[i]);
                below[2 * i] = parents[level][at];
                below[2 * i + 1] = parents[level][at + Lanes.INT_LANES];
            }
            nodes = below;
        }
        int[] x = new int[PosRules.PROOF_VALUES];
        for (int i = 0; i < nodes.length; i++) {
            int at = nodes[i] * EntryLayout.INTS;
            int mask = PosRules.X_COUNT - 1;
            // 80 bits behind the 26 of y.
            x[4 * i] = (levelThree[at] << 14 | levelThree[at + 1] >>> 18) & mask;
            x[4 * i + 1] = (levelThree[at + 1] << 2 | levelThree[at + 2] >>> 30) & mask;
            x[4 * i + 2] = levelThree[at + 2] >>> 10 & mask;
            x[4 * i + 3] = (levelThree[at + 2] << 10 | levelThree[at + 3] >>> 22) & mask;
        }
        return ProofBytes.pack(x);
    }
}

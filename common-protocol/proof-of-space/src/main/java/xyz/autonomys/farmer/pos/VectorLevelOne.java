package xyz.autonomys.farmer.pos;

/** Level one for the fast builders: the key stream in lanes, entries of one int put straight into their buckets. */
final class VectorLevelOne {
    /** Blocks of key stream at a time: a multiple of five, which hold 128 values, and of the lanes. */
    private static final int BLOCKS = 80;

    /** Values of x at a time. */
    static final int VALUES = BLOCKS * 512 / PosRules.K;

    /** Parts of level one. */
    static final int PARTS = PosRules.X_COUNT / VALUES;

    private static final int LOW_X_BITS = PosRules.K - PosRules.EXTRA_BITS;
    private static final int LOW_X_MASK = (1 << LOW_X_BITS) - 1;

    /** Words that hold eight values. */
    private static final int GROUP_WORDS = 5;

    private static final int GROUP = 8;
    private static final int P_MASK = PosRules.X_COUNT - 1;

    private final int[] planes = new int[ChaCha8.BLOCK_WORDS * Lanes.INT_LANES];
    private final int[] words = new int[BLOCKS * ChaCha8.BLOCK_WORDS];
    private final int[] bits = new int[VALUES];

    /**
     * Adds the entries of one part to the buckets.
     *
     * @param state see {@link ChaCha8#initialState}
     * @param part 0 … {@link #PARTS} - 1
     * @param shared whether other threads add to the same buckets
     * @return false if a bucket overflowed
     */
    boolean add(int[] state, int part, TableMemory memory, boolean shared) {
        KeyStream.generate(state, part * BLOCKS, BLOCKS, planes, words);
        cut(words, bits);
        int[] entries = memory.entries(1);
        int[] counts = memory.counts(1);
        return shared
                ? scatterShared(bits, part * VALUES, entries, counts, memory.bucketCapacity)
                : scatterAlone(bits, part * VALUES, entries, counts, memory.bucketCapacity);
    }

    /** Cuts the words into fields of 20 bits. */
    private static void cut(int[] words, int[] bits) {
        for (int group = 0; group < VALUES / GROUP; group++) {
            int w = group * GROUP_WORDS;
            int out = group * GROUP;
            int w0 = words[w];
            int w1 = words[w + 1];
            int w2 = words[w + 2];
            int w3 = words[w + 3];
            int w4 = words[w + 4];
            bits[out] = w0 >>> 12;
            bits[out + 1] = (w0 << 8 | w1 >>> 24) & P_MASK;
            bits[out + 2] = w1 >>> 4 & P_MASK;
            bits[out + 3] = (w1 << 16 | w2 >>> 16) & P_MASK;
            bits[out + 4] = (w2 << 4 | w3 >>> 28) & P_MASK;
            bits[out + 5] = w3 >>> 8 & P_MASK;
            bits[out + 6] = (w3 << 12 | w4 >>> 20) & P_MASK;
            bits[out + 7] = w4 & P_MASK;
        }
    }

    private static boolean scatterAlone(int[] bits, int firstX, int[] entries, int[] counts, int capacity) {
        int highest = 0;
        for (int i = 0; i < bits.length; i++) {
            int x = firstX + i;
            int y = LevelOne.y(bits[i], x);
            int bucket = EntryLayout.bucket(y);
            int slot = counts[bucket];
            counts[bucket] = slot + 1;
            highest = Math.max(highest, slot);
            entries[bucket * capacity + Math.min(slot, capacity - 1)] = entry(y, bucket, x);
        }
        return highest < capacity;
    }

    private static boolean scatterShared(int[] bits, int firstX, int[] entries, int[] counts, int capacity) {
        int highest = 0;
        for (int i = 0; i < bits.length; i++) {
            int x = firstX + i;
            int y = LevelOne.y(bits[i], x);
            int bucket = EntryLayout.bucket(y);
            int slot = Scatter.takeSlot(counts, bucket);
            highest = Math.max(highest, slot);
            entries[bucket * capacity + Math.min(slot, capacity - 1)] = entry(y, bucket, x);
        }
        return highest < capacity;
    }

    private static int entry(int y, int bucket, int x) {
        return y - bucket * PosRules.BUCKET_WIDTH << LOW_X_BITS | x & LOW_X_MASK;
    }

    /** y of an entry, given the first y of its bucket. */
    static int y(int entry, int firstY) {
        return firstY + (entry >>> LOW_X_BITS);
    }

    /** x of an entry, whose upper bits are the lower ones of its y. */
    static int x(int entry, int y) {
        return (y << LOW_X_BITS | entry & LOW_X_MASK) & P_MASK;
    }
}

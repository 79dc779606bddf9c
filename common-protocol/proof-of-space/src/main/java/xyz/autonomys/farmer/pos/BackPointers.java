package xyz.autonomys.farmer.pos;

/**
 * The parents of every entry of levels two to six. An entry is named by its generation index: entries are numbered in the
 * order of ascending (rank of left parent, rank of right parent), so that this index can stand for the rank wherever the
 * canonical order needs a tie-break (specification 01 §7). On level one the index is x itself.
 */
final class BackPointers {
    private static final int FIRST = 2;
    private static final int LAST = PosRules.LAST_LEVEL - 1;

    private final int[][] left = new int[LAST + 1][];
    private final int[][] right = new int[LAST + 1][];

    BackPointers(int capacity) {
        for (int level = FIRST; level <= LAST; level++) {
            left[level] = new int[capacity];
            right[level] = new int[capacity];
        }
    }

    int[] left(int level) {
        return left[level];
    }

    int[] right(int level) {
        return right[level];
    }

    /** Makes the arrays of a level hold at least {@code capacity} entries. */
    void ensureCapacity(int level, int capacity) {
        if (left[level].length < capacity) {
            left[level] = java.util.Arrays.copyOf(left[level], capacity);
            right[level] = java.util.Arrays.copyOf(right[level], capacity);
        }
    }

    long bytes() {
        long bytes = 0;
        for (int level = FIRST; level <= LAST; level++) {
            bytes += (long) Integer.BYTES * (left[level].length + right[level].length);
        }
        return bytes;
    }

    /** The proof below an entry of level seven with these parents. */
    byte[] proof(int leftParent, int rightParent) {
        int[] x = new int[PosRules.PROOF_VALUES];
        int[] below = new int[PosRules.PROOF_VALUES];
        x[0] = leftParent;
        x[1] = rightParent;
        int count = 2;
        for (int level = LAST; level >= FIRST; level--) {
            for (int i = 0; i < count; i++) {
                below[2 * i] = left[level][x[i]];
                below[2 * i + 1] = right[level][x[i]];
            }
            count *= 2;
            int[] swap = x;
            x = below;
            below = swap;
        }
        return ProofBytes.pack(x);
    }
}

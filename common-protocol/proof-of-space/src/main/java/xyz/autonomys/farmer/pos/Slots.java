package xyz.autonomys.farmer.pos;

import java.util.Arrays;
import xyz.autonomys.farmer.primitives.ProtocolSizes;

/**
 * For each s-bucket the parents of its first entry of level seven, the only one that can become a proof. The rest of
 * level seven is never stored.
 */
final class Slots {
    private static final long EMPTY = Long.MAX_VALUE;

    /** Low six bits of y, then the generation index: the order among entries of one s-bucket. */
    private final long[] order = new long[ProtocolSizes.S_BUCKETS];

    private final int[] left = new int[ProtocolSizes.S_BUCKETS];
    private final int[] right = new int[ProtocolSizes.S_BUCKETS];

    void clear() {
        Arrays.fill(order, EMPTY);
    }

    /** Takes an entry whose y belongs to an s-bucket; the first one in canonical order stays. */
    void offer(int y, int index, int leftParent, int rightParent) {
        int s = PosRules.sBucket(y >>> PosRules.EXTRA_BITS);
        long key = (long) (y & (1 << PosRules.EXTRA_BITS) - 1) << 32 | index;
        if (key < order[s]) {
            order[s] = key;
            left[s] = leftParent;
            right[s] = rightParent;
        }
    }

    /** Takes over what another thread has found. */
    void merge(Slots other) {
        for (int s = 0; s < order.length; s++) {
            if (other.order[s] < order[s]) {
                order[s] = other.order[s];
                left[s] = other.left[s];
                right[s] = other.right[s];
            }
        }
    }

    boolean isEmpty(int sBucket) {
        return order[sBucket] == EMPTY;
    }

    int left(int sBucket) {
        return left[sBucket];
    }

    int right(int sBucket) {
        return right[sBucket];
    }

    /**
     * Writes the parents of the first non-empty slots, in ascending order of s-bucket.
     *
     * @param used receives the set of these s-buckets, 1024 words
     * @param parents receives the left parents from index 0 on and the right ones from {@code rightFrom} on
     * @return how many there are, at most 32,768
     */
    int collect(long[] used, int[] parents, int rightFrom) {
        Arrays.fill(used, 0);
        int count = 0;
        for (int s = 0; s < ProtocolSizes.S_BUCKETS && count < PosTable.MAX_MASKS; s++) {
            if (order[s] != EMPTY) {
                used[s >>> 6] |= 1L << s;
                parents[count] = left[s];
                parents[rightFrom + count] = right[s];
                count++;
            }
        }
        return count;
    }

    static long bytes() {
        return 16L * ProtocolSizes.S_BUCKETS;
    }
}

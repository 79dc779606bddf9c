package xyz.autonomys.farmer.pos;

import xyz.autonomys.farmer.primitives.ProtocolSizes;

/**
 * The numbers and small functions every implementation shares (specification 01 §1, §5, §8).
 *
 * <p>Source: autonomys/subspace, crates/subspace-proof-of-space/src/chiapos/constants.rs and table.rs.
 */
final class PosRules {
    /** Bits of x. */
    static final int K = 20;

    /** Entries of level one. */
    static final int X_COUNT = 1 << K;

    /** Low bits of y that come on top of the K-bit prefix. */
    static final int EXTRA_BITS = 6;

    /** Bits of y. */
    static final int Y_BITS = K + EXTRA_BITS;

    /** Rows of a bucket: modulus of the first matching condition. */
    static final int ROWS = 119;

    /** Columns of a bucket: modulus of the second matching condition. */
    static final int COLUMNS = 127;

    /** Width of a bucket in y. */
    static final int BUCKET_WIDTH = ROWS * COLUMNS;

    /** Buckets, the last one short. */
    static final int BUCKETS = ((1 << Y_BITS) + BUCKET_WIDTH - 1) / BUCKET_WIDTH;

    /** Pairs of neighbouring buckets. */
    static final int BUCKET_PAIRS = BUCKETS - 1;

    /** Right-hand residues that match one left entry. */
    static final int TARGETS = 64;

    /** The highest level. */
    static final int LAST_LEVEL = 7;

    /** x values of a proof. */
    static final int PROOF_VALUES = 64;

    /** Bytes of the key stream that level one reads. */
    static final int KEY_STREAM_BYTES = X_COUNT / 8 * K;

    private PosRules() {}

    /**
     * The residue that a right entry must have to match, for one of the 64 values of {@code m}.
     *
     * @param parity of the left entry's bucket index
     */
    static int target(int parity, int leftResidue, int m) {
        int row = (leftResidue / COLUMNS + m) % ROWS;
        int shift = 2 * m + parity;
        return row * COLUMNS + (shift * shift + leftResidue) % COLUMNS;
    }

    /** The 20-bit prefix that a challenge index asks for: its little-endian bytes read as big-endian, top 20 bits. */
    static int prefix(int challengeIndex) {
        return Integer.reverseBytes(challengeIndex) >>> (Integer.SIZE - K);
    }

    /** Whether an s-bucket has this 20-bit prefix: the bits that no index below 65,536 can set are zero. */
    static boolean isSBucketPrefix(int prefix) {
        return (prefix & 0xF) == 0;
    }

    /** The s-bucket with this prefix, the inverse of {@link #prefix} for s-buckets. */
    static int sBucket(int prefix) {
        return (prefix >>> 4 & 0xFF) << 8 | prefix >>> 12;
    }

    static void checkSBucket(int challengeIndex) {
        if (challengeIndex < 0 || challengeIndex >= ProtocolSizes.S_BUCKETS) {
            throw new IllegalArgumentException("S-bucket out of range: " + Integer.toUnsignedString(challengeIndex)
                    + ", expected 0 to " + (ProtocolSizes.S_BUCKETS - 1));
        }
    }
}

package xyz.autonomys.farmer.pos;

/**
 * The functions f2…f7 for one pair of parents (specification 01 §6): BLAKE3 of y of the left parent and the metadata of
 * both gives a new y and, on levels four to six, new metadata.
 *
 * <p>Metadata is held as its 64 low bits and, for the levels with 80 bits, the 16 bits above. Results are left in {@link
 * #y}, {@link #metaHigh} and {@link #metaLow}. Not for sharing between threads.
 *
 * <p>Source: autonomys/subspace, crates/subspace-proof-of-space/src/chiapos/table.rs ({@code compute_fn}).
 */
final class NodeFunction {
    private static final int FLAGS = Blake3Block.CHUNK_START | Blake3Block.CHUNK_END | Blake3Block.ROOT;

    /** Bytes of hash input by level. */
    private static final int[] INPUT_BYTES = {0, 0, 9, 14, 24, 24, 19, 14};

    private final int[] message = new int[16];
    private final int[] chaining = new int[8];
    private final int[] scratch = new int[16];

    /** 26 bits. */
    int y;

    /** Bits 64…79 of the metadata on levels three and four, else zero. */
    long metaHigh;

    /** The 64 low bits of the metadata. */
    long metaLow;

    /** Computes the node of {@code level} over two parents. */
    void apply(int level, int leftY, long leftHigh, long leftLow, long rightHigh, long rightLow) {
        long yBits = (long) leftY << 38;
        switch (level) {
            case 2 -> hash(level, yBits | leftLow << 18 | rightLow >>> 2, rightLow << 62, 0);
            case 3, 7 -> hash(level, yBits | leftLow >>> 2, leftLow << 62 | rightLow << 22, 0);
            case 4, 5 ->
                hash(
                        level,
                        yBits | leftHigh << 22 | leftLow >>> 42,
                        leftLow << 22 | rightHigh << 6 | rightLow >>> 58,
                        rightLow << 6);
            case 6 -> hash(level, yBits | leftLow >>> 22, leftLow << 42 | rightLow >>> 18, rightLow << 46);
            default -> throw new IllegalArgumentException("Level " + level + " has no function");
        }
        long h0 = bigEndianPair(chaining[0], chaining[1]);
        long h1 = bigEndianPair(chaining[2], chaining[3]);
        long q = h0 & ((1L << 38) - 1);
        y = (int) (h0 >>> 38);
        metaHigh = 0;
        switch (level) {
            case 2 -> metaLow = leftLow << 20 | rightLow;
            case 3 -> {
                metaHigh = leftLow >>> 24;
                metaLow = leftLow << 40 | rightLow;
            }
            case 4 -> {
                metaHigh = q >>> 22;
                metaLow = q << 42 | h1 >>> 22;
            }
            case 5 -> metaLow = q << 22 | h1 >>> 42;
            case 6 -> metaLow = q << 2 | h1 >>> 62;
            default -> metaLow = 0;
        }
    }

    private void hash(int level, long w0, long w1, long w2) {
        setWords(0, w0);
        setWords(2, w1);
        setWords(4, w2);
        Blake3Block.start(chaining);
        Blake3Block.compress(chaining, message, INPUT_BYTES[level], FLAGS, scratch);
    }

    private void setWords(int at, long bigEndian) {
        message[at] = Integer.reverseBytes((int) (bigEndian >>> 32));
        message[at + 1] = Integer.reverseBytes((int) bigEndian);
    }

    private static long bigEndianPair(int first, int second) {
        return (long) Integer.reverseBytes(first) << 32 | Integer.toUnsignedLong(Integer.reverseBytes(second));
    }
}

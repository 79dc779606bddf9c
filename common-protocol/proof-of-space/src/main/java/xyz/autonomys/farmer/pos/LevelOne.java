package xyz.autonomys.farmer.pos;

/**
 * Level one: y of each x is 20 bits of key stream followed by the six top bits of x (specification 01 §4).
 *
 * <p>Source: autonomys/subspace, crates/subspace-proof-of-space/src/chiapos/table.rs ({@code compute_f1}).
 */
final class LevelOne {
    private LevelOne() {}

    /** y of {@code x} given the 20 bits of key stream at bit 20·x. */
    static int y(int keyStreamBits, int x) {
        return keyStreamBits << PosRules.EXTRA_BITS | x >>> (PosRules.K - PosRules.EXTRA_BITS);
    }

    /** Writes y of every x to {@code y}, computing the key stream block by block. */
    static void all(byte[] seed, int[] y) {
        int[] state = ChaCha8.initialState(seed);
        // Five blocks hold 128 values exactly.
        int[] words = new int[5 * ChaCha8.BLOCK_WORDS];
        int counter = 0;
        for (int x = 0; x < PosRules.X_COUNT; ) {
            for (int i = 0; i < 5; i++) {
                ChaCha8.block(state, counter++, words, i * ChaCha8.BLOCK_WORDS);
            }
            for (int i = 0; i < 128; i++, x++) {
                y[x] = y(bits(words, i * PosRules.K), x);
            }
        }
    }

    /** y of a single x, computing only the blocks it needs. */
    static int single(int[] initialState, int x) {
        int firstBit = x * PosRules.K;
        int block = firstBit / 512;
        int bit = firstBit % 512;
        int[] words = new int[2 * ChaCha8.BLOCK_WORDS];
        ChaCha8.block(initialState, block, words, 0);
        if (bit + PosRules.K > 512) {
            ChaCha8.block(initialState, block + 1, words, ChaCha8.BLOCK_WORDS);
        }
        return y(bits(words, bit), x);
    }

    /** 20 bits of the little-endian words, most significant bit of each byte first. */
    private static int bits(int[] words, int bit) {
        int word = bit >>> 5;
        long high = Integer.toUnsignedLong(Integer.reverseBytes(words[word]));
        long low = word + 1 < words.length ? Integer.toUnsignedLong(Integer.reverseBytes(words[word + 1])) : 0;
        return (int) ((high << 32 | low) << (bit & 31) >>> (Long.SIZE - PosRules.K));
    }
}

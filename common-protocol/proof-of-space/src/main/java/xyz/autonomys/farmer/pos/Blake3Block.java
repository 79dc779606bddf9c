package xyz.autonomys.farmer.pos;

/**
 * The BLAKE3 compression of one block, in plain Java. Everything hashed here fits a single chunk, so that its counter is
 * always zero.
 */
final class Blake3Block {
    static final int CHUNK_START = 1;
    static final int CHUNK_END = 2;
    static final int ROOT = 8;

    private static final int[] IV = {
        0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A, 0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19
    };

    private static final int ROUNDS = 7;

    /** Message word used at each place of each round. */
    private static final byte[] SCHEDULE = schedule();

    private Blake3Block() {}

    /** Initial value {@code i} of the chaining value. */
    static int iv(int i) {
        return IV[i];
    }

    /**
     * Compresses {@code message} into {@code chaining}, which is replaced by the first eight output words.
     *
     * @param chaining 8 words
     * @param message 16 words, zero behind {@code length} bytes
     * @param v 16 words of scratch
     */
    static void compress(int[] chaining, int[] message, int length, int flags, int[] v) {
        System.arraycopy(chaining, 0, v, 0, 8);
        System.arraycopy(IV, 0, v, 8, 4);
        v[12] = 0;
        v[13] = 0;
        v[14] = length;
        v[15] = flags;
        for (int s = 0; s < 16 * ROUNDS; s += 16) {
            mix(v, 0, 4, 8, 12, message[SCHEDULE[s]], message[SCHEDULE[s + 1]]);
            mix(v, 1, 5, 9, 13, message[SCHEDULE[s + 2]], message[SCHEDULE[s + 3]]);
            mix(v, 2, 6, 10, 14, message[SCHEDULE[s + 4]], message[SCHEDULE[s + 5]]);
            mix(v, 3, 7, 11, 15, message[SCHEDULE[s + 6]], message[SCHEDULE[s + 7]]);
            mix(v, 0, 5, 10, 15, message[SCHEDULE[s + 8]], message[SCHEDULE[s + 9]]);
            mix(v, 1, 6, 11, 12, message[SCHEDULE[s + 10]], message[SCHEDULE[s + 11]]);
            mix(v, 2, 7, 8, 13, message[SCHEDULE[s + 12]], message[SCHEDULE[s + 13]]);
            mix(v, 3, 4, 9, 14, message[SCHEDULE[s + 14]], message[SCHEDULE[s + 15]]);
        }
        for (int i = 0; i < 8; i++) {
            chaining[i] = v[i] ^ v[i + 8];
        }
    }

    /** Sets {@code chaining} to the initial value. */
    static void start(int[] chaining) {
        System.arraycopy(IV, 0, chaining, 0, 8);
    }

    private static void mix(int[] v, int a, int b, int c, int d, int first, int second) {
        int va = v[a] + v[b] + first;
        int vd = Integer.rotateRight(v[d] ^ va, 16);
        int vc = v[c] + vd;
        int vb = Integer.rotateRight(v[b] ^ vc, 12);
        va += vb + second;
        vd = Integer.rotateRight(vd ^ va, 8);
        vc += vd;
        v[a] = va;
        v[b] = Integer.rotateRight(vb ^ vc, 7);
        v[c] = vc;
        v[d] = vd;
    }

    private static byte[] schedule() {
        int[] permutation = {2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8};
        byte[] schedule = new byte[16 * ROUNDS];
        for (int i = 0; i < 16; i++) {
            schedule[i] = (byte) i;
        }
        for (int i = 16; i < schedule.length; i++) {
            schedule[i] = schedule[i - 16 - i % 16 + permutation[i % 16]];
        }
        return schedule;
    }
}

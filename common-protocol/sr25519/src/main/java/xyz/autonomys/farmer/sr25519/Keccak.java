package xyz.autonomys.farmer.sr25519;

/** The permutation Keccak-f[1600] (FIPS 202, section 3) on 25 lanes, lane (x, y) at 5y + x. */
final class Keccak {
    private static final int ROUNDS = 24;
    private static final long[] ROUND_CONSTANTS = roundConstants();
    private static final int[] ROTATIONS = rotations();

    private Keccak() {}

    static void permute(long[] a) {
        long[] b = new long[25];
        long[] c = new long[5];
        for (int round = 0; round < ROUNDS; round++) {
            for (int x = 0; x < 5; x++) {
                c[x] = a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20];
            }
            for (int x = 0; x < 5; x++) {
                long d = c[(x + 4) % 5] ^ Long.rotateLeft(c[(x + 1) % 5], 1);
                for (int y = 0; y < 25; y += 5) {
                    a[y + x] ^= d;
                }
            }
            for (int x = 0; x < 5; x++) {
                for (int y = 0; y < 5; y++) {
                    b[5 * ((2 * x + 3 * y) % 5) + y] = Long.rotateLeft(a[5 * y + x], ROTATIONS[5 * y + x]);
                }
            }
            for (int y = 0; y < 25; y += 5) {
                for (int x = 0; x < 5; x++) {
                    a[y + x] = b[y + x] ^ ~b[y + (x + 1) % 5] & b[y + (x + 2) % 5];
                }
            }
            a[0] ^= ROUND_CONSTANTS[round];
        }
    }

    private static int[] rotations() {
        int[] rotations = new int[25];
        int x = 1;
        int y = 0;
        for (int t = 0; t < 24; t++) {
            rotations[5 * y + x] = (t + 1) * (t + 2) / 2 % 64;
            int next = (2 * x + 3 * y) % 5;
            x = y;
            y = next;
        }
        return rotations;
    }

    /** The bits of the constants come from a linear feedback shift register. */
    private static long[] roundConstants() {
        long[] constants = new long[ROUNDS];
        int register = 1;
        for (int round = 0; round < ROUNDS; round++) {
            for (int j = 0; j < 7; j++) {
                if ((register & 1) != 0) {
                    constants[round] |= 1L << (1 << j) - 1;
                }
                register = register << 1 ^ (register >>> 7) * 0x171;
            }
        }
        return constants;
    }
}

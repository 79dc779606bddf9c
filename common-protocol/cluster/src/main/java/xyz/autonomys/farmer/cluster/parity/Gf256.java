package xyz.autonomys.farmer.cluster.parity;

/** The field with 256 elements, modulo x^8 + x^4 + x^3 + x^2 + 1 (0x11D), generator 2. Elements are ints 0 to 255. */
final class Gf256 {
    private static final int POLYNOMIAL = 0x11D;
    private static final int ORDER = 255;
    private static final byte[] POWERS = new byte[2 * ORDER];
    private static final int[] LOGARITHMS = new int[256];

    static {
        int value = 1;
        for (int power = 0; power < ORDER; power++) {
            POWERS[power] = (byte) value;
            POWERS[power + ORDER] = (byte) value;
            LOGARITHMS[value] = power;
            value <<= 1;
            if (value > ORDER) {
                value ^= POLYNOMIAL;
            }
        }
    }

    private Gf256() {}

    static int multiply(int a, int b) {
        return a == 0 || b == 0 ? 0 : POWERS[LOGARITHMS[a] + LOGARITHMS[b]] & 0xff;
    }

    /** The inverse of an element that is not zero. */
    static int inverse(int a) {
        if (a == 0) {
            throw new ArithmeticException("zero has no inverse");
        }
        return POWERS[ORDER - LOGARITHMS[a]] & 0xff;
    }
}

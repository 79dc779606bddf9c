package xyz.autonomys.farmer.cluster.parity;

/** Rows a byte at a time, out of a table of all products. */
final class PlainRows implements RowArithmetic {
    private static final byte[][] PRODUCTS = new byte[256][256];

    static {
        for (int a = 0; a < 256; a++) {
            for (int b = 0; b < 256; b++) {
                PRODUCTS[a][b] = (byte) Gf256.multiply(a, b);
            }
        }
    }

    @Override
    public void multiplyAdd(int factor, byte[] source, int sourceOffset, byte[] target, int targetOffset, int length) {
        byte[] products = PRODUCTS[factor];
        for (int i = 0; i < length; i++) {
            target[targetOffset + i] ^= products[source[sourceOffset + i] & 0xff];
        }
    }
}

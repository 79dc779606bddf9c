package xyz.autonomys.farmer.cluster.parity;

/** Arithmetic on rows of bytes, each byte an element of {@link Gf256}. */
interface RowArithmetic {
    /** Adds {@code factor} times the source row to the target row. */
    void multiplyAdd(int factor, byte[] source, int sourceOffset, byte[] target, int targetOffset, int length);
}

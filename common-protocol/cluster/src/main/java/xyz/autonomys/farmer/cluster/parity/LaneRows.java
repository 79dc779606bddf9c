package xyz.autonomys.farmer.cluster.parity;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Rows in vectors. A product is the sum of the products of both nibbles of a byte; each of these is one of sixteen, which
 * a shuffle picks for all lanes at once.
 */
final class LaneRows implements RowArithmetic {
    private static final int WIDEST_BITS = 256;
    private static final VectorSpecies<Byte> SPECIES = ByteVector.SPECIES_PREFERRED.vectorBitSize() >= WIDEST_BITS
            ? ByteVector.SPECIES_256
            : ByteVector.SPECIES_128;
    private static final int NIBBLES = 16;
    private static final byte LOW = 0x0f;

    /** For each factor the products of the low nibbles, as often as they fit into a vector. */
    private static final byte[][] LOW_PRODUCTS = new byte[256][SPECIES.length()];
    /** For each factor the products of the high nibbles. */
    private static final byte[][] HIGH_PRODUCTS = new byte[256][SPECIES.length()];

    static {
        for (int factor = 0; factor < 256; factor++) {
            for (int i = 0; i < SPECIES.length(); i++) {
                LOW_PRODUCTS[factor][i] = (byte) Gf256.multiply(factor, i % NIBBLES);
                HIGH_PRODUCTS[factor][i] = (byte) Gf256.multiply(factor, (i % NIBBLES) << 4);
            }
        }
    }

    private final RowArithmetic rest = new PlainRows();

    @Override
    public void multiplyAdd(int factor, byte[] source, int sourceOffset, byte[] target, int targetOffset, int length) {
        ByteVector low = ByteVector.fromArray(SPECIES, LOW_PRODUCTS[factor], 0);
        ByteVector high = ByteVector.fromArray(SPECIES, HIGH_PRODUCTS[factor], 0);
        int end = SPECIES.loopBound(length);
        for (int i = 0; i < end; i += SPECIES.length()) {
            ByteVector bytes = ByteVector.fromArray(SPECIES, source, sourceOffset + i);
            ByteVector product = bytes.and(LOW)
                    .selectFrom(low)
                    .lanewise(
                            VectorOperators.XOR,
                            bytes.lanewise(VectorOperators.LSHR, 4).selectFrom(high));
            ByteVector.fromArray(SPECIES, target, targetOffset + i)
                    .lanewise(VectorOperators.XOR, product)
                    .intoArray(target, targetOffset + i);
        }
        rest.multiplyAdd(factor, source, sourceOffset + end, target, targetOffset + end, length - end);
    }
}

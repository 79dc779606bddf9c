package xyz.autonomys.farmer.pos;

import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * The vector width of this process, 256 or 512 bits, and the index vectors that turn 16-byte entries into planes and back.
 * One source serves both widths: everything here is a constant to the compiler.
 *
 * <p>The system property {@value #WIDTH_PROPERTY} overrides the processor's preferred width. A wider one than the
 * processor has still gives correct results, orders of magnitude slower; that is how tests check 512 bits anywhere.
 */
final class Lanes {
    static final String WIDTH_PROPERTY = "autonomys.pos.vectorBits";

    /** Bits of a vector. */
    static final int BITS =
            Integer.getInteger(WIDTH_PROPERTY, IntVector.SPECIES_PREFERRED.vectorBitSize()) < 512 ? 256 : 512;

    static final VectorSpecies<Integer> INTS = VectorSpecies.of(int.class, VectorShape.forBitSize(BITS));
    static final VectorSpecies<Byte> BYTES = VectorSpecies.of(byte.class, VectorShape.forBitSize(BITS));
    static final VectorSpecies<Short> SHORTS = VectorSpecies.of(short.class, VectorShape.forBitSize(BITS));
    static final VectorSpecies<Byte> HALF_BYTES = VectorSpecies.of(byte.class, VectorShape.forBitSize(BITS / 2));

    /** An entry of a table. */
    static final VectorSpecies<Integer> ENTRY = IntVector.SPECIES_128;

    /** The keys of a row. */
    static final VectorSpecies<Integer> KEYS = IntVector.SPECIES_256;

    /** The cells of a row. */
    static final VectorSpecies<Short> CELL = ShortVector.SPECIES_128;

    static final int INT_LANES = BITS / Integer.SIZE;
    static final int SHORT_LANES = BITS / Short.SIZE;
    static final int BYTE_LANES = BITS / Byte.SIZE;

    private static final int HALF = INT_LANES / 2;

    /** From two vectors of whole entries: words 0 of all, then words 1. */
    static final IntVector WORDS_01 = indices(i -> i < HALF ? 4 * i : 4 * (i - HALF) + 1);

    /** From two vectors of whole entries: words 2 of all, then words 3. */
    static final IntVector WORDS_23 = indices(i -> i < HALF ? 4 * i + 2 : 4 * (i - HALF) + 3);

    /** The low halves of two vectors. */
    static final IntVector LOW_HALVES = indices(i -> i < HALF ? i : INT_LANES + i - HALF);

    /** The high halves of two vectors. */
    static final IntVector HIGH_HALVES = indices(i -> i < HALF ? HALF + i : INT_LANES + i);

    /** From two such vectors of words 0, 1 and words 2, 3: the first entries. */
    static final IntVector FIRST_ENTRIES = indices(i -> i / 4 + (i & 1) * HALF + (i >> 1 & 1) * INT_LANES);

    /** Likewise the second half of the entries. */
    static final IntVector LAST_ENTRIES =
            indices(i -> i / 4 + INT_LANES / 4 + (i & 1) * HALF + (i >> 1 & 1) * INT_LANES);

    /** 0, 1, 2, … */
    static final IntVector IOTA = indices(i -> i);

    private Lanes() {}

    private interface Index {
        int at(int lane);
    }

    private static IntVector indices(Index index) {
        int[] values = new int[INT_LANES];
        for (int i = 0; i < values.length; i++) {
            values[i] = index.at(i);
        }
        return IntVector.fromArray(INTS, values, 0);
    }
}

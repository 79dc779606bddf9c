package xyz.autonomys.farmer.pos;

/**
 * An entry of levels two to six as the fast builder stores it: four ints read as a string of 128 bits, most significant
 * first.
 *
 * <pre>
 * bits 0…25     y
 * bits 26…      metadata: 40, 80, 80, 60, 40 bits on levels two to six
 * bits 106…127  generation index
 * </pre>
 *
 * So no arrays of y, metadata or index exist, and putting the hash input of a pair together is a shift by a constant.
 */
final class EntryLayout {
    /** Ints of an entry. */
    static final int INTS = 4;

    /** From the first int to y. */
    static final int Y_SHIFT = 6;

    /** The bits of the first int that are metadata. */
    static final int META_MASK = 0x3F;

    /** The generation index in the last int. */
    static final int INDEX_MASK = 0x3F_FFFF;

    /** y · M >>> 40 is the bucket of y, exact for 26 bits. */
    static final long BUCKET_RECIPROCAL = (1L << 40) / PosRules.BUCKET_WIDTH + 1;

    private EntryLayout() {}

    static int bucket(int y) {
        return (int) (y * BUCKET_RECIPROCAL >>> 40);
    }
}

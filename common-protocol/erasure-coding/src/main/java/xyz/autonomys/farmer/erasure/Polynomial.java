package xyz.autonomys.farmer.erasure;

/**
 * A polynomial over the BLS12-381 scalar field, coefficients in ascending powers. Immutable by agreement: the limb array
 * is shared, not copied, because a record's polynomial is a mebibyte.
 *
 * <p>Each coefficient is a canonical integer below the field's modulus in four {@code long} limbs, least significant
 * first, so the array's little-endian memory image is the native library's scalar format.
 */
public final class Polynomial {
    /** Limbs of one coefficient. */
    public static final int LIMBS = 4;

    private final long[] limbs;

    private Polynomial(long[] limbs) {
        this.limbs = limbs;
    }

    /**
     * The polynomial of these coefficients, which are taken over, not copied.
     *
     * @throws IllegalArgumentException if the length is not a multiple of {@value #LIMBS}
     */
    public static Polynomial ofLimbs(long... limbs) {
        if (limbs.length % LIMBS != 0) {
            throw new IllegalArgumentException("coefficients take " + LIMBS + " limbs each, got " + limbs.length);
        }
        return new Polynomial(limbs);
    }

    /** The number of coefficients, trailing zeros included. */
    public int size() {
        return limbs.length / LIMBS;
    }

    /** The limbs themselves; not to be changed. */
    public long[] limbs() {
        return limbs;
    }
}

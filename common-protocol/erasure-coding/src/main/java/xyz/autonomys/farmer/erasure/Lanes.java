package xyz.autonomys.farmer.erasure;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * Vectors of scalars: their width in this process and how an array of scalars is laid out in them.
 *
 * <p>A scalar is five signed digits of radix 2^51 held in doubles, so that fused multiply-add gives exact double-length
 * products of digits. One vector takes one digit of {@link #COUNT} scalars; the five vectors of these scalars, least
 * significant digit first, follow each other and take {@link #STEP} doubles.
 *
 * <p>The system property {@value #WIDTH_PROPERTY} overrides the processor's preferred width. A wider one than the
 * processor has still gives correct results, orders of magnitude slower; that is how tests check every width anywhere.
 */
final class Lanes {
    static final String WIDTH_PROPERTY = "autonomys.erasure.vectorBits";

    /** Bits of a vector. */
    static final int BITS = Integer.getInteger(WIDTH_PROPERTY, DoubleVector.SPECIES_PREFERRED.vectorBitSize());

    static final VectorSpecies<Double> DOUBLES = VectorSpecies.of(double.class, VectorShape.forBitSize(BITS));
    static final VectorSpecies<Long> LONGS = VectorSpecies.of(long.class, VectorShape.forBitSize(BITS));

    /** Scalars in a vector, a power of two. */
    static final int COUNT = BITS / Double.SIZE;

    /** Digits of a scalar. */
    static final int DIGITS = 5;

    /** Bits of a digit; −2^50 … 2^50 when it is balanced. */
    static final int DIGIT_BITS = 51;

    /** From one vector of scalars to the next, in doubles. */
    static final int STEP = DIGITS * COUNT;

    private Lanes() {}

    /** Where the lowest digit of scalar {@code index} stands; the next one is {@link #COUNT} further. */
    static int at(int index) {
        return index / COUNT * STEP + index % COUNT;
    }
}

package xyz.autonomys.farmer.erasure;

import java.util.Arrays;
import java.util.BitSet;

/**
 * Finds the polynomial of lowest degree through the known values of a domain (section 10.2 of the chapter on KZG): with
 * Z zero at the missing points and E = D·Z known on the whole domain, D = E/Z is taken on a coset, where Z is not zero.
 */
final class Recovery {
    private static final int LIMBS = ScalarField.LIMBS;

    /** The coset's shift: a generator of the field, so that no shifted point is a root of unity of the domain. */
    private static final Scalar SHIFT = Scalar.ofLong(7);

    private Recovery() {}

    /**
     * The coefficients of D, the polynomial of degree below the number of known values through all of them.
     *
     * @param values canonical values on the domain of that size, what stands at unknown places does not matter
     * @return as many coefficients as the domain has points
     */
    static long[] coefficients(Domain domain, long[] values, BitSet known) {
        int size = domain.size();
        int[] missing = missing(known, size);
        if (missing.length == 0) {
            long[] result = values.clone();
            domain.inverse(result);
            return result;
        }
        // With at least half missing, D has at most half as many coefficients, and half a coset tells them.
        Domain coset = missing.length >= size / 2 ? Domain.of(size / 2) : domain;
        int cosetSize = coset.size();
        long[] z = vanishingInMontgomeryForm(domain, missing);
        long[] e = Arrays.copyOf(z, size * LIMBS);
        domain.forward(e);
        for (int i = 0; i < size; i++) {
            if (known.get(i)) {
                ScalarField.montgomery(values, i * LIMBS, e, i * LIMBS, e, i * LIMBS);
            } else {
                Arrays.fill(e, i * LIMBS, (i + 1) * LIMBS, 0);
            }
        }
        domain.inverse(e);
        long[] eOnCoset = toCoset(e, coset);
        long[] zOnCoset = toCoset(z, coset);
        invertAll(zOnCoset);
        for (int i = 0; i < cosetSize * LIMBS; i += LIMBS) {
            ScalarField.montgomery(eOnCoset, i, zOnCoset, i, eOnCoset, i);
        }
        coset.inverse(eOnCoset);
        long[] unshift = Domain.powers(SHIFT.inverse(), cosetSize);
        long[] result = new long[size * LIMBS];
        for (int i = 0; i < cosetSize * LIMBS; i += LIMBS) {
            ScalarField.montgomery(eOnCoset, i, unshift, i, result, i);
        }
        return result;
    }

    private static int[] missing(BitSet known, int size) {
        int[] missing = new int[size - known.cardinality()];
        int count = 0;
        for (int i = known.nextClearBit(0); i < size; i = known.nextClearBit(i + 1)) {
            missing[count++] = i;
        }
        return missing;
    }

    /** Z with its leading one; values times it are canonical again. */
    private static long[] vanishingInMontgomeryForm(Domain domain, int... missing) {
        long[] tail = VanishingPolynomial.of(domain, missing);
        long[] z = Arrays.copyOf(tail, tail.length + LIMBS);
        z[tail.length] = 1;
        for (int i = 0; i < z.length; i += LIMBS) {
            ScalarField.toMontgomery(z, i, z, i);
        }
        return z;
    }

    /** Values on the shifted domain; coefficients beyond its size fold back onto the lower ones. */
    private static long[] toCoset(long[] coefficients, Domain coset) {
        int length = coset.size() * LIMBS;
        long[] powers = Domain.powers(SHIFT, coset.size());
        long[] wrapped = Domain.montgomery(SHIFT.power(coset.size()));
        long[] values = new long[length];
        long[] term = new long[LIMBS];
        System.arraycopy(coefficients, 0, values, 0, Math.min(length, coefficients.length));
        for (int i = length; i < coefficients.length; i += LIMBS) {
            ScalarField.montgomery(coefficients, i, wrapped, 0, term, 0);
            ScalarField.add(values, i - length, term, 0, values, i - length);
        }
        for (int i = 0; i < length; i += LIMBS) {
            ScalarField.montgomery(values, i, powers, i, values, i);
        }
        coset.forward(values);
        return values;
    }

    /** Inverts all elements, in Montgomery form, with one inversion; none is zero. */
    static void invertAll(long[] elements) {
        long[] products = new long[elements.length];
        System.arraycopy(elements, 0, products, 0, LIMBS);
        for (int i = LIMBS; i < elements.length; i += LIMBS) {
            ScalarField.montgomery(products, i - LIMBS, elements, i, products, i);
        }
        long[] inverse = new long[LIMBS];
        ScalarField.invertMontgomery(products, elements.length - LIMBS, inverse, 0);
        long[] current = new long[LIMBS];
        for (int i = elements.length - LIMBS; i > 0; i -= LIMBS) {
            System.arraycopy(elements, i, current, 0, LIMBS);
            ScalarField.montgomery(inverse, 0, products, i - LIMBS, elements, i);
            ScalarField.montgomery(inverse, 0, current, 0, inverse, 0);
        }
        System.arraycopy(inverse, 0, elements, 0, LIMBS);
    }
}

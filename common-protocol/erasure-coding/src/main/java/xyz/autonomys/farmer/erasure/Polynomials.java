package xyz.autonomys.farmer.erasure;

/** What is done with polynomials outside erasure coding: interpolation, evaluation, division for witnesses. */
public final class Polynomials {
    private static final int LIMBS = ScalarField.LIMBS;

    private Polynomials() {}

    /**
     * The polynomial of degree below n with the value P(ω_n^i) = chunk i (section 8.1 of the chapter on KZG).
     *
     * @param chunks n canonical scalars of 32 big-endian bytes
     * @param offset where the first begins
     * @param n a power of two up to {@value Domain#MAX_SIZE}
     * @throws InvalidScalarException naming the first chunk that is not canonical
     */
    public static Polynomial interpolate(byte[] chunks, int offset, int n) throws InvalidScalarException {
        Domain domain = Domain.of(n);
        if (ErasureCoding.usesLanes(n)) {
            return LaneRecord.interpolate(chunks, offset, n);
        }
        long[] values = load(chunks, offset, n);
        domain.inverse(values);
        return Polynomial.ofLimbs(values);
    }

    /** The value at {@code x}. */
    public static Scalar evaluate(Polynomial polynomial, Scalar x) {
        long[] point = Domain.montgomery(x);
        long[] coefficients = polynomial.limbs();
        long[] sum = new long[LIMBS];
        for (int i = coefficients.length - LIMBS; i >= 0; i -= LIMBS) {
            ScalarField.montgomery(sum, 0, point, 0, sum, 0);
            ScalarField.add(sum, 0, coefficients, i, sum, 0);
        }
        return Scalar.coefficient(Polynomial.ofLimbs(sum), 0);
    }

    /**
     * The quotient (P(X) − P(x)) / (X − x), one coefficient shorter than P: what a witness commits to (section 8.4).
     */
    public static Polynomial divideByLinear(Polynomial polynomial, Scalar x) {
        long[] point = Domain.montgomery(x);
        long[] coefficients = polynomial.limbs();
        long[] quotient = new long[Math.max(0, coefficients.length - LIMBS)];
        long[] carried = new long[LIMBS];
        for (int i = quotient.length; i > 0; i -= LIMBS) {
            ScalarField.montgomery(carried, 0, point, 0, carried, 0);
            ScalarField.add(carried, 0, coefficients, i, carried, 0);
            System.arraycopy(carried, 0, quotient, i - LIMBS, LIMBS);
        }
        return Polynomial.ofLimbs(quotient);
    }

    /** Without trailing zero coefficients; at least one is kept. */
    public static Polynomial normalize(Polynomial polynomial) {
        long[] coefficients = polynomial.limbs();
        int end = coefficients.length;
        while (end > LIMBS && ScalarField.isZero(coefficients, end - LIMBS)) {
            end -= LIMBS;
        }
        return end == coefficients.length ? polynomial : Polynomial.ofLimbs(java.util.Arrays.copyOf(coefficients, end));
    }

    /** Reads n chunks. */
    static long[] load(byte[] chunks, int offset, int n) throws InvalidScalarException {
        long[] values = new long[n * LIMBS];
        for (int i = 0; i < n; i++) {
            if (!ScalarField.load(chunks, offset + i * ScalarField.BYTES, values, i * LIMBS)) {
                throw new InvalidScalarException(i);
            }
        }
        return values;
    }
}

package xyz.autonomys.farmer.erasure;

import java.util.Arrays;
import java.util.Objects;
import xyz.autonomys.farmer.primitives.ScalarBytes;
import xyz.autonomys.farmer.primitives.hash.Blake3;

/**
 * One element of the BLS12-381 scalar field, for code that handles a few of them. Records are handled as arrays, see
 * {@link ErasureCoding} and {@link Polynomials}.
 */
public final class Scalar {
    /** Zero. */
    public static final Scalar ZERO = ofLong(0);

    /** One. */
    public static final Scalar ONE = ofLong(1);

    private static final int HASH_MASK = 0x3f;

    private final long[] limbs;

    private Scalar(long[] limbs) {
        this.limbs = limbs;
    }

    /** A small non-negative number. */
    public static Scalar ofLong(long value) {
        if (value < 0) {
            throw new IllegalArgumentException("a scalar is not negative, got " + value);
        }
        return new Scalar(new long[] {value, 0, 0, 0});
    }

    /**
     * Reads 32 big-endian bytes.
     *
     * @throws InvalidScalarException if they are not below the modulus; nothing is ever reduced
     */
    public static Scalar of(ScalarBytes bytes) throws InvalidScalarException {
        long[] limbs = new long[ScalarField.LIMBS];
        if (!ScalarField.load(bytes.toBytes(), 0, limbs, 0)) {
            throw new InvalidScalarException(0);
        }
        return new Scalar(limbs);
    }

    /** The element of canonical limbs at {@code index} of a polynomial. */
    public static Scalar coefficient(Polynomial polynomial, int index) {
        int at = Objects.checkIndex(index, polynomial.size()) * ScalarField.LIMBS;
        return new Scalar(Arrays.copyOfRange(polynomial.limbs(), at, at + ScalarField.LIMBS));
    }

    /**
     * BLAKE3 of {@code data} with the two top bits cleared, read big-endian: below 2^254 and so always canonical.
     *
     * <p>Source: autonomys/subspace, crates/subspace-core-primitives/src/hashes.rs.
     */
    public static Scalar hash(byte[] data) {
        byte[] hash = Blake3.hash(data).toBytes();
        hash[0] &= HASH_MASK;
        long[] limbs = new long[ScalarField.LIMBS];
        ScalarField.load(hash, 0, limbs, 0);
        return new Scalar(limbs);
    }

    /** The sum. */
    public Scalar plus(Scalar other) {
        long[] out = new long[ScalarField.LIMBS];
        ScalarField.add(limbs, 0, other.limbs, 0, out, 0);
        return new Scalar(out);
    }

    /** The difference. */
    public Scalar minus(Scalar other) {
        long[] out = new long[ScalarField.LIMBS];
        ScalarField.subtract(limbs, 0, other.limbs, 0, out, 0);
        return new Scalar(out);
    }

    /** The product. */
    public Scalar times(Scalar other) {
        long[] out = new long[ScalarField.LIMBS];
        ScalarField.toMontgomery(limbs, 0, out, 0);
        ScalarField.montgomery(out, 0, other.limbs, 0, out, 0);
        return new Scalar(out);
    }

    /**
     * The inverse.
     *
     * @throws ArithmeticException if this is zero
     */
    public Scalar inverse() {
        if (isZero()) {
            throw new ArithmeticException("zero has no inverse");
        }
        long[] out = new long[ScalarField.LIMBS];
        ScalarField.toMontgomery(limbs, 0, out, 0);
        ScalarField.invertMontgomery(out, 0, out, 0);
        ScalarField.fromMontgomery(out, 0, out, 0);
        return new Scalar(out);
    }

    /** This to the power of a non-negative exponent. */
    public Scalar power(long exponent) {
        if (exponent < 0) {
            throw new IllegalArgumentException("the exponent is not negative, got " + exponent);
        }
        Scalar result = ONE;
        for (int bit = Long.SIZE - Long.numberOfLeadingZeros(exponent) - 1; bit >= 0; bit--) {
            result = result.times(result);
            if ((exponent >>> bit & 1) != 0) {
                result = result.times(this);
            }
        }
        return result;
    }

    /** Whether this is zero. */
    public boolean isZero() {
        return ScalarField.isZero(limbs, 0);
    }

    /** The canonical 32 big-endian bytes. */
    public ScalarBytes toBytes() {
        byte[] bytes = new byte[ScalarField.BYTES];
        ScalarField.store(limbs, 0, bytes, 0);
        return ScalarBytes.of(bytes);
    }

    /** Copies the four limbs, least significant first: the native library's scalar format in little-endian memory. */
    public void copyTo(long[] target, int offset) {
        System.arraycopy(limbs, 0, target, offset, ScalarField.LIMBS);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Scalar that && Arrays.equals(limbs, that.limbs);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(limbs);
    }

    @Override
    public String toString() {
        return toBytes().toHex();
    }
}

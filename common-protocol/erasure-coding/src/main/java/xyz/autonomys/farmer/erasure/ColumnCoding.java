package xyz.autonomys.farmer.erasure;

import java.util.BitSet;

/**
 * The same code across arrays: chunk k of 2n arrays is one column, source at even positions and parity at odd ones. All
 * columns have the same places known, so recovery prepares once what depends on the places.
 *
 * <p>Calls work on a range of columns; threads may work on different ranges of the same arrays. Where vectors are known to
 * work, as many columns as a vector has lanes are coded together.
 */
public final class ColumnCoding {
    private static final int LIMBS = ScalarField.LIMBS;

    private final int n;
    private final Domain domain;

    /** ω_2n^i / n in bit-reversed order, in Montgomery form. */
    private final long[] twist;

    private ColumnCoding(int n) {
        this.n = n;
        this.domain = Domain.of(n);
        this.twist = reversed(
                Domain.geometric(Scalar.ofLong(n).inverse(), Domain.of(2 * n).point(1), n));
    }

    /**
     * The code for columns of n source chunks.
     *
     * @throws IllegalArgumentException unless n is a power of two and 2n at most {@value Domain#MAX_SIZE}
     */
    public static ColumnCoding forSourceChunks(int n) {
        return new ColumnCoding(n);
    }

    /** Elements in the order that transforms leave coefficients in. */
    static long[] reversed(long[] natural) {
        int n = natural.length / LIMBS;
        long[] reversed = new long[natural.length];
        for (int i = 0; i < n; i++) {
            int j = n == 1 ? 0 : Integer.reverse(i) >>> Integer.SIZE - Integer.numberOfTrailingZeros(n);
            System.arraycopy(natural, i * LIMBS, reversed, j * LIMBS, LIMBS);
        }
        return reversed;
    }

    /**
     * Computes the parity chunks of some columns.
     *
     * @param arrays 2n arrays; those at even positions are read, those at odd ones written
     * @param from the first column
     * @param to behind the last one
     * @throws IllegalArgumentException naming a source chunk that is not canonical
     */
    public void extend(byte[][] arrays, int from, int to) {
        int column = from;
        if (LaneColumns.takes(n) && LaneSupport.isReady()) {
            column = LaneColumns.of(n).extend(arrays, from, to);
        }
        long[] values = new long[n * LIMBS];
        for (; column < to; column++) {
            for (int i = 0; i < n; i++) {
                load(arrays, 2 * i, column, values, i);
            }
            domain.inverseToReversed(values);
            multiply(values, twist);
            domain.forwardFromReversed(values);
            for (int i = 0; i < n; i++) {
                ScalarField.store(values, i * LIMBS, arrays[2 * i + 1], column * ScalarField.BYTES);
            }
        }
    }

    /**
     * Prepares recovery from exactly n known places.
     *
     * @throws IllegalArgumentException if there are not n of 2n
     */
    public ColumnRecovery recovery(BitSet known) {
        if (known.cardinality() != n || known.length() > 2 * n) {
            throw new IllegalArgumentException("columns are recovered from exactly " + n + " of " + 2 * n
                    + " places, not from " + known.cardinality() + " of " + Math.max(2 * n, known.length()));
        }
        return new ColumnRecovery(n, known);
    }

    static void load(byte[][] arrays, int position, int column, long[] values, int index) {
        if (!ScalarField.load(arrays[position], column * ScalarField.BYTES, values, index * LIMBS)) {
            throw notCanonical(position, column);
        }
    }

    static IllegalArgumentException notCanonical(int position, int column) {
        return new IllegalArgumentException(
                "chunk " + column + " of the piece at position " + position + " is not a canonical scalar");
    }

    /** values[i] *= factors[i], factors in Montgomery form. */
    static void multiply(long[] values, long[] factors) {
        for (int i = 0; i < values.length; i += LIMBS) {
            ScalarField.montgomery(values, i, factors, i, values, i);
        }
    }
}

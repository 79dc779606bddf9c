package xyz.autonomys.farmer.erasure;

import java.util.BitSet;

/**
 * Erasure coding of rate one half (section 10 of the chapter on KZG): n source chunks are the values of a polynomial of
 * degree below n at the even points of the domain of size 2n, the parity chunks its values at the odd ones. Any n of the
 * 2n chunks give all.
 *
 * <p>Chunks are canonical scalars of 32 big-endian bytes, n is a power of two up to 2^15.
 */
public final class ErasureCoding {
    private static final int LIMBS = ScalarField.LIMBS;
    private static final int BYTES = ScalarField.BYTES;

    /** Shorter sequences are done in plain Java and do not even start the test of vectors. */
    private static final int SMALLEST_IN_LANES = 1024;

    private final int n;
    private final Domain source;
    private final Domain extended;
    private final long[] twist;

    /** Whether vectors may be used once they are known to work. */
    private final boolean mayUseLanes;

    private ErasureCoding(int n, boolean mayUseLanes) {
        this.n = n;
        this.source = Domain.of(n);
        this.extended = Domain.of(2 * n);
        this.twist = twist(n, extended);
        this.mayUseLanes = mayUseLanes && n >= SMALLEST_IN_LANES && n <= Domain.MAX_SIZE / 2;
    }

    /**
     * The code for n source chunks. Holds a table of 32·n bytes; safe for use by any number of threads.
     *
     * @throws IllegalArgumentException unless n is a power of two and 2n at most {@value Domain#MAX_SIZE}
     */
    public static ErasureCoding forSourceChunks(int n) {
        return new ErasureCoding(n, true);
    }

    /** The same without vectors. */
    static ErasureCoding inPlainJava(int n) {
        return new ErasureCoding(n, false);
    }

    /** How long sequences are coded in this process, for logs and the console: in vectors or in plain Java. */
    public static String describe() {
        return LaneSupport.describe();
    }

    /**
     * Waits until it is known whether vectors can be used, which takes a second or two once per process. Nothing else
     * waits for it: until then plain Java is used, which gives the same bytes.
     *
     * @param seconds how long at most
     * @return whether they are used from now on
     * @throws InterruptedException if interrupted while waiting
     */
    public static boolean awaitVectors(long seconds) throws InterruptedException {
        return LaneSupport.awaitReady(seconds);
    }

    /** Whether {@code n} chunks are worth vectors, and these are known to work. */
    static boolean usesLanes(int n) {
        return n >= SMALLEST_IN_LANES && n <= Domain.MAX_SIZE / 2 && LaneSupport.isReady();
    }

    /**
     * Computes the parity chunks.
     *
     * @param sourceChunks n chunks
     * @param sourceOffset where the first begins
     * @param parityChunks receives n chunks; may be the same array at the same offset
     * @param parityOffset where the first goes
     * @throws InvalidScalarException naming the first source chunk that is not canonical
     */
    public void extend(byte[] sourceChunks, int sourceOffset, byte[] parityChunks, int parityOffset)
            throws InvalidScalarException {
        if (mayUseLanes && LaneSupport.isReady()) {
            LaneRecord.of(n).extend(sourceChunks, sourceOffset, parityChunks, parityOffset);
            return;
        }
        long[] values = Polynomials.load(sourceChunks, sourceOffset, n);
        source.inverseToReversed(values);
        for (int i = 0; i < n * LIMBS; i += LIMBS) {
            ScalarField.montgomery(values, i, twist, i, values, i);
        }
        source.forwardFromReversed(values);
        for (int i = 0; i < n; i++) {
            ScalarField.store(values, i * LIMBS, parityChunks, parityOffset + i * BYTES);
        }
    }

    /**
     * Recovers all 2n chunks in place. What stands at the unknown places is replaced; known chunks stay.
     *
     * @param chunks 2n chunks, source and parity interleaved
     * @param known which of them are known
     * @throws InvalidScalarException naming the first known chunk that is not canonical
     * @throws TooManyMissingException if fewer than n are known
     */
    public void recover(byte[] chunks, BitSet known) throws InvalidScalarException, TooManyMissingException {
        if (recoversInLanes(chunks, known)) {
            LaneRecovery.of(n).recover(chunks, known);
            return;
        }
        long[] coefficients = recoverCoefficients(chunks, known);
        extended.forward(coefficients);
        for (int i = known.nextClearBit(0); i < 2 * n; i = known.nextClearBit(i + 1)) {
            ScalarField.store(coefficients, i * LIMBS, chunks, i * BYTES);
        }
    }

    /**
     * Recovers the n source chunks.
     *
     * @param chunks 2n chunks, source and parity interleaved
     * @param known which of them are known
     * @param sourceChunks receives n chunks
     * @throws InvalidScalarException naming the first known chunk that is not canonical
     * @throws TooManyMissingException if fewer than n are known
     */
    public void recoverSource(byte[] chunks, BitSet known, byte[] sourceChunks)
            throws InvalidScalarException, TooManyMissingException {
        if (recoversInLanes(chunks, known)) {
            LaneRecovery.of(n).recoverSource(chunks, known, sourceChunks);
            return;
        }
        long[] coefficients = recoverCoefficients(chunks, known);
        // The even points of the large domain are the small one, on which coefficients n and above fold back.
        for (int i = 0; i < n * LIMBS; i += LIMBS) {
            ScalarField.add(coefficients, i, coefficients, i + n * LIMBS, coefficients, i);
        }
        source.forward(coefficients);
        for (int i = 0; i < n; i++) {
            ScalarField.store(coefficients, i * LIMBS, sourceChunks, i * BYTES);
        }
    }

    /**
     * Recovers the polynomial, trailing zeros trimmed. With exactly n known chunks it has at most n coefficients; with
     * more, known chunks that contradict each other make it longer, which no check here can tell from an error.
     *
     * @param chunks 2n chunks, source and parity interleaved
     * @param known which of them are known
     * @throws InvalidScalarException naming the first known chunk that is not canonical
     * @throws TooManyMissingException if fewer than n are known
     */
    public Polynomial recoverPolynomial(byte[] chunks, BitSet known)
            throws InvalidScalarException, TooManyMissingException {
        return Polynomials.normalize(
                recoversInLanes(chunks, known)
                        ? LaneRecovery.of(n).recoverPolynomial(chunks, known)
                        : Polynomial.ofLimbs(recoverCoefficients(chunks, known)));
    }

    /** Vectors take what plotting and proving have, exactly half of the chunks. */
    private boolean recoversInLanes(byte[] chunks, BitSet known) throws TooManyMissingException {
        checkRecoverable(chunks, known);
        return mayUseLanes && known.cardinality() == n && LaneSupport.isReady();
    }

    private void checkRecoverable(byte[] chunks, BitSet known) throws TooManyMissingException {
        if (chunks.length != 2 * n * BYTES) {
            throw new IllegalArgumentException(
                    "recovery takes " + 2 * n * BYTES + " bytes, " + 2 * n + " chunks, got " + chunks.length);
        }
        if (known.length() > 2 * n) {
            throw new IllegalArgumentException("chunk " + (known.length() - 1) + " of " + 2 * n + " cannot be known");
        }
        if (known.cardinality() < n) {
            throw new TooManyMissingException(known.cardinality(), 2 * n);
        }
    }

    private long[] recoverCoefficients(byte[] chunks, BitSet known) throws InvalidScalarException {
        long[] values = new long[2 * n * LIMBS];
        for (int i = known.nextSetBit(0); i >= 0; i = known.nextSetBit(i + 1)) {
            if (!ScalarField.load(chunks, i * BYTES, values, i * LIMBS)) {
                throw new InvalidScalarException(i);
            }
        }
        return Recovery.coefficients(extended, values, known);
    }

    /** ω_2n^i / n in bit-reversed order, in Montgomery form. */
    private static long[] twist(int n, Domain extended) {
        return ColumnCoding.reversed(Domain.geometric(Scalar.ofLong(n).inverse(), extended.point(1), n));
    }
}

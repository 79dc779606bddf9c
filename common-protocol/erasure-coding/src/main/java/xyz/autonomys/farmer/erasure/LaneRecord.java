package xyz.autonomys.farmer.erasure;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** Interpolation and extension of one long sequence of chunks in vectors. */
final class LaneRecord {
    private static final int BYTES = ScalarField.BYTES;
    private static final int LIMBS = ScalarField.LIMBS;

    private final int n;
    private final int log;
    private final LaneTransform transform;
    private final LaneTransform.Forward odd;

    private static final ConcurrentMap<Integer, LaneRecord> SHARED = new ConcurrentHashMap<>();

    /** The shared one for n chunks. */
    static LaneRecord of(int n) {
        return SHARED.computeIfAbsent(n, LaneRecord::new);
    }

    /** For n chunks, a power of two that {@link LaneTransform#whole} takes. */
    LaneRecord(int n) {
        this.n = n;
        this.log = Integer.numberOfTrailingZeros(n);
        this.transform = LaneTransform.whole(n);
        this.odd = transform.forward(Domain.of(2 * n).point(1));
    }

    /** Whether n chunks are enough to fill vectors, and not too many. */
    static boolean takes(int n) {
        return n >= LaneTransform.SMALLEST && n <= LaneTransform.LARGEST;
    }

    /** As {@link ErasureCoding#extend}. */
    void extend(byte[] source, int sourceOffset, byte[] parity, int parityOffset) throws InvalidScalarException {
        double[] data = load(source, sourceOffset, n, 1);
        transform.inverse(data, 0);
        odd.apply(data, 0);
        long[] limbs = new long[LIMBS];
        for (int i = 0; i < n; i++) {
            LaneScalars.take(data, Lanes.at(i), log, limbs, 0);
            ScalarField.store(limbs, 0, parity, parityOffset + i * BYTES);
        }
    }

    /** As {@link Polynomials#interpolate}. */
    static Polynomial interpolate(byte[] chunks, int offset, int n) throws InvalidScalarException {
        double[] data = load(chunks, offset, n, 1);
        LaneTransform.whole(n).inverse(data, 0);
        return coefficients(data, Integer.numberOfTrailingZeros(n));
    }

    /** The coefficients that stand in bit-reversed order, divided by a power of two. */
    static Polynomial coefficients(double[] reversed, int shift) {
        int n = reversed.length / Lanes.DIGITS;
        int unused = Integer.SIZE - Integer.numberOfTrailingZeros(n);
        long[] limbs = new long[n * LIMBS];
        for (int i = 0; i < n; i++) {
            LaneScalars.take(reversed, Lanes.at(i), shift, limbs, (Integer.reverse(i) >>> unused) * LIMBS);
        }
        return Polynomial.ofLimbs(limbs);
    }

    /** Reads n chunks, each {@code stride} chunks after the last. */
    static double[] load(byte[] chunks, int offset, int n, int stride) throws InvalidScalarException {
        double[] data = new double[n * Lanes.DIGITS];
        for (int i = 0; i < n; i++) {
            if (!LaneScalars.load(chunks, offset + i * stride * BYTES, data, Lanes.at(i))) {
                throw new InvalidScalarException(i);
            }
        }
        return data;
    }
}

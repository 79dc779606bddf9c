package xyz.autonomys.farmer.erasure;

import static xyz.autonomys.farmer.erasure.Lanes.COUNT;
import static xyz.autonomys.farmer.erasure.Lanes.STEP;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** Column coding in vectors: each lane has a column of its own. */
final class LaneColumns {
    private static final int SMALLEST = 16;
    private static final int LARGEST = 1024;
    private static final int BYTES = ScalarField.BYTES;
    private static final int LIMBS = ScalarField.LIMBS;
    private static final ConcurrentMap<Integer, LaneColumns> SHARED = new ConcurrentHashMap<>();

    private final int n;
    private final LaneTransform transform;
    private final LaneTransform.Forward even;
    private final LaneTransform.Forward odd;
    private final LaneTransform.Forward shifted;

    private LaneColumns(int n) {
        this.n = n;
        this.transform = LaneTransform.independent(n);
        this.even = transform.forward(Scalar.ONE);
        this.odd = transform.forward(Domain.of(2 * n).point(1));
        this.shifted = transform.forward(Scalar.ofLong(7));
    }

    /** The shared one for n source chunks. */
    static LaneColumns of(int n) {
        return SHARED.computeIfAbsent(n, LaneColumns::new);
    }

    /** Whether columns of n source chunks are coded in vectors. */
    static boolean takes(int n) {
        return n >= SMALLEST && n <= LARGEST;
    }

    /** The factors of a recovery in all lanes. */
    static final class Weights {
        private final ColumnRecovery recovery;
        private final double[] evenVanishing;
        private final double[] oddVanishing;
        private final double[] evenFactors;
        private final double[] oddFactors;
        private final double[] inverseVanishing;
        private final double[] unshift;

        Weights(ColumnRecovery recovery) {
            this.recovery = recovery;
            this.evenVanishing = inAllLanes(recovery.evenVanishing);
            this.oddVanishing = inAllLanes(recovery.oddVanishing);
            this.evenFactors = inAllLanes(recovery.evenFactors);
            this.oddFactors = inAllLanes(recovery.oddFactors);
            this.inverseVanishing = inAllLanes(recovery.inverseVanishing);
            this.unshift = inAllLanes(recovery.unshift);
        }

        private static double[] inAllLanes(long[] montgomery) {
            double[] lanes = new double[montgomery.length / LIMBS * STEP];
            for (int i = 0; i < montgomery.length / LIMBS; i++) {
                for (int lane = 0; lane < COUNT; lane++) {
                    LaneScalars.putConstant(montgomery, i * LIMBS, lanes, i * STEP + lane);
                }
            }
            return lanes;
        }
    }

    /**
     * As {@link ColumnCoding#extend}, as far as columns fill vectors.
     *
     * @return the first column that was not done
     */
    int extend(byte[][] arrays, int from, int to) {
        double[] data = new double[n * STEP];
        int shift = Integer.numberOfTrailingZeros(n);
        int column = from;
        for (; column + COUNT <= to; column += COUNT) {
            for (int i = 0; i < n; i++) {
                load(arrays, 2 * i, column, data, i);
            }
            transform.inverse(data, 0);
            odd.apply(data, 0);
            for (int i = 0; i < n; i++) {
                store(data, i, shift, arrays[2 * i + 1], column);
            }
        }
        return column;
    }

    /**
     * As {@link ColumnRecovery#recover}, as far as columns fill vectors.
     *
     * @return the first column that was not done
     */
    int recover(byte[][] arrays, Weights weights, int from, int to) {
        double[] evens = new double[n * STEP];
        double[] odds = new double[n * STEP];
        int column = from;
        for (; column + COUNT <= to; column += COUNT) {
            for (int i = 0; i < 2 * n; i++) {
                double[] data = i % 2 == 0 ? evens : odds;
                if (weights.recovery.isKnown(i)) {
                    load(arrays, i, column, data, i / 2);
                } else {
                    java.util.Arrays.fill(data, i / 2 * STEP, (i / 2 + 1) * STEP, 0);
                }
            }
            multiply(evens, weights.evenVanishing);
            multiply(odds, weights.oddVanishing);
            transform.inverse(evens, 0);
            transform.inverse(odds, 0);
            multiply(evens, weights.evenFactors);
            multiply(odds, weights.oddFactors);
            LaneArithmetic.add(evens, 0, odds, 0, evens, 0, n);
            LaneArithmetic.reduce(evens, 0, STEP, n);
            shifted.apply(evens, 0);
            multiply(evens, weights.inverseVanishing);
            transform.inverse(evens, 0);
            multiply(evens, weights.unshift);
            System.arraycopy(evens, 0, odds, 0, odds.length);
            even.apply(evens, 0);
            odd.apply(odds, 0);
            for (int i = 0; i < 2 * n; i++) {
                if (!weights.recovery.isKnown(i) && arrays[i] != null) {
                    store(i % 2 == 0 ? evens : odds, i / 2, 0, arrays[i], column);
                }
            }
        }
        return column;
    }

    private void multiply(double[] data, double[] factors) {
        LaneArithmetic.multiply(data, 0, STEP, factors, 0, STEP, data, 0, STEP, n);
    }

    private static void load(byte[][] arrays, int position, int column, double[] data, int index) {
        for (int lane = 0; lane < COUNT; lane++) {
            if (!LaneScalars.load(arrays[position], (column + lane) * BYTES, data, index * STEP + lane)) {
                throw ColumnCoding.notCanonical(position, column + lane);
            }
        }
    }

    private static void store(double[] data, int index, int shift, byte[] array, int column) {
        long[] limbs = new long[LIMBS];
        for (int lane = 0; lane < COUNT; lane++) {
            LaneScalars.take(data, index * STEP + lane, shift, limbs, 0);
            ScalarField.store(limbs, 0, array, (column + lane) * BYTES);
        }
    }
}

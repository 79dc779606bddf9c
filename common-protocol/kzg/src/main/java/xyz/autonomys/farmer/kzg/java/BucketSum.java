package xyz.autonomys.farmer.kzg.java;

import static xyz.autonomys.farmer.kzg.java.CurvePoints.AFFINE;
import static xyz.autonomys.farmer.kzg.java.CurvePoints.POINT;

import xyz.autonomys.farmer.erasure.ScalarField;
import xyz.autonomys.farmer.kzg.curve.WorkCrew;

/**
 * Sums Σ k_i·P_i of many affine points by Pippenger's method: scalars are cut into windows of c bits with signed digits;
 * for one window all points with the same digit, up to sign, are added into its bucket, and a running sum over the
 * buckets weighs them by their digits. Windows are independent and are spread over the threads.
 */
final class BucketSum {
    private static final int SCALAR_BITS = 255;
    private static final int SMALLEST_WINDOW = 3;

    private final long[] affine;
    private final long[] scalars;
    private final int count;
    private final int window;
    private final int windows;

    BucketSum(long[] affine, long[] scalars, int count) {
        this.affine = affine;
        this.scalars = scalars;
        this.count = count;
        // The window at which adding into buckets and summing these up together take the fewest additions.
        int log = Integer.SIZE - Integer.numberOfLeadingZeros(count);
        this.window = Math.max(SMALLEST_WINDOW, log - 4);
        this.windows = SCALAR_BITS / window + 1;
    }

    /** The sum. */
    long[] compute(WorkCrew crew) {
        short[] digits = digits();
        long[] sums = new long[windows * POINT];
        crew.forEach(windows, w -> sumWindow(digits, w, sums));
        CurvePoints curve = new CurvePoints();
        long[] total = new long[POINT];
        for (int w = windows - 1; w >= 0; w--) {
            for (int i = 0; i < window; i++) {
                curve.twice(total, 0, total, 0);
            }
            curve.add(total, 0, sums, w * POINT, total, 0);
        }
        return total;
    }

    /** The digits from −2^(c−1) to 2^(c−1), window by window. */
    private short[] digits() {
        short[] digits = new short[windows * count];
        int half = 1 << window - 1;
        for (int i = 0; i < count; i++) {
            int carry = 0;
            for (int w = 0; w < windows; w++) {
                int digit = bits(i * ScalarField.LIMBS, w * window) + carry;
                carry = digit > half ? 1 : 0;
                digits[w * count + i] = (short) (digit - (carry << window));
            }
        }
        return digits;
    }

    private int bits(int scalar, int from) {
        int limb = from / Long.SIZE;
        int shift = from % Long.SIZE;
        if (limb >= ScalarField.LIMBS) {
            return 0;
        }
        long bits = scalars[scalar + limb] >>> shift;
        if (shift + window > Long.SIZE && limb + 1 < ScalarField.LIMBS) {
            bits |= scalars[scalar + limb + 1] << Long.SIZE - shift;
        }
        return (int) bits & (1 << window) - 1;
    }

    private void sumWindow(short[] digits, int w, long[] sums) {
        CurvePoints curve = new CurvePoints();
        int half = 1 << window - 1;
        long[] buckets = new long[half * POINT];
        for (int i = 0; i < count; i++) {
            int digit = digits[w * count + i];
            if (digit != 0) {
                curve.addAffine(buckets, (Math.abs(digit) - 1) * POINT, affine, i * AFFINE, digit < 0);
            }
        }
        long[] running = new long[POINT];
        int sum = w * POINT;
        for (int bucket = half - 1; bucket >= 0; bucket--) {
            curve.add(running, 0, buckets, bucket * POINT, running, 0);
            curve.add(sums, sum, running, 0, sums, sum);
        }
    }
}

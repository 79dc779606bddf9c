package xyz.autonomys.farmer.erasure;

import static xyz.autonomys.farmer.erasure.LaneArithmetic.STRIP;
import static xyz.autonomys.farmer.erasure.Lanes.COUNT;
import static xyz.autonomys.farmer.erasure.Lanes.STEP;

/**
 * Values of the monic polynomial with n given roots at the n-th roots of unity.
 *
 * <p>A tree of products, all in values: a factor of degree h is known at the h-th roots of unity. For the product with
 * another one its values at twice as many points are needed; the extension of erasure coding gives those in between. It
 * extends the polynomial of degree below h with the same values, which is P − (X^h − 1), and at the new points X^h is −1:
 * so the values of P are smaller by two. First each lane has factors of its own; when one is left in each, the lanes'
 * factors are multiplied as whole sequences.
 */
final class LaneVanishing {
    /** Degree of the factors that are made root by root. */
    private static final int LEAF = 8;

    private final int n;
    private final double[] leafPoints = new double[LEAF * STEP];
    private final Level[] levels;

    LaneVanishing(int n) {
        this.n = n;
        for (int i = 0; i < LEAF; i++) {
            System.arraycopy(LaneScalars.constant(Domain.of(LEAF).point(i)), 0, leafPoints, i * STEP, STEP);
        }
        this.levels = new Level[Integer.numberOfTrailingZeros(n / LEAF)];
        for (int i = 0, degree = LEAF; degree < n; i++, degree *= 2) {
            levels[i] = new Level(degree, degree >= n / COUNT);
        }
    }

    /** What the step from degree h to 2h needs. */
    private static final class Level {
        private final LaneTransform transform;
        private final LaneTransform.Forward odd;
        /** The inverse transform multiplies by h, so 2h here is two in the end. */
        private final double[] two;
        /** Two factors of h are taken back in the product. */
        private final double[] scale;

        Level(int degree, boolean whole) {
            this.transform = whole ? LaneTransform.whole(degree) : LaneTransform.independent(degree);
            this.odd = transform.forward(Domain.of(2 * degree).point(1));
            this.two = LaneScalars.constant(Scalar.ofLong(2L * degree));
            Scalar square = Scalar.ofLong((long) degree * degree);
            this.scale = LaneScalars.constant(square.inverse());
        }

        int degree() {
            return transform.size();
        }

        /** h times the values between the given ones. */
        void toOdd(double[] values, int at, int lanes) {
            transform.inverse(values, at);
            for (int digit = 0; digit < STEP; digit += COUNT) {
                for (int lane = 0; lane < lanes; lane++) {
                    values[at + digit + lane] -= two[digit + lane];
                }
            }
            odd.apply(values, at);
        }

        /** Products of the values between the given ones. */
        void multiplyOdd(double[] a, int aAt, double[] b, int bAt, double[] out, int outAt, int outStep, int count) {
            double[] scaled = new double[STRIP * STEP];
            for (int done = 0; done < count; done += STRIP) {
                int now = Math.min(STRIP, count - done);
                LaneArithmetic.multiply(a, aAt + done * STEP, STEP, scale, 0, 0, scaled, 0, STEP, now);
                multiplyEven(scaled, 0, b, bAt + done * STEP, out, outAt + done * outStep, outStep, now);
            }
        }
    }

    /** Products of values, reduced. */
    private static void multiplyEven(
            double[] a, int aAt, double[] b, int bAt, double[] out, int outAt, int outStep, int count) {
        for (int done = 0; done < count; done += STRIP) {
            int now = Math.min(STRIP, count - done);
            int from = done * STEP;
            int to = outAt + done * outStep;
            LaneArithmetic.multiply(a, aAt + from, STEP, b, bAt + from, STEP, out, to, outStep, now);
            LaneArithmetic.reduce(out, to, outStep, now);
        }
    }

    /**
     * The values, natural order, reduced and in Montgomery form.
     *
     * @param roots n scalars, reduced and in Montgomery form
     */
    double[] values(double[] roots) {
        double[] values = leaves(roots);
        int level = 0;
        for (int groups = n / LEAF / COUNT; groups > 1; groups /= 2, level++) {
            values = multiplyGroups(levels[level], values, groups);
        }
        double[][] factors = factorsOfLanes(values);
        for (int count = COUNT; count > 1; count /= 2, level++) {
            double[][] products = new double[count / 2][];
            for (int i = 0; i < count / 2; i++) {
                products[i] = multiplyWhole(levels[level], factors[i], factors[i + count / 2]);
            }
            factors = products;
        }
        return factors[0];
    }

    private double[] leaves(double[] roots) {
        double[] values = new double[roots.length];
        double[] difference = new double[LEAF * STEP];
        for (int leaf = 0; leaf < values.length; leaf += LEAF * STEP) {
            LaneArithmetic.subtractOne(leafPoints, 0, roots, leaf, values, leaf, LEAF);
            LaneArithmetic.reduce(values, leaf, STEP, LEAF);
            for (int root = 1; root < LEAF; root++) {
                LaneArithmetic.subtractOne(leafPoints, 0, roots, leaf + root * STEP, difference, 0, LEAF);
                LaneArithmetic.reduce(difference, 0, STEP, LEAF);
                LaneArithmetic.multiply(values, leaf, STEP, difference, 0, STEP, values, leaf, STEP, LEAF);
            }
            LaneArithmetic.reduce(values, leaf, STEP, LEAF);
        }
        return values;
    }

    /** Multiplies each group of factors in the first half by one in the second. */
    private static double[] multiplyGroups(Level level, double[] values, int groups) {
        int length = level.degree() * STEP;
        double[] odd = values.clone();
        for (int group = 0; group < groups; group++) {
            level.toOdd(odd, group * length, COUNT);
        }
        double[] products = new double[values.length];
        for (int group = 0; group < groups / 2; group++) {
            int a = group * length;
            int b = a + groups / 2 * length;
            multiplyEven(values, a, values, b, products, 2 * a, 2 * STEP, level.degree());
            level.multiplyOdd(odd, a, odd, b, products, 2 * a + STEP, 2 * STEP, level.degree());
        }
        return products;
    }

    private static double[][] factorsOfLanes(double[] values) {
        int degree = values.length / STEP;
        double[][] factors = new double[COUNT][degree * Lanes.DIGITS];
        for (int lane = 0; lane < COUNT; lane++) {
            double[] factor = factors[lane];
            for (int i = 0; i < degree; i++) {
                copy(values, i * STEP + lane, factor, Lanes.at(i));
            }
        }
        return factors;
    }

    private static double[] multiplyWhole(Level level, double[] a, double[] b) {
        double[] oddA = a.clone();
        double[] oddB = b.clone();
        level.toOdd(oddA, 0, 1);
        level.toOdd(oddB, 0, 1);
        int vectors = a.length / STEP;
        multiplyEven(a, 0, b, 0, a, 0, STEP, vectors);
        level.multiplyOdd(oddA, 0, oddB, 0, oddA, 0, STEP, vectors);
        double[] products = new double[2 * a.length];
        for (int i = 0; i < level.degree(); i++) {
            copy(a, Lanes.at(i), products, Lanes.at(2 * i));
            copy(oddA, Lanes.at(i), products, Lanes.at(2 * i + 1));
        }
        return products;
    }

    private static void copy(double[] from, int fromAt, double[] to, int toAt) {
        for (int digit = 0; digit < STEP; digit += COUNT) {
            to[toAt + digit] = from[fromAt + digit];
        }
    }
}

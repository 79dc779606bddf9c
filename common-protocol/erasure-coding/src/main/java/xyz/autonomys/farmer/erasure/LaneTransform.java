package xyz.autonomys.farmer.erasure;

import static xyz.autonomys.farmer.erasure.LaneArithmetic.STRIP;
import static xyz.autonomys.farmer.erasure.Lanes.COUNT;
import static xyz.autonomys.farmer.erasure.Lanes.STEP;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Number-theoretic transforms of n scalars in vectors, in two kinds: of one sequence whose neighbours share a vector, or
 * of as many independent sequences as a vector has lanes, where vector i holds element i of each.
 *
 * <p>{@link #inverse} goes from natural to bit-reversed order and leaves out the division by n. It treats the input as a
 * polynomial and takes it modulo X^n − 1, then modulo X^(n/2) ∓ 1, and so on; all pairs of a block share one factor.
 * {@link Forward} goes back from bit-reversed to natural order, on the domain or on a coset g·ω^k of it; it joins the
 * values of the even and the odd half of a polynomial, and all blocks of a level share the factors g^(n/2h)·ω_2h^k.
 *
 * <p>The levels whose pairs lie in one vector run on a transposed copy of a few vectors at a time. Inputs may be
 * canonical digits as loaded, outputs are reduced.
 */
final class LaneTransform {
    /** The smallest sequence in one piece: its transposed groups must fill vectors. */
    static final int SMALLEST = Math.max(64, COUNT * COUNT);

    /** The largest one. */
    static final int LARGEST = 1 << 15;

    /** Vectors of scalars that the second-level cache keeps; larger parts are finished half by half. */
    private static final int CACHED = 1024;

    private static final ConcurrentMap<Integer, LaneTransform> WHOLE = new ConcurrentHashMap<>();
    private static final ConcurrentMap<Integer, LaneTransform> INDEPENDENT = new ConcurrentHashMap<>();

    private final int size;
    private final boolean whole;
    private final int vectors;
    private final int log;

    /** Vectors of a transposed group per column; a group is COUNT times as many. */
    private final int group;

    /** Factor of block b of any level in all lanes; the first block's is one. */
    private final double[] blockFactors;

    /** Per level within a vector, largest first: for every first column of a block and every row, its factor. */
    private final double[][] rowFactors;

    private LaneTransform(int size, boolean whole) {
        this.size = size;
        this.whole = whole;
        this.vectors = whole ? size / COUNT : size;
        this.log = Integer.numberOfTrailingZeros(size);
        this.group = whole ? Math.min(16, vectors / COUNT) : 0;
        long[] powers = Domain.powers(Domain.of(size).point(-1), Math.max(1, size / 2));
        this.blockFactors = new double[Math.max(1, vectors / 2) * STEP];
        for (int block = 0; block < Math.max(1, vectors / 2); block++) {
            for (int lane = 0; lane < COUNT; lane++) {
                put(powers, block, blockFactors, block * STEP + lane);
            }
        }
        this.rowFactors = new double[whole ? Integer.numberOfTrailingZeros(COUNT) : 0][];
        for (int level = 0; level < rowFactors.length; level++) {
            int blocks = 1 << level;
            rowFactors[level] = new double[blocks * vectors / COUNT * STEP];
            for (int block = 0; block < blocks; block++) {
                for (int row = 0; row < vectors; row++) {
                    int at = (block * vectors / COUNT + row / COUNT) * STEP + row % COUNT;
                    put(powers, row * blocks + block, rowFactors[level], at);
                }
            }
        }
    }

    /** The power whose exponent is the block with its bits reversed. */
    private void put(long[] powers, int block, double[] lanes, int at) {
        int exponent = log <= 1 ? 0 : Integer.reverse(block) >>> Integer.SIZE - (log - 1);
        LaneScalars.putConstant(powers, exponent * ScalarField.LIMBS, lanes, at);
    }

    /** For one sequence of {@code size} scalars, a power of two from {@link #SMALLEST} to {@link #LARGEST}. */
    static LaneTransform whole(int size) {
        return WHOLE.computeIfAbsent(size, n -> new LaneTransform(n, true));
    }

    /** For one sequence of {@code size} scalars, a power of two, in every lane. */
    static LaneTransform independent(int size) {
        return INDEPENDENT.computeIfAbsent(size, n -> new LaneTransform(n, false));
    }

    /** Scalars in a sequence. */
    int size() {
        return size;
    }

    /** Values to coefficients times n. */
    void inverse(double[] data, int at) {
        double[] products = new double[STRIP * STEP];
        inverse(data, at, vectors, 0, products);
        if (whole) {
            inverseInVectors(data, at, products);
        }
    }

    private void inverse(double[] data, int at, int length, int block, double[] products) {
        if (length > CACHED) {
            inverseBlock(data, at, length, block, products);
            inverse(data, at, length / 2, 2 * block, products);
            inverse(data, at + length / 2 * STEP, length / 2, 2 * block + 1, products);
            return;
        }
        for (int part = length, blocks = 1; part > 1; part /= 2, blocks *= 2) {
            if (part / 2 >= blocks) {
                for (int i = 0; i < blocks; i++) {
                    inverseBlock(data, at + i * part * STEP, part, block * blocks + i, products);
                }
                continue;
            }
            int half = part / 2 * STEP;
            for (int k = 0; k < half; k += STEP) {
                strip(
                        data,
                        at + k,
                        half,
                        2 * half,
                        blockFactors,
                        block * blocks * STEP,
                        STEP,
                        blocks,
                        reducesInverse(part / 2),
                        products);
            }
        }
    }

    private void inverseBlock(double[] data, int at, int length, int block, double[] products) {
        int half = length / 2;
        boolean reduces = reducesInverse(half);
        if (block == 0) {
            // The factor is one.
            if (reduces) {
                LaneArithmetic.reducedButterflies(data, at, at + half * STEP, STEP, data, at + half * STEP, STEP, half);
            } else {
                LaneArithmetic.butterflies(data, at, at + half * STEP, STEP, data, at + half * STEP, STEP, half);
            }
            return;
        }
        strip(data, at, half * STEP, STEP, blockFactors, block * STEP, 0, half, reduces, products);
    }

    /** Every second level reduces, the last one among them. */
    private boolean reducesInverse(int halfVectors) {
        return reducesLog(Integer.numberOfTrailingZeros(whole ? halfVectors * COUNT : halfVectors));
    }

    private static boolean reducesLog(int logOfHalf) {
        return (logOfHalf & 1) == 0;
    }

    /** Butterflies of {@code count} pairs, the second of each multiplied first. */
    private static void strip(
            double[] data,
            int at,
            int distance,
            int step,
            double[] factors,
            int factorAt,
            int factorStep,
            int count,
            boolean reduces,
            double[] products) {
        for (int done = 0; done < count; done += STRIP) {
            int now = Math.min(STRIP, count - done);
            int a = at + done * step;
            int b = a + distance;
            LaneArithmetic.multiply(
                    data, b, step, factors, factorAt + done * factorStep, factorStep, products, 0, STEP, now);
            if (reduces) {
                LaneArithmetic.reducedButterflies(data, a, b, step, products, 0, STEP, now);
            } else {
                LaneArithmetic.butterflies(data, a, b, step, products, 0, STEP, now);
            }
        }
    }

    private void inverseInVectors(double[] data, int at, double[] products) {
        double[] columns = new double[group * COUNT * STEP];
        int rowGroups = vectors / COUNT;
        for (int row = 0; row < rowGroups; row += group) {
            transpose(data, at + row * COUNT * STEP, columns, true);
            for (int level = 0, d = COUNT / 2; d >= 1; level++, d /= 2) {
                for (int block = 0; block < 1 << level; block++) {
                    for (int k = 0; k < d; k++) {
                        int a = (block * 2 * d + k) * group * STEP;
                        strip(
                                columns,
                                a,
                                d * group * STEP,
                                STEP,
                                rowFactors[level],
                                (block * rowGroups + row) * STEP,
                                STEP,
                                group,
                                reducesLog(Integer.numberOfTrailingZeros(d)),
                                products);
                    }
                }
            }
            transpose(data, at + row * COUNT * STEP, columns, false);
        }
    }

    /** Copies a group of vectors so that those of a column follow each other, or back. */
    private void transpose(double[] data, int at, double[] columns, boolean there) {
        for (int g = 0; g < group; g++) {
            for (int lane = 0; lane < COUNT; lane++) {
                int row = at + (g * COUNT + lane) * STEP;
                for (int digit = 0; digit < STEP; digit += COUNT) {
                    for (int c = 0; c < COUNT; c++) {
                        int column = (c * group + g) * STEP + digit + lane;
                        if (there) {
                            columns[column] = data[row + digit + c];
                        } else {
                            data[row + digit + c] = columns[column];
                        }
                    }
                }
            }
        }
    }

    /** The transform from coefficients in bit-reversed order to values at g·ω^k in natural order. */
    Forward forward(Scalar shift) {
        return new Forward(this, shift);
    }

    /** A forward transform with its tables. */
    static final class Forward {
        private final LaneTransform domain;
        /** Per level between vectors, with h vectors from one of a pair to the other: from h − 1 on, h vectors. */
        private final double[] factors;
        /** Per level within a vector, with d lanes from one of a pair to the other: from d − 1 on, d constants. */
        private final double[] columnFactors;

        private Forward(LaneTransform domain, Scalar shift) {
            this.domain = domain;
            this.factors = new double[Math.max(1, domain.vectors - 1) * STEP];
            this.columnFactors = new double[domain.whole ? (COUNT - 1) * STEP : 0];
            Scalar[] shifts = new Scalar[domain.log + 1];
            shifts[domain.log] = shift;
            for (int i = domain.log - 1; i >= 0; i--) {
                shifts[i] = shifts[i + 1].times(shifts[i + 1]);
            }
            int inVector = domain.whole ? COUNT : 1;
            for (int half = 1, scale = 1; half < domain.size; half *= 2, scale++) {
                long[] values =
                        Domain.geometric(shifts[scale], Domain.of(2 * half).point(1), half);
                for (int k = 0; k < half; k++) {
                    if (half >= inVector) {
                        int vector = half / inVector - 1 + k / inVector;
                        for (int lane = domain.whole ? k % COUNT : 0;
                                lane < (domain.whole ? k % COUNT + 1 : COUNT);
                                lane++) {
                            LaneScalars.putConstant(values, k * ScalarField.LIMBS, factors, vector * STEP + lane);
                        }
                    } else {
                        for (int lane = 0; lane < COUNT; lane++) {
                            LaneScalars.putConstant(
                                    values, k * ScalarField.LIMBS, columnFactors, (half - 1 + k) * STEP + lane);
                        }
                    }
                }
            }
        }

        /** Transforms in place. */
        void apply(double[] data, int at) {
            double[] products = new double[STRIP * STEP];
            if (domain.whole) {
                inVectors(data, at, products);
            }
            between(data, at, domain.vectors, products);
        }

        private void between(double[] data, int at, int length, double[] products) {
            if (length > CACHED) {
                between(data, at, length / 2, products);
                between(data, at + length / 2 * STEP, length / 2, products);
                int half = length / 2;
                strip(data, at, half * STEP, STEP, factors, (half - 1) * STEP, STEP, half, reduces(half), products);
                return;
            }
            for (int half = 1; half < length; half *= 2) {
                int blocks = length / 2 / half;
                int distance = half * STEP;
                int factorAt = (half - 1) * STEP;
                if (half >= blocks) {
                    for (int i = 0; i < blocks; i++) {
                        strip(
                                data,
                                at + i * 2 * distance,
                                distance,
                                STEP,
                                factors,
                                factorAt,
                                STEP,
                                half,
                                reduces(half),
                                products);
                    }
                } else {
                    for (int k = 0; k < distance; k += STEP) {
                        strip(
                                data,
                                at + k,
                                distance,
                                2 * distance,
                                factors,
                                factorAt + k,
                                0,
                                blocks,
                                reduces(half),
                                products);
                    }
                }
            }
        }

        private boolean reduces(int halfVectors) {
            return reducesScale(Integer.numberOfTrailingZeros(domain.whole ? halfVectors * COUNT : halfVectors));
        }

        /** Every second level reduces, the last one among them. */
        private boolean reducesScale(int scale) {
            return (domain.log - 1 - scale & 1) == 0;
        }

        private void inVectors(double[] data, int at, double[] products) {
            int group = domain.group;
            double[] columns = new double[group * COUNT * STEP];
            for (int row = 0; row < domain.vectors / COUNT; row += group) {
                domain.transpose(data, at + row * COUNT * STEP, columns, true);
                for (int d = 1; d < COUNT; d *= 2) {
                    for (int block = 0; block < COUNT; block += 2 * d) {
                        for (int k = 0; k < d; k++) {
                            strip(
                                    columns,
                                    (block + k) * group * STEP,
                                    d * group * STEP,
                                    STEP,
                                    columnFactors,
                                    (d - 1 + k) * STEP,
                                    0,
                                    group,
                                    reducesScale(Integer.numberOfTrailingZeros(d)),
                                    products);
                        }
                    }
                }
                domain.transpose(data, at + row * COUNT * STEP, columns, false);
            }
        }
    }
}

package xyz.autonomys.farmer.erasure;

import java.util.concurrent.atomic.AtomicReferenceArray;
import xyz.autonomys.farmer.primitives.ScalarBytes;

/**
 * The n-th roots of unity in natural order, n a power of two up to 2^16, and the number-theoretic transforms over them.
 * Instances are shared; their tables are built at first use and kept (128 bytes a point).
 *
 * <p>ω_n = 7^((r−1)/n). Source: the constants SCALE2_ROOT_OF_UNITY of rust-kzg, blst/src/consts.rs.
 */
public final class Domain {
    /** Largest size, that of an extended record. */
    public static final int MAX_SIZE = 1 << 16;

    private static final String ROOT_OF_MAX_SIZE = "2155379d12180caa88f39a78f1aeb57867a665ae1fcadc91d7118f85cd96b8ad";
    private static final int LIMBS = ScalarField.LIMBS;
    private static final AtomicReferenceArray<Domain> SHARED =
            new AtomicReferenceArray<>(Integer.numberOfTrailingZeros(MAX_SIZE) + 1);

    private final int size;
    private final Scalar root;
    private final long[] roots;
    private final long[] inverseRoots;
    private final long[] inverseSize;

    private Domain(int size) {
        this.size = size;
        this.root = rootOf(size);
        this.roots = powers(root, Math.max(1, size / 2));
        this.inverseRoots = powers(root.inverse(), Math.max(1, size / 2));
        this.inverseSize = montgomery(Scalar.ofLong(size).inverse());
    }

    /**
     * The domain of {@code size} points.
     *
     * @throws IllegalArgumentException unless it is a power of two from 1 to {@value #MAX_SIZE}
     */
    public static Domain of(int size) {
        if (size < 1 || Integer.bitCount(size) != 1) {
            throw new IllegalArgumentException("a power-of-two length is expected, got " + size);
        }
        if (size > MAX_SIZE) {
            throw new IllegalArgumentException("length " + size + " is longer than the largest domain, " + MAX_SIZE);
        }
        int scale = Integer.numberOfTrailingZeros(size);
        Domain domain = SHARED.get(scale);
        if (domain == null) {
            // Two threads may build the same tables; the first one counts.
            SHARED.compareAndSet(scale, null, new Domain(size));
            domain = SHARED.get(scale);
        }
        return domain;
    }

    /** Number of points. */
    public int size() {
        return size;
    }

    /** The point ω_n^index; the index counts modulo n. */
    public Scalar point(int index) {
        return root.power(Math.floorMod(index, size));
    }

    /** Coefficients to values, natural order in a bit-reversed one out. */
    void forwardToReversed(long[] values) {
        decimateInFrequency(values, roots);
    }

    /** Values to coefficients times n, natural order in, bit-reversed one out. */
    void inverseToReversed(long[] values) {
        decimateInFrequency(values, inverseRoots);
    }

    /** Coefficients in bit-reversed order to values in natural order. */
    void forwardFromReversed(long[] values) {
        decimateInTime(values, roots);
    }

    /** Values in bit-reversed order to coefficients times n in natural order. */
    void inverseFromReversed(long[] values) {
        decimateInTime(values, inverseRoots);
    }

    /** Coefficients to values, natural order in and out. */
    void forward(long[] values) {
        reverse(values);
        decimateInTime(values, roots);
    }

    /** Values to coefficients, natural order in and out. */
    void inverse(long[] values) {
        reverse(values);
        decimateInTime(values, inverseRoots);
        for (int i = 0; i < size * LIMBS; i += LIMBS) {
            ScalarField.montgomery(values, i, inverseSize, 0, values, i);
        }
    }

    /** n^{-1} in Montgomery form. */
    long[] inverseSize() {
        return inverseSize;
    }

    private void decimateInFrequency(long[] values, long[] table) {
        for (int length = size; length >= 2; length >>>= 1) {
            int half = length / 2 * LIMBS;
            int stride = size / length * LIMBS;
            for (int start = 0; start < size * LIMBS; start += 2 * half) {
                for (int j = start, k = 0; j < start + half; j += LIMBS, k += stride) {
                    differenceButterfly(values, j, j + half, table, k);
                }
            }
        }
    }

    private void decimateInTime(long[] values, long[] table) {
        for (int length = 2; length <= size; length <<= 1) {
            int half = length / 2 * LIMBS;
            int stride = size / length * LIMBS;
            for (int start = 0; start < size * LIMBS; start += 2 * half) {
                for (int j = start, k = 0; j < start + half; j += LIMBS, k += stride) {
                    productButterfly(values, j, j + half, table, k);
                }
            }
        }
    }

    /** (a, b) → (a + b, (a − b)·w). */
    private static void differenceButterfly(long[] values, int a, int b, long[] table, int w) {
        ScalarField.sumAndDifference(values, a, b);
        if (w != 0) {
            ScalarField.montgomery(values, b, table, w, values, b);
        }
    }

    /** (a, b) → (a + b·w, a − b·w). */
    private static void productButterfly(long[] values, int a, int b, long[] table, int w) {
        if (w != 0) {
            ScalarField.montgomery(values, b, table, w, values, b);
        }
        ScalarField.sumAndDifference(values, a, b);
    }

    private void reverse(long[] values) {
        int shift = Integer.numberOfLeadingZeros(size) + 1;
        for (int i = 1; i < size - 1; i++) {
            int j = Integer.reverse(i) >>> shift;
            if (i < j) {
                for (int limb = 0; limb < LIMBS; limb++) {
                    long swapped = values[i * LIMBS + limb];
                    values[i * LIMBS + limb] = values[j * LIMBS + limb];
                    values[j * LIMBS + limb] = swapped;
                }
            }
        }
    }

    private static Scalar rootOf(int size) {
        try {
            Scalar root = Scalar.of(ScalarBytes.fromHex(ROOT_OF_MAX_SIZE));
            for (int n = MAX_SIZE; n > size; n >>>= 1) {
                root = root.times(root);
            }
            return root;
        } catch (InvalidScalarException e) {
            throw new IllegalStateException(e);
        }
    }

    /** base^0 … base^(count−1) in Montgomery form. */
    static long[] powers(Scalar base, int count) {
        return geometric(Scalar.ONE, base, count);
    }

    /** first·base^0 … first·base^(count−1) in Montgomery form. */
    static long[] geometric(Scalar first, Scalar base, int count) {
        long[] factor = montgomery(base);
        long[] table = new long[count * LIMBS];
        System.arraycopy(montgomery(first), 0, table, 0, LIMBS);
        for (int i = LIMBS; i < table.length; i += LIMBS) {
            ScalarField.montgomery(table, i - LIMBS, factor, 0, table, i);
        }
        return table;
    }

    /** The Montgomery form of one element. */
    static long[] montgomery(Scalar scalar) {
        long[] limbs = new long[LIMBS];
        scalar.copyTo(limbs, 0);
        ScalarField.toMontgomery(limbs, 0, limbs, 0);
        return limbs;
    }
}

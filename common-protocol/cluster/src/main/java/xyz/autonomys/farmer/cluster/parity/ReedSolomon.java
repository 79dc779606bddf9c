package xyz.autonomys.farmer.cluster.parity;

import java.util.Arrays;

/**
 * A systematic Reed-Solomon code over GF(2^8). Data is cut into {@code k} rows of equal length, the last one filled up
 * with zeros. Fragment {@code i} below {@code k} is row {@code i}; fragment {@code i} from {@code k} to 255 is the sum of
 * all rows {@code j}, each times 1 / (i + j) (a Cauchy matrix, so any {@code k} fragments determine the rows). A fragment
 * depends on its number and {@code k} only, not on how many fragments are kept. Thread-safe.
 */
public final class ReedSolomon {
    /** Fragments that the code knows. */
    public static final int MAX_FRAGMENTS = 256;

    /** Rows are combined in blocks that stay in the processor's cache. */
    private static final int BLOCK_BYTES = 16 << 10;

    private final int dataFragments;
    private final RowArithmetic chosen;

    /**
     * A code.
     *
     * @param dataFragments how many fragments suffice, 1 to 128
     */
    public ReedSolomon(int dataFragments) {
        this(dataFragments, null);
    }

    /** A code that computes in a given way; null for the best there is. */
    ReedSolomon(int dataFragments, RowArithmetic arithmetic) {
        if (dataFragments < 1 || dataFragments > MAX_FRAGMENTS / 2) {
            throw new IllegalArgumentException("a code has 1 to 128 data fragments, got " + dataFragments);
        }
        this.dataFragments = dataFragments;
        this.chosen = arithmetic;
    }

    /** Bytes of each fragment of {@code length} bytes of data. */
    public int fragmentBytes(int length) {
        return Math.ceilDiv(length, dataFragments);
    }

    /**
     * Writes one fragment of {@code data}.
     *
     * @param number which, 0 to 255
     * @param target has room for {@link #fragmentBytes} behind {@code offset}
     */
    public void encode(int number, byte[] data, byte[] target, int offset) {
        int row = fragmentBytes(data.length);
        Arrays.fill(target, offset, offset + row, (byte) 0);
        if (number < dataFragments) {
            System.arraycopy(
                    data, startOf(number, row, data.length), target, offset, lengthOf(number, row, data.length));
            return;
        }
        RowArithmetic rows = arithmetic();
        for (int from = 0; from < row; from += BLOCK_BYTES) {
            for (int j = 0; j < dataFragments; j++) {
                int length = Math.min(BLOCK_BYTES, lengthOf(j, row, data.length) - from);
                if (length > 0) {
                    rows.multiplyAdd(factor(number, j), data, j * row + from, target, offset + from, length);
                }
            }
        }
    }

    /**
     * Rebuilds the data.
     *
     * @param numbers of the fragments given, all different, exactly as many as suffice
     * @param fragments their bytes
     * @param offset where the bytes of each fragment begin in its array
     * @param data filled; its length is that of the data
     */
    public void decode(int[] numbers, byte[][] fragments, int offset, byte[] data) {
        if (numbers.length != dataFragments || fragments.length != dataFragments) {
            throw new IllegalArgumentException(
                    dataFragments + " fragments are needed, got " + numbers.length + " numbers");
        }
        int row = fragmentBytes(data.length);
        boolean[] present = new boolean[dataFragments];
        boolean complete = true;
        for (int i = 0; i < dataFragments; i++) {
            if (numbers[i] < dataFragments) {
                present[numbers[i]] = true;
                System.arraycopy(
                        fragments[i],
                        offset,
                        data,
                        startOf(numbers[i], row, data.length),
                        lengthOf(numbers[i], row, data.length));
            } else {
                complete = false;
            }
        }
        if (complete) {
            return;
        }
        int[][] inverse = inverse(numbers);
        RowArithmetic rows = arithmetic();
        for (int j = 0; j < dataFragments; j++) {
            if (present[j]) {
                continue;
            }
            int length = lengthOf(j, row, data.length);
            int start = startOf(j, row, data.length);
            Arrays.fill(data, start, start + length, (byte) 0);
            for (int from = 0; from < length; from += BLOCK_BYTES) {
                int block = Math.min(BLOCK_BYTES, length - from);
                for (int i = 0; i < dataFragments; i++) {
                    if (inverse[j][i] != 0) {
                        rows.multiplyAdd(inverse[j][i], fragments[i], offset + from, data, j * row + from, block);
                    }
                }
            }
        }
    }

    private RowArithmetic arithmetic() {
        return chosen == null ? Rows.best() : chosen;
    }

    /** Bytes of data in row {@code j}; the rest of it is zero. */
    private static int lengthOf(int j, int row, int length) {
        return Math.clamp((long) length - (long) j * row, 0, row);
    }

    /** Where row {@code j} begins; behind short data there are empty rows. */
    private static int startOf(int j, int row, int length) {
        return Math.min(j * row, length);
    }

    private static int factor(int number, int j) {
        return Gf256.inverse(number ^ j);
    }

    /** The inverse of the matrix whose rows make the fragments with these numbers. */
    private int[][] inverse(int... numbers) {
        int k = dataFragments;
        int[][] work = new int[k][2 * k];
        for (int i = 0; i < k; i++) {
            for (int j = 0; j < k; j++) {
                work[i][j] = numbers[i] < k ? (numbers[i] == j ? 1 : 0) : factor(numbers[i], j);
            }
            work[i][k + i] = 1;
        }
        for (int column = 0; column < k; column++) {
            int pivot = column;
            while (pivot < k && work[pivot][column] == 0) {
                pivot++;
            }
            if (pivot == k) {
                throw new IllegalArgumentException("fragments " + Arrays.toString(numbers) + " are not all different");
            }
            int[] swapped = work[pivot];
            work[pivot] = work[column];
            work[column] = swapped;
            int scale = Gf256.inverse(swapped[column]);
            for (int j = 0; j < 2 * k; j++) {
                swapped[j] = Gf256.multiply(swapped[j], scale);
            }
            for (int i = 0; i < k; i++) {
                int factor = work[i][column];
                if (i != column && factor != 0) {
                    for (int j = 0; j < 2 * k; j++) {
                        work[i][j] ^= Gf256.multiply(factor, swapped[j]);
                    }
                }
            }
        }
        int[][] inverse = new int[k][];
        for (int i = 0; i < k; i++) {
            inverse[i] = Arrays.copyOfRange(work[i], k, 2 * k);
        }
        return inverse;
    }
}

package xyz.autonomys.farmer.erasure;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Columns are coded like sequences, in plain Java and in vectors. */
class ColumnCodingTest {
    private static final int N = 128;
    private static final int COLUMNS = 11;
    private static final int BYTES = ScalarField.BYTES;

    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);
    private final byte[][] whole = whole();

    /** 2n arrays of some columns, coded one by one as sequences. */
    private byte[][] whole() {
        byte[][] arrays = new byte[2 * N][COLUMNS * BYTES];
        byte[] parity = new byte[N * BYTES];
        for (int column = 0; column < COLUMNS; column++) {
            byte[] source = LaneRecordTest.random(N, random);
            if (column == 3) {
                Arrays.fill(source, (byte) 0);
            }
            try {
                ErasureCoding.inPlainJava(N).extend(source, 0, parity, 0);
            } catch (InvalidScalarException e) {
                throw new IllegalStateException(e);
            }
            for (int i = 0; i < N; i++) {
                System.arraycopy(source, i * BYTES, arrays[2 * i], column * BYTES, BYTES);
                System.arraycopy(parity, i * BYTES, arrays[2 * i + 1], column * BYTES, BYTES);
            }
        }
        return arrays;
    }

    private byte[][] only(BitSet known) {
        byte[][] arrays = new byte[2 * N][];
        for (int i = 0; i < 2 * N; i++) {
            arrays[i] = known.get(i) ? whole[i].clone() : new byte[COLUMNS * BYTES];
        }
        return arrays;
    }

    private static BitSet evens() {
        BitSet evens = new BitSet();
        IntStream.range(0, N).forEach(i -> evens.set(2 * i));
        return evens;
    }

    @Test
    void extendsEachColumn() {
        byte[][] arrays = only(evens());
        ColumnCoding.forSourceChunks(N).extend(arrays, 0, COLUMNS);
        assertArrayEquals(whole, arrays, "seed " + seed);
        byte[][] inLanes = only(evens());
        int done = LaneColumns.of(N).extend(inLanes, 1, COLUMNS);
        assertEquals(1 + (COLUMNS - 1) / Lanes.COUNT * Lanes.COUNT, done);
        assertRangeDone(inLanes, done);
    }

    @Test
    void recoversEachColumn() {
        List<Integer> all = IntStream.range(0, 2 * N).boxed().collect(Collectors.toList());
        Collections.shuffle(all, random);
        BitSet some = new BitSet();
        all.subList(0, N).forEach(some::set);
        BitSet last = new BitSet();
        last.set(N, 2 * N);
        for (BitSet known : List.of(some, last, evens())) {
            ColumnRecovery recovery = ColumnCoding.forSourceChunks(N).recovery(known);
            byte[][] arrays = only(known);
            recovery.recover(arrays, 0, COLUMNS);
            assertArrayEquals(whole, arrays, "seed " + seed);
            byte[][] inLanes = only(known);
            int done = LaneColumns.of(N).recover(inLanes, new LaneColumns.Weights(recovery), 1, COLUMNS);
            assertRangeDone(inLanes, done);
            arrays = only(known);
            int unwanted = known.nextClearBit(0);
            arrays[unwanted] = null;
            recovery.recover(arrays, 0, COLUMNS);
            arrays[unwanted] = whole[unwanted];
            assertArrayEquals(whole, arrays, "seed " + seed);
        }
    }

    private void assertRangeDone(byte[][] arrays, int done) {
        for (int i = 0; i < 2 * N; i++) {
            assertArrayEquals(
                    Arrays.copyOfRange(whole[i], BYTES, done * BYTES),
                    Arrays.copyOfRange(arrays[i], BYTES, done * BYTES),
                    "position " + i + ", seed " + seed);
        }
    }

    @Test
    void namesWhatIsNoScalar() {
        byte[][] arrays = only(evens());
        Arrays.fill(arrays[6], 2 * BYTES, 3 * BYTES, (byte) 0xff);
        ColumnCoding code = ColumnCoding.forSourceChunks(N);
        String expected = "chunk 2 of the piece at position 6 is not a canonical scalar";
        assertEquals(expected, refusal(() -> code.extend(arrays, 0, COLUMNS)));
        assertEquals(expected, refusal(() -> LaneColumns.of(N).extend(arrays, 0, COLUMNS)));
        assertEquals(expected, refusal(() -> code.recovery(evens()).recover(arrays, 0, COLUMNS)));
        BitSet more = evens();
        more.set(1);
        assertTrue(refusal(() -> code.recovery(more)).contains("exactly 128 of 256 places, not from 129"));
    }

    private static String refusal(org.junit.jupiter.api.function.Executable work) {
        return assertThrows(IllegalArgumentException.class, work).getMessage();
    }
}

package xyz.autonomys.farmer.erasure;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Recovery in vectors from every kind of half gives what was there. */
class LaneRecoveryTest {
    private static final int BYTES = ScalarField.BYTES;

    @Test
    void recoversFromAnyHalf() throws Exception {
        int n = 1024;
        long seed = System.nanoTime();
        Random random = new Random(seed);
        BitSet even = new BitSet();
        IntStream.range(0, n).forEach(i -> even.set(2 * i));
        BitSet odd = new BitSet();
        IntStream.range(0, n).forEach(i -> odd.set(2 * i + 1));
        BitSet first = new BitSet();
        first.set(0, n);
        BitSet last = new BitSet();
        last.set(n, 2 * n);
        for (BitSet known : List.of(even, odd, first, last, half(n, random), half(n, random))) {
            check(LaneRecordTest.random(n, random), known, "seed " + seed + ", known " + known.cardinality());
        }
        check(new byte[n * BYTES], half(n, random), "zeros");
    }

    @Test
    void recoversARecord() throws Exception {
        check(ErasureCodingTest.record(), half(1 << 15, new Random(3)), "record");
    }

    /** Values of a tree of products against the product itself. */
    @Test
    void vanishesWhereItShould() {
        int n = 1024;
        Domain extended = Domain.of(2 * n);
        long[] powers = Domain.powers(extended.point(1), 2 * n);
        double[] roots = new double[n * Lanes.DIGITS];
        BitSet missing = half(n, new Random(9));
        int count = 0;
        for (int i = missing.nextSetBit(0); i >= 0; i = missing.nextSetBit(i + 1)) {
            LaneScalars.putConstant(powers, i * ScalarField.LIMBS, roots, Lanes.at(count++));
        }
        double[] values = new LaneVanishing(n).values(roots);
        for (int k : new int[] {0, 1, 2, 511, 1023}) {
            Scalar expected = LaneScalars.RADIX;
            for (int i = missing.nextSetBit(0); i >= 0; i = missing.nextSetBit(i + 1)) {
                expected = expected.times(extended.point(2 * k).minus(extended.point(i)));
            }
            long[] limbs = new long[ScalarField.LIMBS];
            LaneScalars.take(values, Lanes.at(k), 0, limbs, 0);
            assertEquals(expected, Scalar.coefficient(Polynomial.ofLimbs(limbs), 0), "point " + k);
        }
    }

    @Test
    void namesTheChunkThatIsNoScalar() {
        int n = 1024;
        byte[] chunks = new byte[2 * n * BYTES];
        BitSet known = half(n, new Random(1));
        int bad = known.nextSetBit(700);
        Arrays.fill(chunks, bad * BYTES, (bad + 1) * BYTES, (byte) 0xff);
        InvalidScalarException e = assertThrows(
                InvalidScalarException.class, () -> LaneRecovery.of(n).recover(chunks, known));
        assertEquals(bad, e.index());
    }

    private static BitSet half(int n, Random random) {
        List<Integer> all = IntStream.range(0, 2 * n).boxed().collect(Collectors.toList());
        Collections.shuffle(all, random);
        BitSet known = new BitSet();
        all.subList(0, n).forEach(known::set);
        return known;
    }

    private static void check(byte[] source, BitSet known, String message) throws Exception {
        int n = source.length / BYTES;
        byte[] parity = new byte[source.length];
        ErasureCoding.inPlainJava(n).extend(source, 0, parity, 0);
        byte[] whole = new byte[2 * source.length];
        byte[] damaged = new byte[2 * source.length];
        Arrays.fill(damaged, (byte) 0xee);
        for (int i = 0; i < 2 * n; i++) {
            System.arraycopy(i % 2 == 0 ? source : parity, i / 2 * BYTES, whole, i * BYTES, BYTES);
            if (known.get(i)) {
                System.arraycopy(whole, i * BYTES, damaged, i * BYTES, BYTES);
            }
        }
        LaneRecovery recovery = LaneRecovery.of(n);
        byte[] recoveredSource = new byte[source.length];
        recovery.recoverSource(damaged, known, recoveredSource);
        assertArrayEquals(source, recoveredSource, message);
        long[] coefficients = Polynomials.load(source, 0, n);
        Domain.of(n).inverse(coefficients);
        assertArrayEquals(
                coefficients, recovery.recoverPolynomial(damaged, known).limbs(), message);
        recovery.recover(damaged, known);
        assertArrayEquals(whole, damaged, message);
    }
}

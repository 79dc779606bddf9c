package xyz.autonomys.farmer.erasure;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import xyz.autonomys.farmer.primitives.hash.Blake3;

class ErasureCodingTest {
    private static final int BYTES = ScalarField.BYTES;
    private static final int RECORD = 1 << 15;

    @Test
    void transformsAsUpstream() throws InvalidScalarException {
        JsonNode golden = Golden.get("transforms");
        assertEquals(Golden.hex(golden.get("fft_4_of_1234")), forward(1, 2, 3, 4));
        assertEquals(Golden.hex(golden.get("fft_8_of_0to7")), forward(0, 1, 2, 3, 4, 5, 6, 7));
        assertEquals(Golden.hex(golden.get("ifft_4_of_1234")), interpolated(1, 2, 3, 4));
        assertEquals(Golden.hex(golden.get("ifft_8_of_0to7")), interpolated(0, 1, 2, 3, 4, 5, 6, 7));
        assertEquals(
                Golden.hex(golden.get("ifft_16_of_0to15")),
                interpolated(IntStream.range(0, 16).toArray()));
    }

    @Test
    void interpolatesAsUpstream() throws InvalidScalarException {
        var cases = Golden.get("polynomials").fields();
        while (cases.hasNext()) {
            var sample = cases.next();
            byte[] values = Golden.chunks(sample.getValue().get("values"));
            Polynomial polynomial = Polynomials.interpolate(values, 0, values.length / BYTES);
            assertEquals(Golden.hex(sample.getValue().get("coefficients")), Golden.hex(polynomial), sample.getKey());
            for (int i = 0; i < values.length / BYTES; i++) {
                Scalar at = Polynomials.evaluate(
                        polynomial, Domain.of(values.length / BYTES).point(i));
                assertEquals(
                        HexFormat.of().formatHex(values, i * BYTES, (i + 1) * BYTES), at.toString(), sample.getKey());
            }
        }
    }

    @Test
    void vanishingPolynomialIsUpstreams() {
        List<String> golden = Golden.hex(Golden.get("zero_poly_16_missing_1_2_4_7_8_9_12_14"));
        long[] tail = VanishingPolynomial.of(Domain.of(16), 1, 2, 4, 7, 8, 9, 12, 14);
        List<String> coefficients = Golden.hex(Polynomial.ofLimbs(tail));
        assertEquals(golden.subList(0, 8), coefficients);
        assertEquals(Scalar.ONE.toString(), golden.get(8));
    }

    /** Trees of every shape against the definition: zero at the given points, nowhere else. */
    @Test
    void vanishingPolynomialVanishesWhereItShould() {
        Random random = new Random(3);
        Domain domain = Domain.of(256);
        for (int count : new int[] {1, 2, 31, 32, 33, 63, 64, 65, 96, 127, 128, 129, 200, 255}) {
            List<Integer> all =
                    new java.util.ArrayList<>(IntStream.range(0, 256).boxed().toList());
            java.util.Collections.shuffle(all, random);
            int[] chosen =
                    all.subList(0, count).stream().mapToInt(Integer::intValue).toArray();
            long[] monic = Arrays.copyOf(VanishingPolynomial.of(domain, chosen), (count + 1) * ScalarField.LIMBS);
            monic[count * ScalarField.LIMBS] = 1;
            for (int i = 0; i < 256; i++) {
                boolean zero = Polynomials.evaluate(Polynomial.ofLimbs(monic), domain.point(i))
                        .isZero();
                assertEquals(all.indexOf(i) < count, zero, count + " points, at " + i);
            }
        }
    }

    @Test
    void extendsAsUpstream() throws InvalidScalarException {
        JsonNode golden = Golden.get("extend");
        assertEquals(Golden.hex(golden.get("1,2,3,4").get("ok")), extended(1, 2, 3, 4));
        assertEquals(Golden.hex(golden.get("1,2").get("ok")), extended(1, 2));
        assertEquals(Golden.hex(golden.get("7").get("ok")), extended(7));
        assertEquals(Golden.hex(golden.get("0..7").get("ok")), extended(0, 1, 2, 3, 4, 5, 6, 7));
        assertEquals(
                Golden.hex(golden.get("1..128").get("ok")),
                extended(IntStream.rangeClosed(1, 128).toArray()));
        for (int length : new int[] {0, 3, 65536}) {
            assertThrows(IllegalArgumentException.class, () -> ErasureCoding.forSourceChunks(length));
        }
    }

    @Test
    void namesTheChunkThatIsNoScalar() {
        byte[] source = values(1, 2, 3, 4);
        Arrays.fill(source, 2 * BYTES, 3 * BYTES, (byte) 0xff);
        InvalidScalarException e = assertThrows(InvalidScalarException.class, () -> ErasureCoding.forSourceChunks(4)
                .extend(source, 0, new byte[4 * BYTES], 0));
        assertEquals(2, e.index());
    }

    @Test
    void recoversAsUpstream() throws Exception {
        byte[] whole = Golden.chunks(Golden.get("recover_input_interleaved"));
        checkRecovery("half [-,p0,-,p1,3,-,4,-]", whole, 1, 3, 4, 6);
        checkRecovery("only even", whole, 0, 2, 4, 6);
        checkRecovery("only odd", whole, 1, 3, 5, 7);
        checkRecovery("inconsistent [10,20,30,-,50,60,-,80]", values(10, 20, 30, 0, 50, 60, 0, 80), 0, 1, 2, 4, 5, 7);
        byte[] wrong = whole.clone();
        wrong[BYTES - 1] = 99;
        checkOneMissing("one missing, one wrong (value 0 := 99)", wrong);
        checkOneMissing("one missing", whole);
    }

    @Test
    void tellsTooManyMissing() {
        byte[] whole = Golden.chunks(Golden.get("recover_input_interleaved"));
        ErasureCoding code = ErasureCoding.forSourceChunks(4);
        assertThrows(TooManyMissingException.class, () -> code.recover(whole, bits(0, 1, 5)));
        assertThrows(TooManyMissingException.class, () -> code.recoverPolynomial(whole, bits()));
        assertThrows(IllegalArgumentException.class, () -> code.recover(new byte[3 * BYTES], bits(0, 1, 2, 3)));
        assertThrows(IllegalArgumentException.class, () -> code.recover(whole, bits(0, 1, 2, 8)));
    }

    @Test
    void nothingMissingGivesThePolynomial() throws Exception {
        byte[] whole = Golden.chunks(Golden.get("recover_input_interleaved"));
        BitSet all = new BitSet();
        all.set(0, 8);
        Polynomial polynomial = ErasureCoding.forSourceChunks(4).recoverPolynomial(whole, all);
        assertEquals(
                Golden.hex(Golden.get("recover")
                        .get("only even")
                        .get("recover_poly")
                        .get("ok")),
                Golden.hex(polynomial));
    }

    /** A whole record: interpolation, extension, and recovery from a random half, from the even and the odd places. */
    @Test
    void codesARecordAsUpstream() throws Exception {
        JsonNode golden = Golden.get("record");
        byte[] source = record();
        assertEquals(golden.get("record_sha256").asText(), Golden.sha256(source));
        Polynomial polynomial = Polynomials.interpolate(source, 0, RECORD);
        assertEquals(golden.get("coefficients_sha256").asText(), Golden.sha256(bytes(polynomial)));
        byte[] parity = new byte[source.length];
        ErasureCoding code = ErasureCoding.forSourceChunks(RECORD);
        code.extend(source, 0, parity, 0);
        assertEquals(golden.get("parity_sha256").asText(), Golden.sha256(parity));
        byte[] interleaved = new byte[2 * source.length];
        for (int i = 0; i < RECORD; i++) {
            System.arraycopy(source, i * BYTES, interleaved, 2 * i * BYTES, BYTES);
            System.arraycopy(parity, i * BYTES, interleaved, (2 * i + 1) * BYTES, BYTES);
        }
        assertEquals(golden.get("interleaved_sha256").asText(), Golden.sha256(interleaved));

        BitSet half = new BitSet();
        IntStream.range(0, 2 * RECORD)
                .boxed()
                .sorted(Comparator.comparing(ErasureCodingTest::positionKey))
                .limit(RECORD)
                .forEach(half::set);
        BitSet even = new BitSet();
        IntStream.range(0, RECORD).forEach(i -> even.set(2 * i));
        BitSet odd = new BitSet();
        IntStream.range(0, RECORD).forEach(i -> odd.set(2 * i + 1));
        BitSet most = (BitSet) half.clone();
        most.set(0, 40_000);
        for (BitSet known : List.of(half, even, odd, most)) {
            byte[] damaged = interleaved.clone();
            for (int i = 0; i < 2 * RECORD; i++) {
                if (!known.get(i)) {
                    Arrays.fill(damaged, i * BYTES, (i + 1) * BYTES, (byte) 0xee);
                }
            }
            byte[] recoveredSource = new byte[source.length];
            code.recoverSource(damaged, known, recoveredSource);
            assertArrayEquals(source, recoveredSource);
            assertArrayEquals(bytes(polynomial), bytes(code.recoverPolynomial(damaged, known)));
            code.recover(damaged, known);
            assertArrayEquals(interleaved, damaged);
        }
    }

    private static void checkOneMissing(String name, byte[] chunks) throws Exception {
        // The golden data leaves open which place was missing; the result does not depend on it when all agree.
        JsonNode golden = Golden.get("recover").get(name);
        byte[] expected = Golden.chunks(golden.get("recover").get("ok"));
        int missing = 0;
        for (int i = 0; i < 8; i++) {
            if (!Arrays.equals(expected, i * BYTES, (i + 1) * BYTES, chunks, i * BYTES, (i + 1) * BYTES)) {
                missing = i;
            }
        }
        if (missing == 0) {
            missing = 5;
        }
        int hole = missing;
        checkRecovery(name, chunks, IntStream.range(0, 8).filter(i -> i != hole).toArray());
    }

    private static void checkRecovery(String name, byte[] chunks, int... known) throws Exception {
        JsonNode golden = Golden.get("recover").get(name);
        ErasureCoding code = ErasureCoding.forSourceChunks(4);
        byte[] damaged = chunks.clone();
        BitSet bits = bits(known);
        for (int i = 0; i < 8; i++) {
            if (!bits.get(i)) {
                Arrays.fill(damaged, i * BYTES, (i + 1) * BYTES, (byte) 0xff);
            }
        }
        byte[] source = new byte[4 * BYTES];
        code.recoverSource(damaged, bits, source);
        assertArrayEquals(Golden.chunks(golden.get("recover_source").get("ok")), source, name);
        assertEquals(
                Golden.hex(golden.get("recover_poly").get("ok")),
                Golden.hex(code.recoverPolynomial(damaged, bits)),
                name);
        code.recover(damaged, bits);
        assertArrayEquals(Golden.chunks(golden.get("recover").get("ok")), damaged, name);
    }

    private static BitSet bits(int... indices) {
        BitSet bits = new BitSet();
        for (int index : indices) {
            bits.set(index);
        }
        return bits;
    }

    /** The record that the golden data describes by its rule. */
    static byte[] record() {
        byte[] record = new byte[RECORD * BYTES];
        for (int i = 0; i < RECORD; i++) {
            for (int j = 0; j < BYTES - 1; j++) {
                record[i * BYTES + 1 + j] = (byte) (131 * i + 17 * (i / 256) + 7 * j + 11);
            }
        }
        return record;
    }

    private static String positionKey(int position) {
        byte[] bytes = {(byte) position, (byte) (position >>> 8), (byte) (position >>> 16), (byte) (position >>> 24)};
        return Blake3.hash(bytes).toHex();
    }

    static byte[] bytes(Polynomial polynomial) {
        byte[] bytes = new byte[polynomial.size() * BYTES];
        for (int i = 0; i < polynomial.size(); i++) {
            ScalarField.store(polynomial.limbs(), i * ScalarField.LIMBS, bytes, i * BYTES);
        }
        return bytes;
    }

    private static byte[] values(int... numbers) {
        byte[] values = new byte[numbers.length * BYTES];
        for (int i = 0; i < numbers.length; i++) {
            values[i * BYTES + BYTES - 1] = (byte) numbers[i];
        }
        return values;
    }

    private static List<String> forward(int... numbers) throws InvalidScalarException {
        long[] limbs = Polynomials.load(values(numbers), 0, numbers.length);
        Domain.of(numbers.length).forward(limbs);
        return Golden.hex(Polynomial.ofLimbs(limbs));
    }

    private static List<String> interpolated(int... numbers) throws InvalidScalarException {
        return Golden.hex(Polynomials.interpolate(values(numbers), 0, numbers.length));
    }

    private static List<String> extended(int... numbers) throws InvalidScalarException {
        byte[] parity = new byte[numbers.length * BYTES];
        ErasureCoding.forSourceChunks(numbers.length).extend(values(numbers), 0, parity, 0);
        long[] limbs = Polynomials.load(parity, 0, numbers.length);
        return Golden.hex(Polynomial.ofLimbs(limbs));
    }
}

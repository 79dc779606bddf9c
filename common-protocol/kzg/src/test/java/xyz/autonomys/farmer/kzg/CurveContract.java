package xyz.autonomys.farmer.kzg;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import xyz.autonomys.farmer.erasure.Domain;
import xyz.autonomys.farmer.erasure.InvalidScalarException;
import xyz.autonomys.farmer.erasure.Polynomial;
import xyz.autonomys.farmer.erasure.Polynomials;
import xyz.autonomys.farmer.erasure.Scalar;
import xyz.autonomys.farmer.kzg.curve.CurveBackend;
import xyz.autonomys.farmer.kzg.curve.G1Vector;
import xyz.autonomys.farmer.kzg.curve.WorkCrew;
import xyz.autonomys.farmer.primitives.ScalarBytes;

/** What every implementation of the curve must do: the results of the reference implementation, byte for byte. */
abstract class CurveContract {
    /** Where the ceremony's file is, for the tests that need more of it than its first eight powers. */
    private static final String CEREMONY = System.getenv("AUTONOMYS_TRUSTED_SETUP");

    private static final int RECORD = 1 << 15;

    private final CurveBackend curve;
    private final Kzg ceremony;

    CurveContract(CurveBackend curve) {
        this.curve = curve;
        WorkCrew crew = WorkCrew.of(2);
        byte[] powers = Golden.bytes(Golden.get("setup").get("first_g1"));
        byte[] tau = HexFormat.of().parseHex(Golden.get("setup").get("g2_tau").asText());
        ceremony = new SetupKzg(new Openings(
                new CeremonySetup(new byte[0], "its first powers"), curve, curve.prepare(powers, 8, tau, crew), crew));
    }

    @Test
    void decodesPointsAsUpstream() {
        for (JsonNode sample : Golden.get("point_decoding")) {
            byte[] bytes = HexFormat.of().parseHex(sample.get("bytes").asText());
            boolean expected = sample.get("commitment").has("ok");
            assertEquals(expected, ceremony.isPoint(KzgCommitment.of(bytes)), sample.get("name")::asText);
            if (expected) {
                G1Vector point = curve.vector(1);
                assertTrue(point.decode(0, bytes, 0));
                byte[] again = new byte[48];
                point.encode(0, 1, again, 0);
                assertEquals(sample.get("bytes").asText(), HexFormat.of().formatHex(again));
                assertEquals(!sample.get("name").asText().contains("not in subgroup"), point.inSubgroup(0));
            }
        }
    }

    @Test
    void commitsAndOpensAsUpstream() throws InvalidScalarException {
        var samples = Golden.get("small").fields();
        while (samples.hasNext()) {
            var sample = samples.next();
            JsonNode golden = sample.getValue();
            byte[] values = Golden.bytes(golden.get("values"));
            int n = values.length / 32;
            Polynomial polynomial = Polynomials.interpolate(values, 0, n);
            KzgCommitment commitment = ceremony.commit(polynomial);
            assertEquals(golden.get("commitment").asText(), commitment.toHex(), sample.getKey());
            List<KzgWitness> all = ceremony.createAllWitnesses(polynomial, n);
            List<KzgOpening> openings = new ArrayList<>();
            for (int i = 0; i < n; i++) {
                KzgWitness witness = ceremony.createWitness(polynomial, n, i);
                assertEquals(golden.get("witnesses").get(i).asText(), witness.toHex(), sample.getKey());
                assertEquals(witness, all.get(i), sample.getKey());
                ScalarBytes value =
                        ScalarBytes.fromHex(golden.get("values").get(i).asText());
                assertEquals(
                        golden.get("verify").get(i).asBoolean(), ceremony.verify(commitment, n, i, value, witness));
                assertEquals(
                        golden.get("verify_with_value_99").get(i).asBoolean(),
                        ceremony.verify(commitment, n, i, number(99), witness));
                ScalarBytes next = ScalarBytes.fromHex(
                        golden.get("values").get((i + 1) % n).asText());
                assertEquals(
                        golden.get("verify_with_next_value").get(i).asBoolean(),
                        ceremony.verify(commitment, n, i, next, witness));
                openings.add(new KzgOpening(commitment, n, i, value, witness));
            }
            assertEquals(
                    golden.get("witness_index_n").asText(),
                    ceremony.createWitness(polynomial, n, n).toHex());
            assertTrue(ceremony.verifyAll(openings));
            openings.add(new KzgOpening(commitment, n, 0, number(98), all.getFirst()));
            assertFalse(ceremony.verifyAll(openings));
        }
        assertTrue(ceremony.verifyAll(List.of()));
    }

    @Test
    void opensAtOtherDomainsAsUpstream() throws InvalidScalarException {
        JsonNode golden = Golden.get("create_witness_edge");
        Polynomial polynomial = Polynomials.interpolate(numbers(1, 2, 3, 4), 0, 4);
        for (int[] at : new int[][] {{4, 4}, {8, 3}, {65536, 12345}, {0, 0}}) {
            assertEquals(
                    golden.get("n=" + at[0] + ",index=" + at[1]).get("ok").asText(),
                    ceremony.createWitness(polynomial, at[0], at[1]).toHex());
        }
        assertThrows(IndexOutOfBoundsException.class, () -> ceremony.createWitness(polynomial, 4, 5));
        assertThrows(IllegalArgumentException.class, () -> ceremony.commit(Polynomial.ofLimbs(new long[4 * 65536])));
    }

    /** Points outside the subgroup and infinity: accepted exactly where the network accepts them. */
    @Test
    void verifiesEdgesAsUpstream() {
        JsonNode small = Golden.get("small").get("1,2,3,4");
        KzgCommitment c = KzgCommitment.fromHex(small.get("commitment").asText());
        KzgWitness w0 = KzgWitness.fromHex(small.get("witnesses").get(0).asText());
        KzgWitness w1 = KzgWitness.fromHex(small.get("witnesses").get(1).asText());
        KzgCommitment none = KzgCommitment.fromHex("c0" + "00".repeat(47));
        KzgWitness nothing = KzgWitness.fromHex("c0" + "00".repeat(47));
        KzgCommitment five = KzgCommitment.fromHex(
                Golden.get("small").get("5,5").get("commitment").asText());
        KzgWitness shiftedW = KzgWitness.fromHex(
                edge("W1+T (T off subgroup), value 2").get("W").asText());
        KzgCommitment shiftedC =
                KzgCommitment.fromHex(edge("C+T, value 2").get("C").asText());

        check("C=O, value 0, W=O, n=4, index 2", none, 4, 2, 0, nothing);
        check("C=O, value 1, W=O", none, 4, 2, 1, nothing);
        check("C=[5]G, value 5, W=O", five, 4, 2, 5, nothing);
        check("C=[5]G, value 6, W=O", five, 4, 2, 6, nothing);
        check("C=O, value 0, W=W1", none, 4, 1, 0, w1);
        check("1,2,3,4: valid W1 value 2", c, 4, 1, 2, w1);
        check("W1+T (T off subgroup), value 2", c, 4, 1, 2, shiftedW);
        check("W1+T, value 3", c, 4, 1, 3, shiftedW);
        check("C+T, value 2", shiftedC, 4, 1, 2, w1);
        check("C+T and W1+T, value 2", shiftedC, 4, 1, 2, shiftedW);
        check("index = n (x=1), value P(1)=1, W0", c, 4, 4, 1, w0);
        check("num_values 3 (rounded up to 4), index 1", c, 3, 1, 2, w1);
        check("num_values 0, index 0", c, 0, 0, 2, w1);
        check("num_values 1, index 0, value 1 with W0", c, 1, 0, 1, w0);
        assertThrows(IndexOutOfBoundsException.class, () -> ceremony.verify(c, 4, 5, number(1), w0));
        // A batch may hold them too.
        assertTrue(ceremony.verifyAll(List.of(
                new KzgOpening(c, 4, 1, number(2), shiftedW),
                new KzgOpening(shiftedC, 4, 1, number(2), w1),
                new KzgOpening(c, 4, 0, number(1), w0))));
    }

    private void check(String name, KzgCommitment commitment, int n, int index, int value, KzgWitness witness) {
        assertEquals(
                edge(name).get("result").get("ok").asBoolean(),
                ceremony.verify(commitment, n, index, number(value), witness),
                name);
    }

    private static JsonNode edge(String name) {
        for (JsonNode sample : Golden.get("verify_edge")) {
            if (sample.get("case").asText().equals(name)) {
                return sample;
            }
        }
        throw new IllegalArgumentException("no case " + name);
    }

    @Test
    void refusesValuesThatAreNotCanonical() {
        ScalarBytes modulus = ScalarBytes.fromHex("73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001");
        KzgWitness nothing = KzgWitness.fromHex("c0" + "00".repeat(47));
        KzgCommitment none = KzgCommitment.fromHex("c0" + "00".repeat(47));
        assertFalse(ceremony.verify(none, 4, 2, modulus, nothing));
        assertFalse(ceremony.verify(none, 4, 2, number(0), KzgWitness.fromHex("00".repeat(48))));
    }

    @Test
    void extendsCommitmentsAsUpstream() {
        JsonNode golden = Golden.get("extend_commitments");
        String g = Golden.get("setup").get("first_g1").get(0).asText();
        String g1 = Golden.get("setup").get("first_g1").get(1).asText();
        assertEquals(texts(golden.get("G1[0],G1[1]").get("ok")), extended(g, g1));
        assertEquals(texts(golden.get("O,G").get("ok")), extended("c0" + "00".repeat(47), g));
        List<String> four = texts(Golden.get("setup").get("first_g1")).subList(0, 4);
        assertEquals(
                texts(Golden.get("small_points").get("extend_commitments_G1[0..4]")),
                extended(four.toArray(String[]::new)));
        assertThrows(IllegalArgumentException.class, () -> ceremony.extendCommitments(List.of()));
        assertThrows(IllegalArgumentException.class, () -> extended(g, g, g));
        assertThrows(IllegalArgumentException.class, () -> extended(g, "00".repeat(48)));
    }

    /** Two source commitments, four positions: hashes, commitment of the segment, witnesses. */
    @Test
    void sealsASmallSegmentAsUpstream() throws Exception {
        List<String> powers = texts(Golden.get("setup").get("first_g1"));
        checkSegment(
                ceremony,
                List.of(KzgCommitment.fromHex(powers.get(0)), KzgCommitment.fromHex(powers.get(1))),
                Golden.get("mini_segment"));
    }

    private static void checkSegment(Kzg kzg, List<KzgCommitment> source, JsonNode golden) throws Exception {
        List<KzgCommitment> commitments = kzg.extendCommitments(source);
        int n = commitments.size();
        byte[] hashes = new byte[32 * n];
        MessageDigest allCommitments = MessageDigest.getInstance("SHA-256");
        MessageDigest allWitnesses = MessageDigest.getInstance("SHA-256");
        for (int position = 0; position < n; position++) {
            allCommitments.update(commitments.get(position).toBytes());
            Scalar.hash(commitments.get(position).toBytes()).toBytes().copyTo(hashes, 32 * position);
        }
        Polynomial polynomial = Polynomials.interpolate(hashes, 0, n);
        List<KzgWitness> witnesses = kzg.createAllWitnesses(polynomial, n);
        witnesses.forEach(witness -> allWitnesses.update(witness.toBytes()));
        KzgCommitment segment = kzg.commit(polynomial);
        assertEquals(golden.get("segment_commitment").asText(), segment.toHex());
        for (JsonNode recorded : golden.get("positions")) {
            int position = recorded.get("position").asInt();
            ScalarBytes hash = ScalarBytes.of(hashes, 32 * position);
            assertEquals(
                    recorded.get("commitment").asText(),
                    commitments.get(position).toHex());
            assertEquals(recorded.get("hash_scalar").asText(), hash.toHex());
            assertEquals(
                    recorded.get("witness").asText(), witnesses.get(position).toHex());
            assertTrue(kzg.verify(segment, n, position, hash, witnesses.get(position)));
        }
        HexFormat hex = HexFormat.of();
        assertEquals(golden.get("commitments_sha256").asText(), hex.formatHex(allCommitments.digest()));
        assertEquals(
                golden.get("hash_scalars_sha256").asText(),
                hex.formatHex(MessageDigest.getInstance("SHA-256").digest(hashes)));
        assertEquals(golden.get("witnesses_sha256").asText(), hex.formatHex(allWitnesses.digest()));
    }

    /** A linear combination of commitments commits to the combination of the polynomials. */
    @Test
    void combinesCommitments() {
        List<String> powers = texts(Golden.get("setup").get("first_g1"));
        List<KzgCommitment> commitments =
                powers.stream().map(KzgCommitment::fromHex).toList();
        List<ScalarBytes> weights = new ArrayList<>();
        long[] coefficients = new long[32];
        for (int i = 0; i < 8; i++) {
            weights.add(number(3 * i + 1));
            coefficients[4 * i] = 3 * i + 1;
        }
        assertEquals(
                Optional.of(ceremony.commit(Polynomial.ofLimbs(coefficients))), ceremony.combine(commitments, weights));
        KzgCommitment stranger = KzgCommitment.fromHex("80" + "00".repeat(46) + "04");
        assertEquals(Optional.empty(), ceremony.combine(List.of(stranger), List.of(number(1))));
    }

    /** The secret's short cut, the powers of the secret and all numbers of threads give the same bytes. */
    @Test
    void theDevelopmentSetupGivesTheSameWithAndWithoutItsSecret() {
        Kzg secret = Kzgs.openWithSecret(TrustedSetup.development(), curve, WorkCrew.of(2));
        Random random = new Random(5);
        Kzg alone = Kzgs.open(TrustedSetup.development(), curve, WorkCrew.alone());
        Kzg crew = Kzgs.open(TrustedSetup.development(), curve, WorkCrew.of(3));
        List<Polynomial> polynomials = new ArrayList<>();
        for (int size : new int[] {1, 2, 3, 5, 64, 255, 300, 2049, developmentSize()}) {
            polynomials.add(randomPolynomial(random, size));
        }
        polynomials.add(Polynomial.ofLimbs(new long[4 * 100]));
        List<KzgCommitment> expected = secret.commitAll(polynomials);
        assertEquals(expected, alone.commitAll(polynomials));
        assertEquals(expected, crew.commitAll(polynomials));
        for (Polynomial polynomial : polynomials) {
            for (Kzg kzg : List.of(alone, crew)) {
                KzgWitness witness = kzg.createWitness(polynomial, RECORD, 77);
                assertEquals(
                        secret.createWitness(polynomial, RECORD, 77),
                        witness,
                        () -> polynomial.size() + " coefficients, " + kzg.describe());
                Scalar value =
                        Polynomials.evaluate(polynomial, Domain.of(RECORD).point(77));
                assertTrue(kzg.verify(kzg.commit(polynomial), RECORD, 77, value.toBytes(), witness));
                assertFalse(kzg.verify(
                        kzg.commit(polynomial),
                        RECORD,
                        77,
                        value.plus(Scalar.ONE).toBytes(),
                        witness));
            }
        }
        Polynomial segment = randomPolynomial(random, 128);
        assertEquals(secret.createAllWitnesses(segment, 256), crew.createAllWitnesses(segment, 256));
        List<KzgWitness> witnesses = alone.createAllWitnesses(segment, 256);
        for (int i = 0; i < 256; i += 51) {
            assertEquals(secret.createWitness(segment, 256, i), witnesses.get(i));
        }
    }

    /** The longest polynomial that the test of the development setup commits to. */
    abstract int developmentSize();

    @Test
    void commitsToASegmentAndToARecordAsUpstream() throws Exception {
        assumeTrue(CEREMONY != null, "AUTONOMYS_TRUSTED_SETUP is not set: the ceremony's setup file is needed");
        Kzg kzg = Kzgs.open(TrustedSetups.read(Path.of(CEREMONY)), curve, WorkCrew.of(2));
        List<KzgCommitment> powers = new ArrayList<>();
        for (int i = 0; i < 128; i++) {
            long[] power = new long[4 * 128];
            power[4 * i] = 1;
            powers.add(kzg.commit(Polynomial.ofLimbs(power)));
        }
        checkSegment(kzg, powers, Golden.get("segment"));
        JsonNode golden = Golden.get("record");
        byte[] record = new byte[RECORD * 32];
        for (int i = 0; i < RECORD; i++) {
            for (int j = 0; j < 31; j++) {
                record[i * 32 + 1 + j] = (byte) (131 * i + 17 * (i / 256) + 7 * j + 11);
            }
        }
        Polynomial polynomial = Polynomials.interpolate(record, 0, RECORD);
        KzgCommitment commitment = kzg.commit(polynomial);
        assertEquals(golden.get("commitment").asText(), commitment.toHex());
        for (JsonNode chunk : golden.get("chunk_witnesses")) {
            int sBucket = chunk.get("s_bucket").asInt();
            KzgWitness witness = kzg.createWitness(polynomial, 2 * RECORD, sBucket);
            assertEquals(chunk.get("witness").asText(), witness.toHex());
            ScalarBytes value = ScalarBytes.fromHex(chunk.get("value").asText());
            assertTrue(kzg.verify(commitment, 2 * RECORD, sBucket, value, witness));
            if (sBucket <= RECORD) {
                assertEquals(
                        chunk.get("verify_domain_32768").asBoolean(),
                        kzg.verify(commitment, RECORD, sBucket, value, witness));
            }
        }
        for (JsonNode indicator : golden.get("indicator")) {
            byte[] values = new byte[RECORD * 32];
            values[32 * indicator.get("k").asInt() + 31] = 1;
            Polynomial lagrange = Polynomials.interpolate(values, 0, RECORD);
            assertEquals(
                    indicator.get("commitment").asText(), kzg.commit(lagrange).toHex());
            for (int s : new int[] {2, 3}) {
                assertEquals(
                        indicator.get("s" + s).get("witness").asText(),
                        kzg.createWitness(lagrange, 2 * RECORD, s).toHex());
            }
        }
        Polynomial zero = Polynomials.interpolate(new byte[RECORD * 32], 0, RECORD);
        assertEquals(
                golden.get("zero_record").get("commitment").asText(),
                kzg.commit(zero).toHex());
    }

    private static Polynomial randomPolynomial(Random random, int size) {
        long[] limbs = new long[4 * size];
        for (int i = 0; i < limbs.length; i++) {
            limbs[i] = i % 4 == 3 ? random.nextLong() >>> 2 : random.nextLong();
        }
        return Polynomial.ofLimbs(limbs);
    }

    private List<String> extended(String... commitments) {
        return ceremony
                .extendCommitments(List.of(commitments).stream()
                        .map(KzgCommitment::fromHex)
                        .toList())
                .stream()
                .map(KzgCommitment::toHex)
                .toList();
    }

    private static List<String> texts(JsonNode list) {
        List<String> texts = new ArrayList<>();
        list.forEach(node -> texts.add(node.asText()));
        return texts;
    }

    private static ScalarBytes number(int value) {
        return ScalarBytes.fromHex(String.format("%064x", value));
    }

    private static byte[] numbers(int... numbers) {
        byte[] values = new byte[32 * numbers.length];
        for (int i = 0; i < numbers.length; i++) {
            values[32 * i + 31] = (byte) numbers[i];
        }
        return values;
    }
}

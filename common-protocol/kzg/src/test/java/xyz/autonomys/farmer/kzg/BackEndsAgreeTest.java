package xyz.autonomys.farmer.kzg;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import xyz.autonomys.farmer.erasure.Domain;
import xyz.autonomys.farmer.erasure.Polynomial;
import xyz.autonomys.farmer.erasure.Polynomials;
import xyz.autonomys.farmer.erasure.Scalar;
import xyz.autonomys.farmer.kzg.blst.BlstCurve;
import xyz.autonomys.farmer.kzg.curve.CurveBackend;
import xyz.autonomys.farmer.kzg.curve.G1Vector;
import xyz.autonomys.farmer.kzg.curve.WorkCrew;
import xyz.autonomys.farmer.kzg.java.JavaCurve;
import xyz.autonomys.farmer.primitives.ScalarBytes;

/** Both implementations of the curve give the same bytes and answers on random input; failures name the seed. */
@Tag("long")
class BackEndsAgreeTest {
    private static final int BYTES = G1Vector.COMPRESSED_BYTES;
    private static final int POINTS = 64;

    private final CurveBackend blst;
    private final CurveBackend java = new JavaCurve();
    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);

    BackEndsAgreeTest() throws IOException {
        blst = BlstCurve.load();
    }

    @Test
    void onWhichBytesArePoints() {
        G1Vector native1 = blst.vector(1);
        G1Vector plain = java.vector(1);
        byte[] bytes = new byte[BYTES];
        byte[] again = new byte[BYTES];
        int points = 0;
        for (int i = 0; i < 20_000; i++) {
            random.nextBytes(bytes);
            bytes[0] = (byte) (i % 16 == 0 ? bytes[0] : 0x80 | bytes[0] & 0x3f);
            boolean decoded = native1.decode(0, bytes, 0);
            assertEquals(decoded, plain.decode(0, bytes, 0), this::where);
            if (decoded) {
                points++;
                plain.encode(0, 1, again, 0);
                assertArrayEquals(bytes, again, this::where);
                if (points % 16 == 0) {
                    assertEquals(native1.inSubgroup(0), plain.inSubgroup(0), this::where);
                }
            }
        }
        assertTrue(points > 1000, points + " points");
    }

    /** Long chains of all operations, with coinciding, opposite and infinite points on the way. */
    @Test
    void onTheGroupLaw() {
        G1Vector[] vectors = {blst.vector(POINTS), java.vector(POINTS)};
        byte[] bytes = new byte[BYTES];
        for (int i = 0; i < POINTS; i++) {
            do {
                random.nextBytes(bytes);
                bytes[0] = (byte) (0x80 | bytes[0] & 0x3f);
            } while (!vectors[0].decode(i, bytes, 0));
            assertTrue(vectors[1].decode(i, bytes, 0), this::where);
        }
        for (int step = 0; step < 20_000; step++) {
            int operation = random.nextInt(20);
            int a = random.nextInt(POINTS);
            int b = random.nextInt(POINTS);
            int to = random.nextInt(POINTS);
            for (G1Vector vector : vectors) {
                switch (operation) {
                    case 0 -> vector.setInfinity(to);
                    case 1, 2 -> vector.set(to, vector, a);
                    case 3, 4 -> vector.negate(to);
                    case 5 -> vector.swap(a, b);
                    case 6, 7, 8 -> {
                        if (a != b) {
                            vector.butterfly(a, b);
                        }
                    }
                    default -> vector.add(to, vector, a, vector, b);
                }
            }
        }
        assertSame(vectors);
    }

    @Test
    void onMultiplesOfPointsOfTheSubgroup() {
        G1Vector[] vectors = {blst.vector(POINTS), java.vector(POINTS)};
        CurveBackend[] backends = {blst, java};
        long[] scalars = scalars(POINTS);
        long[] tau = scalars(1);
        for (int i = 0; i < 2; i++) {
            var setup = backends[i].prepare(tau, 4, WorkCrew.alone());
            for (int k = 0; k < POINTS; k++) {
                setup.generatorMultiple(scalars, 4 * k, vectors[i], k);
                vectors[i].multiply(k, vectors[i], k, scalars, 4 * (POINTS - 1 - k), k % 2 == 0 ? 255 : 128);
                assertTrue(vectors[i].inSubgroup(k), this::where);
            }
        }
        assertSame(vectors);
    }

    @Test
    void onCommitmentsAndOpenings() {
        Kzg[] kzgs = {
            Kzgs.open(TrustedSetup.development(), blst, WorkCrew.of(2)),
            Kzgs.open(TrustedSetup.development(), java, WorkCrew.of(2))
        };
        for (int size : new int[] {1, 2, 7, 100, 1000, 5000, 1 << 15}) {
            Polynomial polynomial = Polynomial.ofLimbs(scalars(size));
            KzgCommitment commitment = kzgs[0].commit(polynomial);
            assertEquals(commitment, kzgs[1].commit(polynomial), this::where);
            int index = random.nextInt(1 << 16);
            KzgWitness witness = kzgs[0].createWitness(polynomial, 1 << 16, index);
            assertEquals(witness, kzgs[1].createWitness(polynomial, 1 << 16, index), this::where);
            Scalar value = Polynomials.evaluate(polynomial, Domain.of(1 << 16).point(index));
            for (Kzg kzg : kzgs) {
                assertTrue(kzg.verify(commitment, 1 << 16, index, value.toBytes(), witness), this::where);
                ScalarBytes wrong = value.plus(Scalar.ONE).toBytes();
                assertFalse(kzg.verify(commitment, 1 << 16, index, wrong, witness), this::where);
            }
        }
        Polynomial segment = Polynomial.ofLimbs(scalars(256));
        assertEquals(kzgs[0].createAllWitnesses(segment, 256), kzgs[1].createAllWitnesses(segment, 256), this::where);
        List<KzgCommitment> commitments = kzgs[0].commitAll(List.of(
                segment,
                Polynomial.ofLimbs(scalars(3)),
                Polynomial.ofLimbs(new long[8]),
                Polynomial.ofLimbs(scalars(9))));
        assertEquals(kzgs[0].extendCommitments(commitments), kzgs[1].extendCommitments(commitments), this::where);
    }

    private void assertSame(G1Vector... vectors) {
        byte[] expected = new byte[POINTS * BYTES];
        byte[] actual = new byte[POINTS * BYTES];
        vectors[0].encode(0, POINTS, expected, 0);
        vectors[1].encode(0, POINTS, actual, 0);
        assertArrayEquals(expected, actual, this::where);
    }

    private long[] scalars(int count) {
        long[] limbs = new long[4 * count];
        for (int i = 0; i < limbs.length; i++) {
            limbs[i] = i % 4 == 3 ? random.nextLong() >>> 2 : random.nextLong();
        }
        return limbs;
    }

    private String where() {
        return "seed " + seed;
    }
}

package xyz.autonomys.farmer.kzg.java;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Arithmetic modulo p against big integers, with the values where carries and both representations matter. */
class BaseFieldTest {
    private static final BigInteger P = BaseField.PRIME;

    @Test
    void isThatOfTheField() {
        Random random = new Random(17);
        BigInteger[] edges = {
            BigInteger.ZERO,
            BigInteger.ONE,
            P.subtract(BigInteger.ONE),
            P.shiftRight(1),
            BigInteger.ONE.shiftLeft(56),
            BigInteger.ONE.shiftLeft(380).subtract(BigInteger.ONE),
        };
        long[] out = new long[BaseField.LIMBS];
        for (int round = 0; round < 20_000; round++) {
            BigInteger a = round % 3 == 0 ? edges[round / 3 % edges.length] : new BigInteger(381, random).mod(P);
            BigInteger b = round % 5 == 0 ? edges[round / 5 % edges.length] : new BigInteger(381, random).mod(P);
            long[] x = element(a, random);
            long[] y = element(b, random);
            BaseField.multiply(x, 0, y, 0, out, 0);
            assertValue(a.multiply(b), out);
            BaseField.add(x, 0, y, 0, out, 0);
            assertValue(a.add(b), out);
            BaseField.subtract(x, 0, y, 0, out, 0);
            assertValue(a.subtract(b), out);
            BaseField.negate(x, 0, out, 0);
            assertValue(a.negate(), out);
            assertEquals(a.equals(b), BaseField.equal(x, 0, y, 0));
            assertEquals(a.signum() == 0, BaseField.isZero(x, 0));
            assertEquals(a.compareTo(P.shiftRight(1)) > 0, BaseField.isLarge(x, 0));
        }
    }

    @Test
    void invertsAndTakesRoots() {
        Random random = new Random(3);
        long[] out = new long[BaseField.LIMBS];
        for (int round = 0; round < 50; round++) {
            BigInteger a = new BigInteger(381, random).mod(P);
            long[] x = element(a, random);
            BaseField.invert(x, 0, out, 0);
            assertValue(a.modInverse(P), out);
            long[] square = new long[BaseField.LIMBS];
            BaseField.multiply(x, 0, x, 0, square, 0);
            long[] root = BaseField.squareRoot(square, 0);
            BaseField.multiply(root, 0, root, 0, out, 0);
            assertTrue(BaseField.equal(out, 0, square, 0));
            // −1 is no square, so neither is the negative of one.
            BaseField.negate(square, 0, square, 0);
            assertNull(BaseField.squareRoot(square, 0));
        }
    }

    /** The element in either representation. */
    private static long[] element(BigInteger value, Random random) {
        long[] limbs = BaseField.of(value);
        if (random.nextBoolean()) {
            BigInteger raw = BigInteger.ZERO;
            for (int i = BaseField.LIMBS - 1; i >= 0; i--) {
                raw = raw.shiftLeft(56).add(BigInteger.valueOf(limbs[i]));
            }
            BigInteger other = raw.compareTo(P) < 0 ? raw.add(P) : raw.subtract(P);
            for (int i = 0; i < BaseField.LIMBS; i++) {
                limbs[i] = other.shiftRight(56 * i).longValue() & (1L << 56) - 1;
            }
        }
        return limbs;
    }

    private static void assertValue(BigInteger expected, long[] actual) {
        assertEquals(expected.mod(P), BaseField.integer(actual, 0));
        for (long limb : actual) {
            assertTrue(limb >= 0 && limb >>> 56 == 0, "limbs have 56 bits");
        }
        long[] again = BaseField.of(expected);
        assertTrue(BaseField.equal(again, 0, actual, 0));
        assertArrayEquals(again, BaseField.of(expected.mod(P)));
    }
}

package xyz.autonomys.farmer.erasure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigInteger;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import xyz.autonomys.farmer.primitives.ScalarBytes;

class ScalarTest {
    private static final BigInteger R =
            new BigInteger("73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001", 16);

    @Test
    void decodesAsUpstream() throws InvalidScalarException {
        for (JsonNode sample : Golden.get("scalar_decoding")) {
            ScalarBytes bytes = ScalarBytes.fromHex(sample.get("bytes").asText());
            if (sample.get("result").has("ok")) {
                assertEquals(
                        bytes, Scalar.of(bytes).toBytes(), sample.get("name").asText());
            } else {
                assertThrows(InvalidScalarException.class, () -> Scalar.of(bytes), sample.get("name")::asText);
            }
        }
    }

    @Test
    void hashesAsUpstream() {
        for (JsonNode sample : Golden.get("hash_to_scalar")) {
            byte[] data = HexFormat.of().parseHex(sample.get(0).asText());
            assertEquals(sample.get(1).asText(), Scalar.hash(data).toString());
        }
    }

    @Test
    void rootsOfUnityAreUpstreams() {
        JsonNode roots = Golden.get("roots_of_unity").get("omega_2^k, k=0..31");
        for (int k = 0; 1 << k <= Domain.MAX_SIZE; k++) {
            assertEquals(roots.get(k).asText(), Domain.of(1 << k).point(1).toString(), "2^" + k);
        }
        for (int index : new int[] {12345, 65535}) {
            assertEquals(
                    Golden.get("roots_of_unity").get("omega_65536^" + index).asText(),
                    Domain.of(65536).point(index).toString());
        }
        for (int size : new int[] {0, -4, 3, 131072}) {
            assertTrue(assertThrows(IllegalArgumentException.class, () -> Domain.of(size))
                    .getMessage()
                    .contains(Integer.toString(size)));
        }
    }

    /** Arithmetic against big integers, with the values where carries and reductions happen. */
    @Test
    void arithmeticIsThatOfTheField() throws InvalidScalarException {
        Random random = new Random(11);
        BigInteger[] edges = {
            BigInteger.ZERO,
            BigInteger.ONE,
            R.subtract(BigInteger.ONE),
            R.shiftRight(1),
            BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE),
            BigInteger.ONE.shiftLeft(192),
            BigInteger.ONE.shiftLeft(254).subtract(BigInteger.ONE),
        };
        for (int round = 0; round < 20_000; round++) {
            BigInteger a = round % 3 == 0 ? edges[round / 3 % edges.length] : new BigInteger(255, random).mod(R);
            BigInteger b = round % 5 == 0 ? edges[round / 5 % edges.length] : new BigInteger(255, random).mod(R);
            Scalar x = scalar(a);
            Scalar y = scalar(b);
            assertEquals(scalar(a.add(b).mod(R)), x.plus(y));
            assertEquals(scalar(a.subtract(b).mod(R)), x.minus(y));
            assertEquals(scalar(a.multiply(b).mod(R)), x.times(y));
            if (round % 64 == 1 && a.signum() != 0) {
                assertEquals(scalar(a.modInverse(R)), x.inverse());
                assertEquals(scalar(a.modPow(BigInteger.valueOf(round), R)), x.power(round));
            }
        }
        assertThrows(ArithmeticException.class, Scalar.ZERO::inverse);
    }

    static Scalar scalar(BigInteger value) throws InvalidScalarException {
        return Scalar.of(ScalarBytes.fromHex(String.format("%064x", value)));
    }
}

package xyz.autonomys.farmer.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Arithmetic of both fields against big integers: the chains of carries that run on a device, and the host's own way. */
final class FieldsTest extends OnEmulatedDevice {
    private static final BigInteger SCALARS = ScalarFields.ORDER;
    private static final BigInteger COORDINATES = new BigInteger(
            "1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab", 16);
    private static final int CASES = 2000;

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void productsSumsAndDifferences(boolean scalars) throws GpuException {
        BigInteger modulus = scalars ? SCALARS : COORDINATES;
        int bytes = scalars ? 32 : 48;
        BigInteger radixInverse = BigInteger.ONE.shiftLeft(8 * bytes).modInverse(modulus);
        List<BigInteger> left = new ArrayList<>();
        List<BigInteger> right = new ArrayList<>();
        List<BigInteger> edges = List.of(
                BigInteger.ZERO,
                BigInteger.ONE,
                BigInteger.TWO,
                modulus.subtract(BigInteger.ONE),
                modulus.subtract(BigInteger.TWO),
                modulus.shiftRight(1),
                BigInteger.ONE.shiftLeft(8 * bytes).mod(modulus),
                BigInteger.ONE.shiftLeft(modulus.bitLength() - 1).subtract(BigInteger.ONE),
                BigInteger.ONE.shiftLeft(224).subtract(BigInteger.ONE));
        for (BigInteger a : edges) {
            for (BigInteger b : edges) {
                left.add(a);
                right.add(b);
            }
        }
        Random random = new Random(7);
        while (left.size() < CASES) {
            left.add(new BigInteger(8 * bytes + 64, random).mod(modulus));
            right.add(new BigInteger(8 * bytes + 64, random).mod(modulus));
        }
        try (CudaStream stream = device.newStream()) {
            DeviceMemory a = Buffers.upload(device, stream, pack(left, bytes));
            DeviceMemory b = Buffers.upload(device, stream, pack(right, bytes));
            DeviceMemory results = device.allocate(5L * CASES * bytes);
            Kernel kernel = device.kernel(scalars ? "test_scalars" : "test_coordinates", 128, 0);
            stream.launch(kernel, (CASES + 127) / 128, a, b, CASES, results);
            byte[] found = Buffers.download(device, stream, results);
            for (int i = 0; i < CASES; i++) {
                BigInteger x = left.get(i);
                BigInteger y = right.get(i);
                BigInteger product = x.multiply(y).multiply(radixInverse).mod(modulus);
                String where = x.toString(16) + " and " + y.toString(16);
                assertEquals(product, number(found, (5 * i) * bytes, bytes), "by chains of carries: " + where);
                assertEquals(product, number(found, (5 * i + 1) * bytes, bytes), "in wide limbs: " + where);
                assertEquals(x.add(y).mod(modulus), number(found, (5 * i + 2) * bytes, bytes), "sum of " + where);
                assertEquals(
                        x.subtract(y).mod(modulus),
                        number(found, (5 * i + 3) * bytes, bytes),
                        "difference of " + where);
                assertEquals(
                        x.signum() == 0
                                ? BigInteger.ZERO
                                : x.modInverse(modulus)
                                        .multiply(BigInteger.ONE.shiftLeft(16 * bytes))
                                        .mod(modulus),
                        number(found, (5 * i + 4) * bytes, bytes),
                        "inverse of " + where);
            }
        }
    }

    private static byte[] pack(List<BigInteger> values, int bytes) {
        byte[] packed = new byte[values.size() * bytes];
        for (int i = 0; i < values.size(); i++) {
            System.arraycopy(ScalarFields.littleEndian(values.get(i), bytes), 0, packed, i * bytes, bytes);
        }
        return packed;
    }

    private static BigInteger number(byte[] packed, int at, int bytes) {
        byte[] big = Arrays.copyOfRange(packed, at, at + bytes);
        for (int i = 0; i < bytes / 2; i++) {
            byte swap = big[i];
            big[i] = big[bytes - 1 - i];
            big[bytes - 1 - i] = swap;
        }
        return new BigInteger(1, big);
    }
}

package xyz.autonomys.farmer.erasure;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Vectors and plain Java give the same bytes, and upstream's. */
class LaneRecordTest {
    private static final int BYTES = ScalarField.BYTES;
    private static final int RECORD = 1 << 15;
    private static final byte[] LARGEST =
            java.util.HexFormat.of().parseHex("73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000000");

    @Test
    void extendsAndInterpolatesAsPlainJava() throws InvalidScalarException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int n = LaneTransform.SMALLEST; n <= 8192; n *= 2) {
            for (byte[] source : samples(n, random)) {
                compare(source, n, "seed " + seed + ", " + n + " chunks");
            }
        }
    }

    @Test
    void extendsARecordAsUpstream() throws InvalidScalarException {
        JsonNode golden = Golden.get("record");
        byte[] parity = new byte[RECORD * BYTES];
        LaneRecord.of(RECORD).extend(ErasureCodingTest.record(), 0, parity, 0);
        assertEquals(golden.get("parity_sha256").asText(), Golden.sha256(parity));
        Polynomial polynomial = LaneRecord.interpolate(ErasureCodingTest.record(), 0, RECORD);
        assertEquals(golden.get("coefficients_sha256").asText(), Golden.sha256(ErasureCodingTest.bytes(polynomial)));
    }

    @Test
    void writesOverItsInputAndAtOffsets() throws InvalidScalarException {
        int n = 256;
        byte[] source = random(n, new Random(5));
        byte[] expected = new byte[n * BYTES];
        ErasureCoding.inPlainJava(n).extend(source, 0, expected, 0);
        byte[] both = new byte[n * BYTES + 7];
        System.arraycopy(source, 0, both, 7, source.length);
        LaneRecord.of(n).extend(both, 7, both, 7);
        assertArrayEquals(expected, Arrays.copyOfRange(both, 7, both.length));
    }

    @Test
    void namesTheChunkThatIsNoScalar() {
        byte[] source = new byte[256 * BYTES];
        System.arraycopy(LARGEST, 0, source, 17 * BYTES, BYTES);
        source[18 * BYTES - 1] = 1;
        InvalidScalarException e = assertThrows(
                InvalidScalarException.class, () -> LaneRecord.of(256).extend(source, 0, source, 0));
        assertEquals(17, e.index());
    }

    /** The processor's own width is tested above; this starts a JVM for each, also for those it does not have. */
    @Test
    @Tag("long")
    void everyWidthGivesTheSameBytes() throws IOException, InterruptedException {
        for (int bits : new int[] {128, 256, 512}) {
            String printed = run(bits);
            assertTrue(printed.contains(WidthCheck.SAME + bits), printed);
        }
    }

    private static String run(int bits) throws IOException, InterruptedException {
        Path output = java.nio.file.Files.createTempFile("width-check", ".txt");
        try {
            List<String> command = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "--add-modules",
                    "jdk.incubator.vector",
                    "-Xmx512m",
                    "-D" + Lanes.WIDTH_PROPERTY + "=" + bits,
                    "-cp",
                    System.getProperty("java.class.path").replace(';', File.pathSeparatorChar),
                    WidthCheck.class.getName()));
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            if (!process.waitFor(300, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
            return java.nio.file.Files.readString(output, StandardCharsets.UTF_8);
        } finally {
            java.nio.file.Files.delete(output);
        }
    }

    /** The program that the test of widths runs. */
    static final class WidthCheck {
        static final String SAME = "the same in bits: ";

        private WidthCheck() {}

        public static void main(String[] arguments) throws Exception {
            Random random = new Random(Lanes.BITS);
            for (int n : new int[] {LaneTransform.SMALLEST, 256, 1024}) {
                for (byte[] source : samples(n, random)) {
                    compare(source, n, n + " chunks");
                }
            }
            System.out.println(SAME + Lanes.BITS);
        }
    }

    private static void compare(byte[] source, int n, String message) throws InvalidScalarException {
        byte[] expected = new byte[source.length];
        byte[] actual = new byte[source.length];
        ErasureCoding.inPlainJava(n).extend(source, 0, expected, 0);
        LaneRecord.of(n).extend(source, 0, actual, 0);
        assertArrayEquals(expected, actual, message);
        long[] values = Polynomials.load(source, 0, n);
        Domain.of(n).inverse(values);
        assertArrayEquals(values, LaneRecord.interpolate(source, 0, n).limbs(), message);
    }

    /** Random chunks, and those where digits and values are as large as they can be. */
    private static List<byte[]> samples(int n, Random random) {
        byte[] largest = new byte[n * BYTES];
        byte[] alternating = new byte[n * BYTES];
        byte[] mixed = random(n, random);
        for (int i = 0; i < n; i++) {
            System.arraycopy(LARGEST, 0, largest, i * BYTES, BYTES);
            System.arraycopy(LARGEST, 0, alternating, i * BYTES, i % 2 * BYTES);
            if (random.nextBoolean()) {
                System.arraycopy(LARGEST, 0, mixed, i * BYTES, BYTES);
                mixed[i * BYTES] -= (byte) random.nextInt(0x73);
            }
        }
        return List.of(random(n, random), mixed, largest, alternating, new byte[n * BYTES]);
    }

    static byte[] random(int n, Random random) {
        byte[] chunks = new byte[n * BYTES];
        random.nextBytes(chunks);
        for (int i = 0; i < n; i++) {
            chunks[i * BYTES] &= 0x7f;
            if (chunks[i * BYTES] > 0x72) {
                chunks[i * BYTES] = 0x72;
            }
        }
        return chunks;
    }
}

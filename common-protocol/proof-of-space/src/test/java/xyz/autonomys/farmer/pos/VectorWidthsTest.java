package xyz.autonomys.farmer.pos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import xyz.autonomys.farmer.primitives.PosSeed;
import xyz.autonomys.farmer.primitives.hash.Blake3;

/**
 * Vectors of 256 and of 512 bits give what plain Java gives. The width is fixed for the life of a JVM, so each gets a JVM of
 * its own; a width that the processor does not have is emulated by the JVM and takes minutes, but computes the same.
 */
@Tag("long")
final class VectorWidthsTest {
    private static final long LIMIT_MINUTES = 30;

    @Test
    void randomSeedsGiveTheSameTablesInEveryWidth() throws Exception {
        List<String> seeds = new ArrayList<>();
        SecureRandom random = new SecureRandom();
        for (int i = 0; i < 2; i++) {
            byte[] seed = new byte[PosSeed.SIZE];
            random.nextBytes(seed);
            seeds.add(HexFormat.of().formatHex(seed));
        }
        List<String> expected = new ArrayList<>();
        PlainTableBuilder plain = new PlainTableBuilder();
        for (String seed : seeds) {
            expected.add(digest(plain.build(PosSeed.fromHex(seed))));
        }
        assertEquals(expected, inOtherJvm(256, seeds), () -> "256 bits, seeds " + seeds);
        assertEquals(expected, inOtherJvm(512, seeds), () -> "512 bits, seeds " + seeds);
    }

    /** Prints a digest for each seed given. */
    public static void main(String[] seeds) {
        try (VectorTableBuilder builder = new VectorTableBuilder()) {
            for (String seed : seeds) {
                PosTable table = builder.build(PosSeed.fromHex(seed));
                if (!(table instanceof VectorTable)) {
                    throw new IllegalStateException("The table of " + seed + " was not built with vectors");
                }
                System.out.println(Lanes.BITS + " " + digest(table));
            }
        }
    }

    private static List<String> inOtherJvm(int bits, List<String> seeds) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules",
                "jdk.incubator.vector",
                "-XX:Tier3DelayOn=1000000",
                "-Xmx800m",
                "-D" + Lanes.WIDTH_PROPERTY + "=" + bits,
                "-cp",
                System.getProperty("java.class.path"),
                VectorWidthsTest.class.getName()));
        command.addAll(seeds);
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(process.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES), "the other JVM is still running");
            assertEquals(0, process.exitValue(), output);
            List<String> digests = new ArrayList<>();
            for (String line : output.lines().toList()) {
                assertTrue(line.startsWith(bits + " "), line);
                digests.add(line.substring(line.indexOf(' ') + 1));
            }
            return digests;
        } finally {
            process.destroyForcibly();
        }
    }

    private static String digest(PosTable table) {
        long[] used = new long[PosTable.USED_WORDS];
        byte[] masks = new byte[PosTable.MAX_MASKS * PosTable.MASK_BYTES];
        int count = table.masks(used, masks);
        StringBuilder sBuckets = new StringBuilder();
        for (int s = 0; s < 65_536; s += 257) {
            table.findProof(s).ifPresent(proof -> sBuckets.append(proof.toHex()));
        }
        return count + " " + Blake3.hash(masks).toHex() + " "
                + Blake3.hash(sBuckets.toString().getBytes(StandardCharsets.US_ASCII))
                        .toHex();
    }
}

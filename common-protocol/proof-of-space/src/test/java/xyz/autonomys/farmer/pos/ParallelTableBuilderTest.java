package xyz.autonomys.farmer.pos;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import xyz.autonomys.farmer.primitives.PosSeed;

final class ParallelTableBuilderTest {
    @BeforeAll
    static void compileKernels() {
        new VectorSelfTest().run();
    }

    @Test
    void recordedSeedsGiveTheirTables() {
        try (ParallelTableBuilder builder = new ParallelTableBuilder(3)) {
            for (int i = 0; i < 2; i++) {
                JsonNode expected = GoldenVectors.seeds().get(i);
                GoldenTables.check(builder, expected);
                assertInstanceOf(VectorTable.class, builder.build(GoldenVectors.seed(expected)));
            }
        }
    }

    @Test
    @Tag("long")
    void randomSeedsGiveTheSameMasksWithAnyNumberOfThreads() {
        long seedOfSeeds = new Random().nextLong();
        Random random = new Random(seedOfSeeds);
        try (VectorTableBuilder single = new VectorTableBuilder();
                ParallelTableBuilder two = new ParallelTableBuilder(2);
                ParallelTableBuilder seven = new ParallelTableBuilder(7)) {
            for (int i = 0; i < 20; i++) {
                byte[] bytes = new byte[32];
                random.nextBytes(bytes);
                PosSeed seed = PosSeed.of(bytes);
                byte[] expected = masks(single.build(seed));
                assertArrayEquals(expected, masks(two.build(seed)), "random " + seedOfSeeds + ", seed " + seed);
                assertArrayEquals(expected, masks(seven.build(seed)), "random " + seedOfSeeds + ", seed " + seed);
            }
        }
    }

    @Test
    void aTableThatOverflowsABucketIsBuiltWithoutLimits() {
        try (ParallelTableBuilder builder = new ParallelTableBuilder(2, 280)) {
            JsonNode expected = GoldenVectors.seeds().get(0);
            PosTable table = builder.build(GoldenVectors.seed(expected));
            assertInstanceOf(SlotTable.class, table);
            JsonNode sample = expected.get("samples").get(0);
            assertEquals(
                    sample.get("proof").asText(),
                    table.findProof(sample.get("index").asInt()).orElseThrow().toHex());
        }
    }

    @Test
    void anInterruptedThreadStillGetsItsTableAndStaysInterrupted() {
        try (ParallelTableBuilder builder = new ParallelTableBuilder(2)) {
            JsonNode expected = GoldenVectors.seeds().get(0);
            Thread.currentThread().interrupt();
            PosTable table = builder.build(GoldenVectors.seed(expected));
            assertTrue(Thread.interrupted());
            JsonNode sample = expected.get("samples").get(0);
            assertEquals(
                    sample.get("proof").asText(),
                    table.findProof(sample.get("index").asInt()).orElseThrow().toHex());
        }
    }

    @Test
    void memoryStaysWithinWhatIsDocumented() {
        try (ParallelTableBuilder builder = new ParallelTableBuilder(4)) {
            assertTrue(builder.bytesPerBuilder() < 122_000_000, () -> builder.bytesPerBuilder() + " bytes");
        }
    }

    @Test
    void aClosedBuilderBuildsNothing() {
        ParallelTableBuilder builder = new ParallelTableBuilder(2);
        builder.close();
        assertThrows(IllegalStateException.class, () -> builder.build(PosSeed.of(new byte[32])));
    }

    private static byte[] masks(PosTable table) {
        byte[] masks = new byte[PosTable.MAX_MASKS * PosTable.MASK_BYTES];
        assertEquals(PosTable.MAX_MASKS, table.masks(new long[PosTable.USED_WORDS], masks));
        return masks;
    }
}

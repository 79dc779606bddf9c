package xyz.autonomys.farmer.pos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import xyz.autonomys.farmer.primitives.PosSeed;

final class VectorTableBuilderTest {
    @BeforeAll
    static void compileKernels() {
        new VectorSelfTest().run();
    }

    @Test
    void recordedSeedsGiveTheirTables() {
        check(2);
    }

    @Test
    @Tag("long")
    void allRecordedSeedsGiveTheirTables() {
        check(GoldenVectors.seeds().size());
    }

    private static void check(int seeds) {
        try (VectorTableBuilder builder = new VectorTableBuilder()) {
            for (int i = 0; i < seeds; i++) {
                GoldenTables.check(builder, GoldenVectors.seeds().get(i));
                assertInstanceOf(
                        VectorTable.class,
                        builder.build(GoldenVectors.seed(GoldenVectors.seeds().get(i))),
                        "fits without the plain builder");
            }
        }
    }

    @Test
    void aTableThatOverflowsABucketIsBuiltWithoutLimits() {
        // The fullest bucket of a table has more than 300 entries.
        try (VectorTableBuilder builder = new VectorTableBuilder(280, TableMemory.DENSE_INDICES)) {
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
    @Tag("long")
    void aTableWithMoreEntriesThanIndicesIsBuiltWithoutLimits() {
        try (VectorTableBuilder builder = new VectorTableBuilder(TableMemory.BUCKET_CAPACITY, 1_000_000 & -16)) {
            assertInstanceOf(SlotTable.class, builder.build(PosSeed.of(new byte[32])));
        }
    }

    @Test
    void memoryStaysWithinWhatIsDocumented() {
        try (VectorTableBuilder builder = new VectorTableBuilder()) {
            assertTrue(builder.bytesPerBuilder() < 112_000_000, () -> builder.bytesPerBuilder() + " bytes");
        }
    }

    @Test
    void aClosedBuilderBuildsNothing() {
        VectorTableBuilder builder = new VectorTableBuilder();
        builder.close();
        assertThrows(IllegalStateException.class, () -> builder.build(PosSeed.of(new byte[32])));
    }

    @Test
    void indicesBehindTheLastSBucketAreRefused() {
        try (VectorTableBuilder builder = new VectorTableBuilder()) {
            PosTable table = builder.build(PosSeed.of(new byte[32]));
            assertThrows(IllegalArgumentException.class, () -> table.findProof(65_536));
            assertThrows(IllegalArgumentException.class, () -> table.findProof(-1));
        }
    }

    @Test
    void bucketsAreComputedWithoutDivision() {
        for (int bucket = 0; bucket < PosRules.BUCKETS; bucket++) {
            int first = bucket * PosRules.BUCKET_WIDTH;
            int last = Math.min(first + PosRules.BUCKET_WIDTH, 1 << PosRules.Y_BITS) - 1;
            assertEquals(bucket, EntryLayout.bucket(first));
            assertEquals(bucket, EntryLayout.bucket(last));
        }
    }
}

package xyz.autonomys.farmer.pos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

final class PosTablesTest {
    @Test
    void theSelfTestFindsTheVectorBuilderRight() {
        VectorSelfTest.Outcome outcome = new VectorSelfTest().run();
        // How fast it is depends on the machine; that it computes the known table does not.
        if (outcome instanceof VectorSelfTest.Outcome.Unusable(String reason)) {
            assertTrue(reason.contains("processor time"), reason);
        }
    }

    @Test
    void aFastOrSlowVectorBuilderIsUsedAndAWrongOneIsNot() {
        assertTrue(BackEnd.ofOutcome(new VectorSelfTest.Outcome.Fast(300), 256).vectors());
        BackEnd slow = BackEnd.ofOutcome(new VectorSelfTest.Outcome.Slow(1500), 256);
        assertTrue(slow.vectors());
        assertEquals("vectors of 256 bits, slowed down by the JVM", slow.description());
        BackEnd plain = BackEnd.ofOutcome(new VectorSelfTest.Outcome.Unusable("a table differs"), 512);
        assertFalse(plain.vectors());
        assertEquals("plain Java, because with vectors of 512 bits, a table differs", plain.description());
    }

    @Test
    void theBuilderIsTheDescribedOne() {
        try (PosTableBuilder builder = PosTables.newBuilder()) {
            boolean plain = PosTables.describe().startsWith("plain Java");
            assertEquals(plain, builder instanceof PlainTableBuilder);
        }
    }

    @Test
    void aTableNeedsAThread() {
        assertThrows(IllegalArgumentException.class, () -> PosTables.newParallelBuilder(0));
    }
}

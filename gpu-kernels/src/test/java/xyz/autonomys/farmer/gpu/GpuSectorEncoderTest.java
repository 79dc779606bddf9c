package xyz.autonomys.farmer.gpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import xyz.autonomys.farmer.pos.PosTables;
import xyz.autonomys.farmer.sector.plot.CpuSectorEncoder;
import xyz.autonomys.farmer.sector.plot.PlottingException;

/** Sectors made by a device are the processor's, byte for byte, whatever happens to the device. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class GpuSectorEncoderTest {
    private static final int ILLEGAL_ADDRESS = 700;
    private static final int BUCKET_OVERFLOW = 1;

    private static CpuSectorEncoder processor;
    private static GpuSectorEncoder encoder;

    @BeforeAll
    static void open() throws Exception {
        Emulator.load();
        processor = new CpuSectorEncoder(1, PosTables::newBuilder);
        encoder = new GpuSectorEncoder(
                Gpus.open(Map.of(Gpus.CONCURRENCY, "2")), new CpuSectorEncoder(1, PosTables::newBuilder), 2);
        assertTrue(encoder.hasDevices());
    }

    @AfterAll
    static void close() {
        encoder.close();
        processor.close();
        Emulator.heal();
        assertEquals(0, Emulator.usedBytes(), "device memory that nobody freed");
    }

    private static void assertSame(MadeSector expected, MadeSector found) {
        assertEquals(expected.bytes().length, found.bytes().length);
        assertEquals(-1, Arrays.mismatch(expected.bytes(), found.bytes()), "first byte that differs");
        assertEquals(expected.encoded().checksum(), found.encoded().checksum());
        assertArrayEquals(expected.encoded().sBucketSizes(), found.encoded().sBucketSizes());
    }

    /** One record is as it should be, the next exceeds a fixed size and comes from the processor. */
    @Test
    void sectorsAreTheProcessors() throws Exception {
        Emulator.spoilNextRecord(BUCKET_OVERFLOW);
        MadeSector found = MadeSector.by(encoder, MadeSector.random(1, 2));
        assertEquals(0, encoder.sectorsOnProcessor());
        assertSame(MadeSector.by(processor, MadeSector.random(1, 2)), found);
    }

    /** The last test: the device does not come back. */
    @Order(Integer.MAX_VALUE)
    @Test
    void aDeviceThatFailsIsGivenUpAndTheProcessorGoesOn() throws Exception {
        Emulator.failAfter(10, ILLEGAL_ADDRESS);
        MadeSector found = MadeSector.by(encoder, MadeSector.random(2, 1));
        assertFalse(encoder.hasDevices());
        assertEquals(1, encoder.sectorsOnProcessor());
        assertSame(MadeSector.by(processor, MadeSector.random(2, 1)), found);
    }

    @Test
    void aChunkThatIsNoScalarIsNamedAsByTheProcessor() {
        RandomSector sector = MadeSector.random(3, 1);
        sector.record(0).asSlice(32 * 77, 32).fill((byte) 0xFF);
        RandomSector same = MadeSector.random(3, 1);
        same.record(0).asSlice(32 * 77, 32).fill((byte) 0xFF);
        PlottingException found = assertThrows(PlottingException.class, () -> MadeSector.by(encoder, sector));
        PlottingException expected = assertThrows(PlottingException.class, () -> MadeSector.by(processor, same));
        assertEquals(expected.getMessage(), found.getMessage());
        assertEquals(expected.kind(), found.kind());
        assertEquals((byte) 0xFF, sector.record(0).get(ValueLayout.JAVA_BYTE, 32 * 77), "records stay as they were");
    }
}

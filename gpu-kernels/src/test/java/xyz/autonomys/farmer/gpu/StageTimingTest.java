package xyz.autonomys.farmer.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The stages of encoding run one by one as they do in a sector. */
final class StageTimingTest extends OnEmulatedDevice {
    @Test
    void everyStageTakesTime() throws Exception {
        long before = Emulator.usedBytes();
        List<StageTiming.Stage> stages =
                device.submit(() -> StageTiming.measure(device, new Tuning(TableKernels.Map.NARROW, 1), 1, 1));
        assertEquals(
                List.of("upload and extension", "tables", "selection", "masks", "assembly, checksum and download"),
                stages.stream().map(StageTiming.Stage::name).toList());
        stages.forEach(stage -> assertTrue(stage.millisPerRecord() > 0, stage::name));
        assertTrue(device.isUsable());
        assertEquals(before, Emulator.usedBytes(), "its memory is free again");
    }
}

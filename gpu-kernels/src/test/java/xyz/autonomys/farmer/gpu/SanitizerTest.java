package xyz.autonomys.farmer.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** A record's way through all kernels of plotting again, under AddressSanitizer and UndefinedBehaviorSanitizer. */
final class SanitizerTest {
    @Test
    void aRecordIsCleanUnderSanitizers() throws Exception {
        Path trace = Path.of("target/record.trace").toAbsolutePath();
        CudaDevice device = Emulator.open();
        Emulator.trace(trace);
        DeviceSelfTest.run(device, new Tuning(TableKernels.Map.NARROW, 1));
        Emulator.endTrace();
        device.close();
        assertEquals(0, Emulator.replay(trace, "descending"), "see target/replay.txt");
        Files.delete(trace);
    }
}

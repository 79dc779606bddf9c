package xyz.autonomys.farmer.gpu;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** Tests of kernels on the emulated device, which is there as long as the tests of one class. */
abstract class OnEmulatedDevice {
    static CudaDevice device;

    @BeforeAll
    static void openDevice() throws GpuException {
        device = Emulator.open();
    }

    @AfterAll
    static void closeDevice() {
        device.close();
    }
}

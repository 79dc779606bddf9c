package xyz.autonomys.farmer.gpu;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdevice_attribute;
import jcuda.driver.JCudaDriver;

/**
 * What a device is.
 *
 * @param ordinal its number among the visible ones
 * @param name as the driver calls it
 * @param pciBusId such as {@code 0000:3b:00.0}
 * @param capability compute capability, 90 for 9.0
 * @param multiprocessors how many
 * @param clockKhz highest clock of the multiprocessors
 * @param memoryBytes all of its memory
 * @param sharedBytesPerMultiprocessor shared memory of a multiprocessor
 * @param sharedBytesPerBlock most that one block can have of it
 */
public record DeviceInfo(
        int ordinal,
        String name,
        String pciBusId,
        int capability,
        int multiprocessors,
        int clockKhz,
        long memoryBytes,
        int sharedBytesPerMultiprocessor,
        int sharedBytesPerBlock) {
    /** The oldest compute capability that the kernels are compiled for. */
    public static final int MIN_CAPABILITY = 75;

    private static final int NAME_BYTES = 128;

    static DeviceInfo of(int ordinal) throws GpuException {
        CUdevice device = CudaDriver.device(ordinal);
        byte[] name = new byte[NAME_BYTES];
        CudaDriver.check(JCudaDriver.cuDeviceGetName(name, name.length, device), "cuDeviceGetName");
        int length = 0;
        while (length < name.length && name[length] != 0) {
            length++;
        }
        long[] memory = new long[1];
        CudaDriver.check(JCudaDriver.cuDeviceTotalMem(memory, device), "cuDeviceTotalMem");
        String[] bus = new String[1];
        CudaDriver.check(JCudaDriver.cuDeviceGetPCIBusId(bus, 32, device), "cuDeviceGetPCIBusId");
        return new DeviceInfo(
                ordinal,
                new String(name, 0, length, StandardCharsets.UTF_8),
                bus[0].strip().toLowerCase(Locale.ROOT),
                10 * attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR)
                        + attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR),
                attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT),
                attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_CLOCK_RATE),
                memory[0],
                attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_MULTIPROCESSOR),
                attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN));
    }

    private static int attribute(CUdevice device, int attribute) throws GpuException {
        int[] value = new int[1];
        CudaDriver.check(JCudaDriver.cuDeviceGetAttribute(value, attribute, device), "cuDeviceGetAttribute");
        return value[0];
    }

    /** In words, for logs and the console. */
    public String describe() {
        return String.format(
                Locale.ROOT,
                "device %d: %s, compute capability %d.%d, %d multiprocessors, %.1f GiB, PCI %s",
                ordinal,
                name,
                capability / 10,
                capability % 10,
                multiprocessors,
                memoryBytes / (double) (1 << 30),
                pciBusId);
    }

    /** Seconds that a sector of 1000 pieces takes at least: what the integer units must do (610 per entry). */
    public double floorSeconds() {
        double entries = 6.27e6 * 1000;
        return entries * 610 / (64.0 * multiprocessors * clockKhz * 1000.0);
    }
}

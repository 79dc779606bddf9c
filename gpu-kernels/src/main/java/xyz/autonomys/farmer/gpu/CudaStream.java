package xyz.autonomys.farmer.gpu;

import jcuda.NativePointerObject;
import jcuda.Pointer;
import jcuda.driver.CUstream;
import jcuda.driver.JCudaDriver;

/**
 * A sequence of operations on a device. Everything here returns at once; what it was given must stay untouched until an
 * event recorded behind it has fired. Used by one thread at a time.
 */
final class CudaStream implements AutoCloseable {
    private final CudaDevice device;
    private final CUstream handle;

    CudaStream(CudaDevice device, CUstream handle) {
        this.device = device;
        this.handle = handle;
    }

    /** Copies to the device. */
    void upload(PinnedMemory from, long offset, DeviceMemory to, long bytes) throws GpuException {
        inside(offset, bytes, from.size());
        inside(0, bytes, to.bytes());
        device.check(
                JCudaDriver.cuMemcpyHtoDAsync(to.pointer(), from.pointer().withByteOffset(offset), bytes, handle),
                "cuMemcpyHtoDAsync");
    }

    /** Copies from the device. */
    void download(DeviceMemory from, PinnedMemory to, long offset, long bytes) throws GpuException {
        inside(offset, bytes, to.size());
        inside(0, bytes, from.bytes());
        device.check(
                JCudaDriver.cuMemcpyDtoHAsync(to.pointer().withByteOffset(offset), from.pointer(), bytes, handle),
                "cuMemcpyDtoHAsync");
    }

    /** Copies on the device. */
    void copy(DeviceMemory from, DeviceMemory to, long bytes) throws GpuException {
        inside(0, bytes, from.bytes());
        inside(0, bytes, to.bytes());
        device.check(JCudaDriver.cuMemcpyDtoDAsync(to.pointer(), from.pointer(), bytes, handle), "cuMemcpyDtoDAsync");
    }

    /** Fills memory with a byte. */
    void fill(DeviceMemory memory, int value) throws GpuException {
        device.check(
                JCudaDriver.cuMemsetD8Async(memory.pointer(), (byte) value, memory.bytes(), handle), "cuMemsetD8Async");
    }

    /**
     * Launches a kernel.
     *
     * @param blocks of the grid
     * @param arguments one per parameter: {@link DeviceMemory} or null for a pointer, Integer for 32 bits, {@code byte[]}
     *     for a structure
     */
    void launch(Kernel kernel, int blocks, Object... arguments) throws GpuException {
        NativePointerObject[] pointers = new NativePointerObject[arguments.length];
        for (int i = 0; i < arguments.length; i++) {
            pointers[i] = switch (arguments[i]) {
                case null -> Pointer.to(new long[1]);
                case DeviceMemory memory -> Pointer.to(memory.pointer());
                case Integer number -> Pointer.to(new int[] {number});
                case byte[] structure -> Pointer.to(structure);
                default ->
                    throw new IllegalArgumentException("no kernel parameter is a "
                            + arguments[i].getClass().getName());
            };
        }
        device.check(
                JCudaDriver.cuLaunchKernel(
                        kernel.function(),
                        blocks,
                        1,
                        1,
                        kernel.threads(),
                        1,
                        1,
                        kernel.sharedBytes(),
                        handle,
                        Pointer.to(pointers),
                        null),
                "launch of " + kernel.name());
    }

    /** Marks this place of the stream. */
    void record(CudaEvent event) throws GpuException {
        device.check(JCudaDriver.cuEventRecord(event.handle(), handle), "cuEventRecord");
    }

    /** What follows in this stream waits for the event. */
    void waitFor(CudaEvent event) throws GpuException {
        device.check(JCudaDriver.cuStreamWaitEvent(handle, event.handle(), 0), "cuStreamWaitEvent");
    }

    private static void inside(long offset, long bytes, long size) {
        if (offset < 0 || bytes < 0 || offset + bytes > size) {
            throw new IndexOutOfBoundsException(bytes + " bytes at " + offset + " of " + size);
        }
    }

    @Override
    public void close() {
        device.quietly(() -> JCudaDriver.cuStreamDestroy(handle));
    }
}

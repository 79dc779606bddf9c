package xyz.autonomys.farmer.gpu;

import jcuda.driver.CUdeviceptr;

/**
 * A range of device memory. What {@link CudaDevice#allocate} returns owns the memory, its slices do not.
 *
 * @param pointer where it begins
 * @param bytes how long it is
 */
record DeviceMemory(CUdeviceptr pointer, long bytes) {
    /** The part from {@code offset} on. */
    DeviceMemory from(long offset) {
        return slice(offset, bytes - offset);
    }

    /** A part. */
    DeviceMemory slice(long offset, long length) {
        if (offset < 0 || length < 0 || offset + length > bytes) {
            throw new IndexOutOfBoundsException(
                    length + " bytes at " + offset + " of " + bytes + " bytes of device memory");
        }
        return new DeviceMemory(pointer.withByteOffset(offset), length);
    }
}

package xyz.autonomys.farmer.gpu;

import java.lang.foreign.MemorySegment;
import jcuda.Pointer;

/**
 * Host memory that the device reads and writes by itself.
 *
 * @param pointer where it begins
 * @param bytes its contents; at most 2 GiB
 */
record PinnedMemory(Pointer pointer, MemorySegment bytes) {
    /** Bytes of it. */
    long size() {
        return bytes.byteSize();
    }
}

package xyz.autonomys.farmer.gpu;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Moves arrays to a device and back, one at a time. */
final class Buffers {
    private Buffers() {}

    static DeviceMemory upload(CudaDevice device, CudaStream stream, byte[] bytes) throws GpuException {
        DeviceMemory memory = device.allocate(bytes.length);
        write(device, stream, bytes, memory);
        return memory;
    }

    static DeviceMemory upload(CudaDevice device, CudaStream stream, int... words) throws GpuException {
        return upload(device, stream, bytes(words));
    }

    static void write(CudaDevice device, CudaStream stream, byte[] bytes, DeviceMemory memory) throws GpuException {
        PinnedMemory host = device.allocatePinned(bytes.length);
        MemorySegment.copy(bytes, 0, host.bytes(), ValueLayout.JAVA_BYTE, 0, bytes.length);
        stream.upload(host, 0, memory, bytes.length);
        await(device, stream);
        device.free(host);
    }

    static byte[] download(CudaDevice device, CudaStream stream, DeviceMemory memory) throws GpuException {
        PinnedMemory host = device.allocatePinned(memory.bytes());
        stream.download(memory, host, 0, memory.bytes());
        await(device, stream);
        byte[] bytes = host.bytes().toArray(ValueLayout.JAVA_BYTE);
        device.free(host);
        return bytes;
    }

    static int[] downloadInts(CudaDevice device, CudaStream stream, DeviceMemory memory) throws GpuException {
        int[] words = new int[(int) (memory.bytes() / Integer.BYTES)];
        ByteBuffer.wrap(download(device, stream, memory))
                .order(ByteOrder.LITTLE_ENDIAN)
                .asIntBuffer()
                .get(words);
        return words;
    }

    static byte[] bytes(int... words) {
        ByteBuffer buffer = ByteBuffer.allocate(words.length * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        buffer.asIntBuffer().put(words);
        return buffer.array();
    }

    private static void await(CudaDevice device, CudaStream stream) throws GpuException {
        try (CudaEvent event = device.newEvent()) {
            stream.record(event);
            device.await(event);
        }
    }
}

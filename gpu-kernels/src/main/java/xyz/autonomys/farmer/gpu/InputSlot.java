package xyz.autonomys.farmer.gpu;

import java.lang.foreign.MemorySegment;
import xyz.autonomys.farmer.primitives.PosSeed;
import xyz.autonomys.farmer.primitives.ProtocolSizes;

/** A batch of records on its way to a device: pinned memory, its copy on the device, and the records' extension. */
final class InputSlot implements AutoCloseable {
    /** Records of a batch. A single one cannot fill a device with its transforms. */
    static final int RECORDS = 16;

    private static final long RECORDS_BYTES = (long) RECORDS * ProtocolSizes.RECORD_BYTES;
    private static final long SEEDS_BYTES = (long) RECORDS * PosSeed.SIZE;

    /** Device memory of a slot. */
    static final long DEVICE_BYTES = 3 * RECORDS_BYTES + SEEDS_BYTES;

    /** Pinned memory of a slot. */
    static final long HOST_BYTES = RECORDS_BYTES + SEEDS_BYTES;

    private final CudaDevice device;
    private final PinnedMemory host;
    private final DeviceMemory all;
    private final CudaEvent extended;
    private final CudaEvent[] done;

    InputSlot(CudaDevice device, int lanes) throws GpuException {
        this.device = device;
        host = device.allocatePinned(HOST_BYTES);
        all = device.allocate(DEVICE_BYTES);
        extended = device.newEvent();
        done = new CudaEvent[lanes];
        for (int i = 0; i < lanes; i++) {
            done[i] = device.newEvent();
        }
    }

    /** Waits until the device does not need the slot any more. */
    void awaitIdle() throws GpuException {
        for (CudaEvent event : done) {
            device.await(event);
        }
    }

    /** Puts a record into an idle slot. */
    void put(int i, MemorySegment record, PosSeed seed) {
        MemorySegment.copy(record, 0, host.bytes(), (long) i * ProtocolSizes.RECORD_BYTES, ProtocolSizes.RECORD_BYTES);
        MemorySegment.copy(
                MemorySegment.ofArray(seed.toBytes()),
                0,
                host.bytes(),
                RECORDS_BYTES + (long) i * PosSeed.SIZE,
                PosSeed.SIZE);
    }

    /** Enqueues upload and extension of {@code count} records; {@code flags} are theirs. */
    void extend(CudaStream stream, TransformKernels transforms, int count, DeviceMemory flags) throws GpuException {
        stream.upload(host, 0, all, (long) count * ProtocolSizes.RECORD_BYTES);
        stream.upload(host, RECORDS_BYTES, all.from(3 * RECORDS_BYTES), (long) count * PosSeed.SIZE);
        transforms.extend(
                stream,
                count,
                all.slice(0, RECORDS_BYTES),
                all.slice(RECORDS_BYTES, RECORDS_BYTES),
                all.slice(2 * RECORDS_BYTES, RECORDS_BYTES),
                flags);
        stream.record(extended);
    }

    /** Fires when the parity is there. */
    CudaEvent extended() {
        return extended;
    }

    /** To be recorded when a lane is done with this slot's records. */
    CudaEvent done(int lane) {
        return done[lane];
    }

    DeviceMemory source(int i) {
        return all.slice((long) i * ProtocolSizes.RECORD_BYTES, ProtocolSizes.RECORD_BYTES);
    }

    DeviceMemory parity(int i) {
        return all.slice(2 * RECORDS_BYTES + (long) i * ProtocolSizes.RECORD_BYTES, ProtocolSizes.RECORD_BYTES);
    }

    DeviceMemory seed(int i) {
        return all.slice(3 * RECORDS_BYTES + (long) i * PosSeed.SIZE, PosSeed.SIZE);
    }

    @Override
    public void close() {
        extended.close();
        for (CudaEvent event : done) {
            event.close();
        }
        device.free(host);
        device.free(all);
    }
}

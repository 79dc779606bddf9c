package xyz.autonomys.farmer.gpu;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import xyz.autonomys.farmer.kzg.Kzg;
import xyz.autonomys.farmer.primitives.ChunkWitness;
import xyz.autonomys.farmer.primitives.PosProof;
import xyz.autonomys.farmer.primitives.PosSeed;
import xyz.autonomys.farmer.primitives.ProtocolSizes;
import xyz.autonomys.farmer.primitives.ScalarBytes;
import xyz.autonomys.farmer.sector.prove.ChunkProof;
import xyz.autonomys.farmer.sector.read.StoredRecord;

/** Proves on one device, one proof at a time. */
final class DeviceProver {
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final int RECORD = ProtocolSizes.RECORD_CHUNKS;

    // What goes to the device and what comes back, the same places on both sides.
    private static final long SEED = 0;
    private static final long ENCODED = 256;
    private static final long STORED = ENCODED + TableKernels.BITMAP_BYTES;
    private static final long MISSING = STORED + RECORD * Short.BYTES;
    private static final long CHUNKS = MISSING + RECORD * Short.BYTES;
    private static final long INPUT_BYTES = CHUNKS + ProtocolSizes.RECORD_BYTES;
    private static final long PROOF = INPUT_BYTES;
    private static final long SUM = PROOF + 256;
    private static final long VALUE = SUM + 256;
    private static final long FLAGS = VALUE + 256;
    private static final long ALL_BYTES = FLAGS + 256;

    private final CudaDevice device;
    private final ReentrantLock turn = new ReentrantLock();
    private final TableKernels tables;
    private final TableKernels.Lane lane;
    private final ProvingKernels proving;
    private final SumKernels sums;
    private final DeviceMemory memory;
    private final PinnedMemory host;
    private final CudaEvent done;

    private DeviceProver(CudaDevice device, Tuning tuning, byte[] powers) throws GpuException {
        this.device = device;
        lane = new TableKernels.Lane(device);
        CudaStream stream = lane.stream();
        tables = new TableKernels(device, tuning.map());
        proving = new ProvingKernels(device, stream, new TransformKernels(device, stream));
        sums = new SumKernels(device, powers.length / ProtocolSizes.G1_BYTES);
        memory = device.allocate(ALL_BYTES);
        host = device.allocatePinned(ALL_BYTES);
        done = device.newEvent();
        fillTable(stream, powers);
    }

    private void fillTable(CudaStream stream, byte[] powers) throws GpuException {
        DeviceMemory compressed = device.allocate(powers.length);
        PinnedMemory source = device.allocatePinned(powers.length);
        try {
            MemorySegment.copy(powers, 0, source.bytes(), ValueLayout.JAVA_BYTE, 0, powers.length);
            stream.upload(source, 0, compressed, powers.length);
            DeviceMemory flags = memory.slice(FLAGS, Integer.BYTES);
            stream.fill(flags, 0);
            sums.fillTable(stream, compressed, flags);
            stream.download(flags, host, FLAGS, Integer.BYTES);
            stream.record(done);
            done.await();
            if (host.bytes().get(INT, FLAGS) != 0) {
                throw new GpuException(
                        device.info().describe() + " takes a power of the setup for no point; it does not prove", 0);
            }
        } finally {
            device.free(compressed);
            device.free(source);
        }
    }

    /** Takes the memory and makes the table of multiples of the setup's powers. */
    static DeviceProver open(Gpus.Opened opened, Kzg kzg) throws GpuException, InterruptedException {
        byte[] powers = kzg.powers(ProtocolSizes.RECORD_CHUNKS);
        return opened.device().submit(() -> new DeviceProver(opened.device(), opened.tuning(), powers));
    }

    /** Device memory of a prover. */
    static long deviceBytes() {
        return TableKernels.LANE_BYTES
                + TransformKernels.DEVICE_BYTES
                + ProvingKernels.deviceBytes()
                + SumKernels.deviceBytes(ProtocolSizes.RECORD_CHUNKS)
                + ALL_BYTES;
    }

    CudaDevice device() {
        return device;
    }

    /** Whether a proof is under way. */
    boolean isBusy() {
        return turn.isLocked();
    }

    /**
     * Proves a chunk.
     *
     * @return empty if the record is not as it should be; what is wrong, the processor finds out
     */
    Optional<ChunkProof> prove(StoredRecord record, int sBucket) throws GpuException, InterruptedException {
        turn.lockInterruptibly();
        try {
            put(record);
            device.submit(() -> {
                enqueue(sBucket);
                return null;
            });
            device.await(done);
            if (host.bytes().get(INT, FLAGS) != 0) {
                return Optional.empty();
            }
            byte[] chunk = bytes(VALUE, ProtocolSizes.CHUNK_BYTES);
            for (int i = 0; i < chunk.length / 2; i++) {
                byte swap = chunk[i];
                chunk[i] = chunk[chunk.length - 1 - i];
                chunk[chunk.length - 1 - i] = swap;
            }
            return Optional.of(new ChunkProof(
                    ScalarBytes.of(chunk),
                    ChunkWitness.of(SumKernels.compress(bytes(SUM, SumKernels.RESULT_BYTES))),
                    PosProof.of(bytes(PROOF, PosProof.SIZE))));
        } finally {
            turn.unlock();
        }
    }

    private byte[] bytes(long from, int length) {
        return host.bytes().asSlice(from, length).toArray(ValueLayout.JAVA_BYTE);
    }

    private void put(StoredRecord record) {
        MemorySegment to = host.bytes();
        MemorySegment.copy(record.posSeed().toBytes(), 0, to, ValueLayout.JAVA_BYTE, SEED, PosSeed.SIZE);
        MemorySegment.copy(record.chunks(), 0, to, ValueLayout.JAVA_BYTE, CHUNKS, ProtocolSizes.RECORD_BYTES);
        long[] encoded = record.encodedSBuckets();
        int fill = RECORD;
        for (int i = 0; i < encoded.length; i++) {
            to.set(LONG, ENCODED + (long) i * Long.BYTES, encoded[i]);
            fill -= Long.bitCount(encoded[i]);
        }
        int stored = 0;
        int missing = 0;
        for (int s = 0; s < ProtocolSizes.S_BUCKETS; s++) {
            boolean isEncoded = record.isEncoded(s);
            if (isEncoded || fill > 0) {
                fill -= isEncoded ? 0 : 1;
                to.set(SHORT, STORED + (long) Short.BYTES * stored++, (short) s);
            } else {
                to.set(SHORT, MISSING + (long) Short.BYTES * missing++, (short) s);
            }
        }
    }

    /** On the submission thread. */
    private void enqueue(int sBucket) throws GpuException {
        CudaStream stream = lane.stream();
        DeviceMemory flags = memory.slice(FLAGS, Integer.BYTES);
        stream.upload(host, 0, memory, INPUT_BYTES);
        stream.fill(flags, 0);
        tables.build(lane, memory.slice(SEED, PosSeed.SIZE), flags);
        tables.expand(lane, sBucket, memory.slice(PROOF, PosProof.SIZE), flags);
        proving.unmask(
                lane,
                memory.slice(STORED, RECORD * Short.BYTES),
                memory.slice(ENCODED, TableKernels.BITMAP_BYTES),
                memory.slice(CHUNKS, ProtocolSizes.RECORD_BYTES),
                flags);
        DeviceMemory polynomial = proving.recover(stream, memory.slice(MISSING, RECORD * Short.BYTES));
        DeviceMemory sum = sums.sum(stream, proving.divide(stream, polynomial, sBucket), RECORD);
        stream.download(memory.from(PROOF), host, PROOF, PosProof.SIZE);
        stream.download(sum, host, SUM, SumKernels.RESULT_BYTES);
        stream.download(
                proving.values().slice((long) sBucket * ProtocolSizes.CHUNK_BYTES, ProtocolSizes.CHUNK_BYTES),
                host,
                VALUE,
                ProtocolSizes.CHUNK_BYTES);
        stream.download(flags, host, FLAGS, Integer.BYTES);
        stream.record(done);
    }

    void close() {
        done.close();
        lane.close();
    }
}

package xyz.autonomys.farmer.gpu;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import xyz.autonomys.farmer.primitives.PosSeed;
import xyz.autonomys.farmer.primitives.ProtocolSizes;

/**
 * Encodes one record whose result is known before a device gets any work: tables, transforms, choice of s-buckets, masks. It
 * is where the driver's own compiler and the chip meet the kernels for the first time.
 */
final class DeviceSelfTest {
    private static final String SEED = "23023404333717545b0a6f0c0dde9710e4d3fe2d5cc6cc0a090a0b818bab0f17";
    private static final String ENCODED_SHA256 = "4748ab2682bc1f2ff6e094698e877dd61be32e98ed702b8e5b6dba814144629f";
    private static final String USED_SHA256 = "c965a0cad69324571d8fbf8966cb12a5ddb44f5415a557682d5bd6d5d25a8204";

    private DeviceSelfTest() {}

    /** Chunk i is a zero byte and the first 31 bytes of SHA-256 of i as a little-endian u32. */
    static byte[] source() {
        byte[] record = new byte[ProtocolSizes.RECORD_BYTES];
        MessageDigest digest = sha256();
        for (int i = 0; i < ProtocolSizes.RECORD_CHUNKS; i++) {
            byte[] hash = digest.digest(new byte[] {(byte) i, (byte) (i >>> 8), 0, 0});
            System.arraycopy(hash, 0, record, ProtocolSizes.CHUNK_BYTES * i + 1, ProtocolSizes.CHUNK_BYTES - 1);
        }
        return record;
    }

    /** The seed of the record. */
    static PosSeed seed() {
        return PosSeed.of(HexFormat.of().parseHex(SEED));
    }

    /**
     * Runs the test.
     *
     * @throws GpuException if the device fails or gives other bytes
     */
    static void run(CudaDevice device, Tuning tuning) throws GpuException, InterruptedException {
        byte[][] result = device.submit(() -> encode(device, tuning));
        compare(device, "chunks", ENCODED_SHA256, result[0]);
        compare(device, "s-buckets", USED_SHA256, result[1]);
    }

    private static byte[][] encode(CudaDevice device, Tuning tuning) throws GpuException {
        DeviceMemory results = device.allocate(
                ProtocolSizes.RECORD_BYTES + 2L * TableKernels.BITMAP_BYTES + TableKernels.BEFORE_BYTES + 512);
        PinnedMemory host = device.allocatePinned(ProtocolSizes.RECORD_BYTES + TableKernels.BITMAP_BYTES + 256L);
        try (TableKernels.Lane lane = new TableKernels.Lane(device);
                TransformKernels transforms = new TransformKernels(device, lane.stream());
                InputSlot slot = new InputSlot(device, 1);
                CudaEvent done = device.newEvent()) {
            CudaStream stream = lane.stream();
            long at = ProtocolSizes.RECORD_BYTES;
            DeviceMemory used = results.slice(at, TableKernels.BITMAP_BYTES);
            at += TableKernels.BITMAP_BYTES;
            DeviceMemory present = results.slice(at, TableKernels.BITMAP_BYTES);
            at += TableKernels.BITMAP_BYTES;
            DeviceMemory before = results.slice(at, TableKernels.BEFORE_BYTES);
            at += TableKernels.BEFORE_BYTES;
            TableKernels.Places places = new TableKernels.Places(
                    used, present, before, results.slice(at, Integer.BYTES), results.slice(at + 256, Integer.BYTES));
            stream.fill(results, 0);
            slot.put(0, MemorySegment.ofArray(source()), seed());
            slot.extend(stream, transforms, 1, places.flags());
            TableKernels tables = new TableKernels(device, tuning.map());
            tables.build(lane, slot.seed(0), places.flags());
            tables.select(lane, places);
            tables.mask(lane, places, slot.source(0), slot.parity(0), results.slice(0, ProtocolSizes.RECORD_BYTES));
            stream.download(results, host, 0, ProtocolSizes.RECORD_BYTES + TableKernels.BITMAP_BYTES);
            stream.record(done);
            done.await();
            return new byte[][] {
                host.bytes().asSlice(0, ProtocolSizes.RECORD_BYTES).toArray(ValueLayout.JAVA_BYTE),
                host.bytes()
                        .asSlice(ProtocolSizes.RECORD_BYTES, TableKernels.BITMAP_BYTES)
                        .toArray(ValueLayout.JAVA_BYTE)
            };
        } finally {
            device.free(results);
            device.free(host);
        }
    }

    private static void compare(CudaDevice device, String what, String expected, byte[] found) throws GpuException {
        String digest = HexFormat.of().formatHex(sha256().digest(found));
        if (!digest.equals(expected)) {
            throw new GpuException(
                    device.info().describe() + " gives wrong " + what + " in its self-test (SHA-256 " + digest
                            + ", expected " + expected + "); it is not used",
                    0);
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}

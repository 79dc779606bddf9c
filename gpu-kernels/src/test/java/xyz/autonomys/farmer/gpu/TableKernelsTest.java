package xyz.autonomys.farmer.gpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import xyz.autonomys.farmer.pos.PosTable;
import xyz.autonomys.farmer.pos.PosTableBuilder;
import xyz.autonomys.farmer.pos.PosTables;
import xyz.autonomys.farmer.primitives.PosSeed;
import xyz.autonomys.farmer.primitives.ProtocolSizes;
import xyz.autonomys.farmer.primitives.hash.Blake3;

/** Whole tables: against recorded facts, and against the processor's tables byte for byte. */
final class TableKernelsTest extends OnEmulatedDevice {
    private static final int BUCKETS = 4441;
    private static final int[] TABLE_SIZES = {1_048_576, 1_046_669, 1_046_116, 1_044_021, 1_039_293, 1_031_172};
    /** What a device makes of a seed. */
    private record Result(int[] tableSizes, byte[] slots, byte[] used, byte[] masks, byte[] proof, int flags) {}

    private static Result make(PosSeed seed, TableKernels.Map map, int provenSBucket) throws GpuException {
        try (TableKernels.Lane lane = new TableKernels.Lane(device)) {
            CudaStream stream = lane.stream();
            TableKernels kernels = new TableKernels(device, map);
            DeviceMemory seedBytes = Buffers.upload(device, stream, seed.toBytes());
            DeviceMemory places = device.allocate(3L * TableKernels.BITMAP_BYTES + 512);
            stream.fill(places, 0);
            TableKernels.Places record = new TableKernels.Places(
                    places.slice(0, TableKernels.BITMAP_BYTES),
                    places.slice(TableKernels.BITMAP_BYTES, TableKernels.BITMAP_BYTES),
                    places.slice(2L * TableKernels.BITMAP_BYTES, TableKernels.BEFORE_BYTES),
                    places.slice(3L * TableKernels.BITMAP_BYTES, Integer.BYTES),
                    places.slice(3L * TableKernels.BITMAP_BYTES + 256, Integer.BYTES));
            DeviceMemory zeros = device.allocate(ProtocolSizes.RECORD_BYTES);
            stream.fill(zeros, 0);
            DeviceMemory masks = device.allocate(ProtocolSizes.RECORD_BYTES);
            DeviceMemory proof = device.allocate(160);
            kernels.build(lane, seedBytes, record.flags());
            kernels.select(lane, record);
            kernels.mask(lane, record, zeros, zeros, masks);
            kernels.expand(lane, provenSBucket, proof, record.flags());
            int[] counts = Buffers.downloadInts(device, stream, lane.counts());
            int[] sizes = new int[TABLE_SIZES.length];
            for (int i = 0; i < counts.length; i++) {
                sizes[i / BUCKETS] += counts[i];
            }
            Result result = new Result(
                    sizes,
                    Buffers.download(device, stream, lane.slots()),
                    Buffers.download(device, stream, record.used()),
                    Buffers.download(device, stream, masks),
                    Buffers.download(device, stream, proof),
                    Buffers.downloadInts(device, stream, record.flags())[0]);
            for (DeviceMemory memory : new DeviceMemory[] {seedBytes, places, zeros, masks, proof}) {
                device.free(memory);
            }
            return result;
        }
    }

    @Test
    void tablesOfTheRecordedSeedAreAsRecorded() throws Exception {
        Result result = make(DeviceSelfTest.seed(), TableKernels.Map.WIDE, 3);
        assertEquals(0, result.flags());
        assertArrayEquals(TABLE_SIZES, result.tableSizes());
        int withProof = 0;
        var slots =
                ByteBuffer.wrap(result.slots()).order(ByteOrder.LITTLE_ENDIAN).asLongBuffer();
        byte[] has = new byte[8192];
        for (int s = 0; s < ProtocolSizes.S_BUCKETS; s++) {
            if (slots.get(s) != -1) {
                has[s / 8] |= (byte) (1 << s % 8);
                withProof++;
            }
        }
        assertEquals(40_619, withProof);
        assertEquals("ee4c691f9f32276275948320ae723715b881567b245e20c7b7c3e5e7686b4f0b", sha256(has));
        assertEquals("c965a0cad69324571d8fbf8966cb12a5ddb44f5415a557682d5bd6d5d25a8204", sha256(result.used()));
        assertEquals(786_469 - 786_432, (int) (slots.get(3) >>> 31));
        assertEquals(
                "25cecb758c4e520449f0d87321e72bf0a7df01cfff8d36625a606e99047b370acec46ab5bc2b6700",
                HexFormat.of().formatHex(result.proof(), 0, 40));
        assertEquals(
                "00d60c255b8512e95106c6e76152e438d46d781dc71a1841f8c200d1e7f20d94",
                HexFormat.of().formatHex(result.masks(), 0, 32));
        assertEquals(
                "00d60c255b8512e95106c6e76152e438d46d781dc71a1841f8c200d1e7f20d94",
                Blake3.hash(result.proof()).toHex());
    }

    /** The other map, the other order of threads, a random seed. */
    @Test
    void masksOfARandomSeedAreTheProcessors() throws Exception {
        long random = System.nanoTime();
        byte[] bytes = new byte[PosSeed.SIZE];
        new Random(random).nextBytes(bytes);
        PosSeed seed = PosSeed.of(bytes);
        Emulator.configure(true);
        Result result = make(seed, TableKernels.Map.NARROW, 0);
        Emulator.configure(false);
        long[] used = new long[PosTable.USED_WORDS];
        byte[] masks = new byte[ProtocolSizes.RECORD_BYTES];
        try (PosTableBuilder builder = PosTables.newBuilder()) {
            builder.build(seed).masks(used, masks);
        }
        ByteBuffer words = ByteBuffer.allocate(TableKernels.BITMAP_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        words.asLongBuffer().put(used);
        assertArrayEquals(words.array(), result.used(), () -> "seed " + seed);
        assertEquals(-1, Arrays.mismatch(masks, result.masks()), () -> "first other byte of the masks of seed " + seed);
    }

    private static String sha256(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }
}

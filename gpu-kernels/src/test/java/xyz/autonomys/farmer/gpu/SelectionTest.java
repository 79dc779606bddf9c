package xyz.autonomys.farmer.gpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import xyz.autonomys.farmer.primitives.ProtocolSizes;

/** The choice of s-buckets where there are more, as many, fewer and no proofs than a record has chunks. */
final class SelectionTest extends OnEmulatedDevice {
    @ParameterizedTest
    @ValueSource(ints = {65_536, 41_000, 32_769, 32_768, 32_767, 20_000, 1, 0})
    void choosesTheFirstProofsAndFillsUp(int proofs) throws GpuException {
        boolean[] has = new boolean[ProtocolSizes.S_BUCKETS];
        Random random = new Random(proofs);
        for (int left = proofs; left > 0; ) {
            int s = random.nextInt(has.length);
            left -= has[s] ? 0 : 1;
            has[s] = true;
        }
        ByteBuffer slots = ByteBuffer.allocate(8 * has.length).order(ByteOrder.LITTLE_ENDIAN);
        for (boolean proof : has) {
            slots.putLong(proof ? random.nextLong() >>> 1 : -1);
        }
        try (TableKernels.Lane lane = new TableKernels.Lane(device)) {
            CudaStream stream = lane.stream();
            Buffers.write(device, stream, slots.array(), lane.slots());
            DeviceMemory all = device.allocate(3L * TableKernels.BITMAP_BYTES + 512);
            TableKernels.Places places = new TableKernels.Places(
                    all.slice(0, TableKernels.BITMAP_BYTES),
                    all.slice(TableKernels.BITMAP_BYTES, TableKernels.BITMAP_BYTES),
                    all.slice(2L * TableKernels.BITMAP_BYTES, TableKernels.BEFORE_BYTES),
                    all.slice(3L * TableKernels.BITMAP_BYTES, Integer.BYTES),
                    all.slice(3L * TableKernels.BITMAP_BYTES + 256, Integer.BYTES));
            new TableKernels(device, TableKernels.Map.WIDE).select(lane, places);
            int[] used = new int[2048];
            int[] present = new int[2048];
            short[] before = new short[2048];
            short[] order = new short[ProtocolSizes.RECORD_CHUNKS];
            int rank = 0;
            for (int s = 0; s < has.length; s++) {
                if (s % 32 == 0) {
                    before[s / 32] = (short) rank;
                }
                if (has[s] && rank < order.length) {
                    used[s / 32] |= 1 << s;
                    order[rank++] = (short) s;
                }
            }
            int encoded = rank;
            System.arraycopy(used, 0, present, 0, used.length);
            for (int s = 0; s < has.length && rank < order.length; s++) {
                if ((used[s / 32] >>> s & 1) == 0) {
                    present[s / 32] |= 1 << s;
                    order[rank++] = (short) s;
                }
            }
            assertEquals(encoded, Buffers.downloadInts(device, stream, places.encoded())[0]);
            assertArrayEquals(used, Buffers.downloadInts(device, stream, places.used()));
            assertArrayEquals(present, Buffers.downloadInts(device, stream, places.present()));
            assertArrayEquals(before, shorts(Buffers.download(device, stream, places.before())));
            assertEquals(-1, Arrays.mismatch(order, shorts(Buffers.download(device, stream, lane.order()))));
            device.free(all);
        }
    }

    private static short[] shorts(byte[] bytes) {
        short[] values = new short[bytes.length / Short.BYTES];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asShortBuffer().get(values);
        return values;
    }
}

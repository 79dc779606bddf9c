package xyz.autonomys.farmer.gpu;

import java.math.BigInteger;
import xyz.autonomys.farmer.primitives.ProtocolSizes;

/**
 * Sums of multiples of the setup's powers, with the table that makes them fast (sums.cu): 48 MiB for all 32,768 powers.
 */
final class SumKernels {
    private static final BigInteger MODULUS = new BigInteger(
            "1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab", 16);
    private static final int COORDINATE_BYTES = 48;
    private static final int AFFINE_BYTES = 2 * COORDINATE_BYTES;
    private static final int EXTENDED_BYTES = 4 * COORDINATE_BYTES;
    private static final int DIGITS = 16;
    private static final int BUCKETS = 32_768;
    private static final int SEGMENTS = 2048;
    private static final int POINTERS_BYTES = (int) TableKernels.aligned((BUCKETS + 2L) * Integer.BYTES);
    private static final int COMPRESSED = 0x80;
    private static final int INFINITY = 0x40;
    private static final int LARGER = 0x20;

    private final Kernel fillTable;
    private final Kernel count;
    private final Kernel place;
    private final Kernel sumBuckets;
    private final Kernel weigh;
    private final Kernel add;
    private final SectorKernels scans;
    private final DeviceMemory table;
    private final DeviceMemory starts;
    private final DeviceMemory ends;
    private final DeviceMemory items;
    private final DeviceMemory buckets;
    private final DeviceMemory parts;
    private final int powers;

    /**
     * Loads the kernels and takes the memory; the table is made by {@link #fillTable}.
     *
     * @param powers how many, at most 32,768
     */
    SumKernels(CudaDevice device, int powers) throws GpuException {
        this.powers = powers;
        fillTable = device.kernel("fill_sum_table", 64, 0);
        count = device.kernel("count_digits", 128, 0);
        place = device.kernel("place_digits", 128, 0);
        sumBuckets = device.kernel("sum_buckets", 128, 0);
        weigh = device.kernel("weigh_buckets", 64, 0);
        add = device.kernel("add_parts", 256, 0);
        scans = new SectorKernels(device);
        table = device.allocate((long) DIGITS * powers * AFFINE_BYTES);
        DeviceMemory work = device.allocate(workBytes(powers));
        long at = 0;
        starts = work.slice(at, POINTERS_BYTES);
        at += POINTERS_BYTES;
        ends = work.slice(at, POINTERS_BYTES);
        at += POINTERS_BYTES;
        items = work.slice(at, TableKernels.aligned((long) DIGITS * powers * Integer.BYTES));
        at += items.bytes();
        buckets = work.slice(at, (long) BUCKETS * EXTENDED_BYTES);
        at += buckets.bytes();
        parts = work.slice(at, (long) SEGMENTS * EXTENDED_BYTES);
    }

    private static long workBytes(int powers) {
        return 2L * POINTERS_BYTES
                + TableKernels.aligned((long) DIGITS * powers * Integer.BYTES)
                + (long) (BUCKETS + SEGMENTS) * EXTENDED_BYTES;
    }

    /** Device memory of an instance. */
    static long deviceBytes(int powers) {
        return (long) DIGITS * powers * AFFINE_BYTES + workBytes(powers);
    }

    /**
     * Enqueues the making of the table.
     *
     * @param compressed [τ^i]G, 48 bytes each
     * @param flags one u32, not zero afterwards if one of them is no point
     */
    void fillTable(CudaStream stream, DeviceMemory compressed, DeviceMemory flags) throws GpuException {
        stream.launch(fillTable, (powers + 63) / 64, compressed, powers, table, flags);
    }

    /**
     * Enqueues a sum.
     *
     * @param scalars canonical, 32 bytes each
     * @param number of them, at most as many as powers
     * @return where {@value #RESULT_BYTES} bytes will be, for {@link #compress}
     */
    DeviceMemory sum(CudaStream stream, DeviceMemory scalars, int number) throws GpuException {
        stream.fill(starts, 0);
        stream.launch(count, (number + 127) / 128, scalars, number, starts);
        scans.sumExclusive(stream, starts, BUCKETS + 1);
        stream.copy(starts, ends, POINTERS_BYTES);
        stream.launch(place, (number + 127) / 128, scalars, number, powers, ends, items);
        stream.launch(sumBuckets, BUCKETS / 128, items, starts, ends, table, buckets);
        stream.launch(weigh, SEGMENTS / 64, buckets, parts);
        stream.launch(add, 1, parts);
        return parts.slice(0, RESULT_BYTES);
    }

    /** Bytes of a result. */
    static final int RESULT_BYTES = EXTENDED_BYTES;

    /** The compressed form of a result: 48 bytes. */
    static byte[] compress(byte[] result) {
        BigInteger zz = coordinate(result, 2);
        byte[] compressed = new byte[ProtocolSizes.G1_BYTES];
        if (zz.signum() == 0) {
            compressed[0] = (byte) (COMPRESSED | INFINITY);
            return compressed;
        }
        // Montgomery's factor is in all four and falls out of the quotients.
        BigInteger x = coordinate(result, 0).multiply(zz.modInverse(MODULUS)).mod(MODULUS);
        BigInteger y = coordinate(result, 1)
                .multiply(coordinate(result, 3).modInverse(MODULUS))
                .mod(MODULUS);
        byte[] little = ScalarFields.littleEndian(x, compressed.length);
        for (int i = 0; i < compressed.length; i++) {
            compressed[i] = little[compressed.length - 1 - i];
        }
        compressed[0] |= (byte) COMPRESSED;
        if (y.shiftLeft(1).compareTo(MODULUS) > 0) {
            compressed[0] |= LARGER;
        }
        return compressed;
    }

    private static BigInteger coordinate(byte[] result, int number) {
        byte[] big = new byte[COORDINATE_BYTES];
        for (int i = 0; i < big.length; i++) {
            big[i] = result[COORDINATE_BYTES * (number + 1) - 1 - i];
        }
        return new BigInteger(1, big);
    }
}

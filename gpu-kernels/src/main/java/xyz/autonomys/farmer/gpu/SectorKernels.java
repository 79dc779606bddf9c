package xyz.autonomys.farmer.gpu;

/** The kernels that make a sector's bytes of encoded records, and BLAKE3 of long inputs (sectors.cu). */
final class SectorKernels {
    private static final int S_BUCKETS = 65_536;
    private static final int HASH_THREADS = 128;

    /** S-buckets of a block of the gathering kernel; a slab has a multiple of them. */
    static final int S_BUCKETS_PER_BLOCK = 8;

    /** Bytes of a leaf of BLAKE3's tree. */
    static final int LEAF_BYTES = 1024;

    /** Bytes of a hash. */
    static final int HASH_BYTES = 32;

    private final Kernel count;
    private final Kernel sum;
    private final Kernel gather;
    private final Kernel hashLeaves;
    private final Kernel hashParents;

    SectorKernels(CudaDevice device) throws GpuException {
        count = device.kernel("count_s_buckets", 256, 0);
        sum = device.kernel("sum_exclusive", 1024, 128);
        gather = device.kernel("gather_chunks", 256, 0);
        hashLeaves = device.kernel("hash_kibibytes", HASH_THREADS, 0);
        hashParents = device.kernel("hash_parents", HASH_THREADS, 0);
    }

    /**
     * Enqueues the first chunk of every s-bucket.
     *
     * @param present bitmaps of the records
     * @param starts 65,537 u32
     */
    void starts(CudaStream stream, DeviceMemory present, int records, DeviceMemory starts) throws GpuException {
        stream.launch(count, S_BUCKETS / 8 / 32, present, records, starts);
        sumExclusive(stream, starts, S_BUCKETS);
    }

    /** Enqueues exclusive sums in place; the whole sum goes behind them. */
    void sumExclusive(CudaStream stream, DeviceMemory values, int number) throws GpuException {
        stream.launch(sum, 1, values, number);
    }

    /** Enqueues the chunks of {@code sBuckets} s-buckets, to {@code slab} from byte {@code lead} on. */
    void gather(CudaStream stream, SectorSpace space, int firstSBucket, int sBuckets, int lead, DeviceMemory slab)
            throws GpuException {
        stream.launch(
                gather,
                sBuckets / S_BUCKETS_PER_BLOCK,
                space.present(),
                space.used(),
                space.before(),
                space.encoded(),
                space.chunks(),
                space.records(),
                space.starts(),
                firstSBucket,
                lead,
                slab);
    }

    /**
     * Enqueues the chaining values of consecutive leaves.
     *
     * @param bytes from a leaf's beginning; a partial block at the end is followed by zeros
     * @param length of all of them
     * @param firstLeaf number of the first in its input
     * @param hashes of the whole input's leaves
     */
    void hashLeaves(CudaStream stream, DeviceMemory bytes, long length, int firstLeaf, DeviceMemory hashes)
            throws GpuException {
        int leaves = Math.toIntExact((length + LEAF_BYTES - 1) / LEAF_BYTES);
        int last = (int) (length - (long) (leaves - 1) * LEAF_BYTES);
        stream.launch(
                hashLeaves,
                (leaves + HASH_THREADS - 1) / HASH_THREADS,
                bytes,
                leaves,
                last,
                firstLeaf,
                hashes.from((long) firstLeaf * HASH_BYTES),
                0);
    }

    /**
     * Enqueues the tree over at least two leaves.
     *
     * @param hashes of the leaves; overwritten
     * @param scratch half as large
     * @return where the hash will be
     */
    DeviceMemory root(CudaStream stream, DeviceMemory hashes, int leaves, DeviceMemory scratch) throws GpuException {
        DeviceMemory children = hashes;
        DeviceMemory parents = scratch;
        for (int count = leaves; count > 1; count = (count + 1) / 2) {
            stream.launch(hashParents, ((count + 1) / 2 + HASH_THREADS - 1) / HASH_THREADS, children, count, parents);
            DeviceMemory swap = children;
            children = parents;
            parents = swap;
        }
        return children.slice(0, HASH_BYTES);
    }
}

package xyz.autonomys.farmer.gpu;

import xyz.autonomys.farmer.primitives.ProtocolSizes;
import xyz.autonomys.farmer.sector.SectorLayout;

/**
 * Memory of one sector in work, on the device and pinned on the host: its encoded records, and two slabs that its bytes are
 * made in (sectors.cu).
 */
final class SectorSpace implements AutoCloseable {
    private static final int S_BUCKETS = 65_536;
    private static final long SLAB_BYTES = 32 << 20;

    /** Slabs of each kind: one is made while the other is written. */
    static final int SLABS = 2;

    private final CudaDevice device;
    private final int capacity;
    private final DeviceMemory all;
    private final long slabBytes;
    private final DeviceMemory used;
    private final DeviceMemory present;
    private final DeviceMemory before;
    private final DeviceMemory encoded;
    private final DeviceMemory flags;
    private final DeviceMemory chunks;
    private final DeviceMemory starts;
    private final DeviceMemory hashes;
    private final DeviceMemory hashScratch;
    private final DeviceMemory metadata;
    private final DeviceMemory[] slabs = new DeviceMemory[SLABS];
    private final PinnedMemory[] hostSlabs = new PinnedMemory[SLABS];
    private final CudaEvent[] slabDone = new CudaEvent[SLABS];
    private final HostFacts facts;
    private final CudaStream stream;
    private int records;

    SectorSpace(CudaDevice device, int capacity) throws GpuException {
        this.device = device;
        this.capacity = capacity;
        this.slabBytes = slabBytes(capacity);
        this.all = device.allocate(deviceBytes(capacity));
        long at = 0;
        used = all.slice(at, (long) capacity * TableKernels.BITMAP_BYTES);
        at += used.bytes();
        present = all.slice(at, used.bytes());
        at += used.bytes();
        before = all.slice(at, (long) capacity * TableKernels.BEFORE_BYTES);
        at += before.bytes();
        encoded = all.slice(at, (long) capacity * Integer.BYTES);
        at += TableKernels.aligned(encoded.bytes());
        flags = all.slice(at, encoded.bytes());
        at += TableKernels.aligned(flags.bytes());
        chunks = all.slice(at, (long) capacity * ProtocolSizes.RECORD_BYTES);
        at += chunks.bytes();
        starts = all.slice(at, (S_BUCKETS + 1L) * Integer.BYTES);
        at += TableKernels.aligned(starts.bytes());
        hashes = all.slice(at, leaves(capacity) * SectorKernels.HASH_BYTES);
        at += TableKernels.aligned(hashes.bytes());
        hashScratch = all.slice(at, (leaves(capacity) + 1) / 2 * SectorKernels.HASH_BYTES);
        at += TableKernels.aligned(hashScratch.bytes());
        metadata = all.slice(at, (long) capacity * SectorLayout.RECORD_METADATA_BYTES);
        at += TableKernels.aligned(metadata.bytes());
        for (int i = 0; i < SLABS; i++) {
            slabs[i] = all.slice(at, slabBytes);
            at += slabBytes;
            hostSlabs[i] = device.allocatePinned(slabBytes);
            slabDone[i] = device.newEvent();
        }
        facts = new HostFacts(device, capacity);
        stream = device.newStream();
    }

    private static long leaves(int records) {
        long bytes = new SectorLayout(records).sectorBytes();
        return (bytes + SectorKernels.LEAF_BYTES - 1) / SectorKernels.LEAF_BYTES;
    }

    /** A slab holds the contents map, or the chunks of eight s-buckets and the metadata, whatever the sector. */
    private static long slabBytes(int records) {
        long least = (long) records * (TableKernels.BITMAP_BYTES + SectorLayout.RECORD_METADATA_BYTES)
                + (1L + SectorKernels.S_BUCKETS_PER_BLOCK * records) * ProtocolSizes.CHUNK_BYTES
                + 4L * SectorKernels.LEAF_BYTES;
        long whole = new SectorLayout(records).sectorBytes() + 4L * SectorKernels.LEAF_BYTES;
        return TableKernels.aligned(Math.max(least, Math.min(SLAB_BYTES, whole)));
    }

    /** Device memory of a space for sectors of up to {@code records}. */
    static long deviceBytes(int records) {
        return (long) records
                        * (2L * TableKernels.BITMAP_BYTES + TableKernels.BEFORE_BYTES + ProtocolSizes.RECORD_BYTES)
                + 2 * TableKernels.aligned((long) records * Integer.BYTES)
                + TableKernels.aligned((S_BUCKETS + 1L) * Integer.BYTES)
                + TableKernels.aligned(leaves(records) * SectorKernels.HASH_BYTES)
                + TableKernels.aligned((leaves(records) + 1) / 2 * SectorKernels.HASH_BYTES)
                + TableKernels.aligned((long) records * SectorLayout.RECORD_METADATA_BYTES)
                + SLABS * slabBytes(records);
    }

    /** Begins a sector. */
    void begin(int count) throws GpuException {
        records = count;
        stream.fill(flags, 0);
    }

    int capacity() {
        return capacity;
    }

    /** Records of the present sector. */
    int records() {
        return records;
    }

    CudaStream stream() {
        return stream;
    }

    DeviceMemory used() {
        return used;
    }

    DeviceMemory present() {
        return present;
    }

    DeviceMemory before() {
        return before;
    }

    DeviceMemory encoded() {
        return encoded;
    }

    DeviceMemory flags() {
        return flags;
    }

    DeviceMemory chunks() {
        return chunks;
    }

    DeviceMemory starts() {
        return starts;
    }

    DeviceMemory hashes() {
        return hashes;
    }

    DeviceMemory hashScratch() {
        return hashScratch;
    }

    DeviceMemory metadata() {
        return metadata;
    }

    DeviceMemory slab(int i) {
        return slabs[i % SLABS];
    }

    PinnedMemory hostSlab(int i) {
        return hostSlabs[i % SLABS];
    }

    CudaEvent slabDone(int i) {
        return slabDone[i % SLABS];
    }

    /** Small things on their way between host and device. */
    HostFacts facts() {
        return facts;
    }

    /** Where a record goes. */
    TableKernels.Places places(int record) {
        return new TableKernels.Places(
                used.slice((long) record * TableKernels.BITMAP_BYTES, TableKernels.BITMAP_BYTES),
                present.slice((long) record * TableKernels.BITMAP_BYTES, TableKernels.BITMAP_BYTES),
                before.slice((long) record * TableKernels.BEFORE_BYTES, TableKernels.BEFORE_BYTES),
                encoded.slice((long) record * Integer.BYTES, Integer.BYTES),
                flags.slice((long) record * Integer.BYTES, Integer.BYTES));
    }

    /** Where a record's stored chunks go. */
    DeviceMemory chunks(int record) {
        return chunks.slice((long) record * ProtocolSizes.RECORD_BYTES, ProtocolSizes.RECORD_BYTES);
    }

    @Override
    public void close() {
        stream.close();
        for (int i = 0; i < SLABS; i++) {
            slabDone[i].close();
            device.free(hostSlabs[i]);
        }
        facts.close();
        device.free(all);
    }
}

package xyz.autonomys.farmer.gpu;

/**
 * The kernels of the proof-of-space tables and of masking, with the device memory they work in (tables.cu, masks.cu).
 *
 * <p>One {@link Lane} is the memory of one record in work. Everything is enqueued on the lane's stream.
 */
final class TableKernels {
    private static final int BUCKETS = 4441;
    private static final int PAIRS = 4440;
    private static final int POSITIONS = BUCKETS * 512;
    private static final int MAP_ROWS = 182;
    private static final int PAIR_SHARED_BYTES = 8720;
    private static final int FIRST_TABLE_BLOCKS = 256;
    private static final int LAST_TABLE = 7;

    /** Words of a bitmap of s-buckets. */
    static final int BITMAP_BYTES = 8192;

    /** Bytes of the numbers of used s-buckets before each word of a bitmap. */
    static final int BEFORE_BYTES = 4096;

    private static final int S_BUCKETS = 65_536;
    private static final int RECORD_CHUNKS = 32_768;

    private static final long COUNTS_BYTES = 6L * BUCKETS * Integer.BYTES;
    private static final long FIRST_ENTRIES_BYTES = (long) POSITIONS * Integer.BYTES;
    private static final long ENTRIES_BYTES = (long) POSITIONS * 16;
    private static final long BACKS_BYTES = 6L * POSITIONS * Integer.BYTES;
    private static final long SLOTS_BYTES = (long) S_BUCKETS * Long.BYTES;
    private static final long ORDER_BYTES = (long) RECORD_CHUNKS * Short.BYTES;

    /** Device memory of a lane. */
    static final long LANE_BYTES = aligned(COUNTS_BYTES)
            + aligned(FIRST_ENTRIES_BYTES)
            + 2 * aligned(ENTRIES_BYTES)
            + aligned(BACKS_BYTES)
            + aligned(SLOTS_BYTES)
            + aligned(ORDER_BYTES);

    /** How the right bucket's residues are looked up in shared memory. */
    enum Map {
        /** No arithmetic for each probe, 46,592 bytes. */
        WIDE(256),
        /** 23,296 bytes, for devices with less than 128 KiB for a multiprocessor. */
        NARROW(128);

        private final int width;

        Map(int width) {
            this.width = width;
        }

        /** What suits a device before anything is measured. */
        static Map of(DeviceInfo info) {
            return info.sharedBytesPerMultiprocessor() >= 128 << 10 ? WIDE : NARROW;
        }
    }

    private final Kernel first;
    private final Kernel[] grow = new Kernel[LAST_TABLE + 1];
    private final Kernel select;
    private final Kernel mask;
    private final Kernel expand;

    TableKernels(CudaDevice device, Map map) throws GpuException {
        first = device.kernel("first_table", 160, 10_244);
        for (int table = 2; table <= LAST_TABLE; table++) {
            grow[table] = device.kernel(
                    "grow_" + table + (map == Map.WIDE ? "_wide" : "_narrow"),
                    256,
                    PAIR_SHARED_BYTES + MAP_ROWS * map.width);
        }
        select = device.kernel("select_s_buckets", 1024, BITMAP_BYTES + 128);
        mask = device.kernel("mask_chunks", 128, 128 * 41 * Integer.BYTES);
        expand = device.kernel("expand_proof", 32, 0);
    }

    static long aligned(long bytes) {
        return bytes + 255 & -256;
    }

    /** The memory of one record in work, and the stream it is made on. */
    static final class Lane implements AutoCloseable {
        private final CudaDevice device;
        private final DeviceMemory all;
        private final DeviceMemory counts;
        private final DeviceMemory firstEntries;
        private final DeviceMemory[] entries = new DeviceMemory[2];
        private final DeviceMemory backs;
        private final DeviceMemory slots;
        private final DeviceMemory order;
        private final CudaStream stream;

        Lane(CudaDevice device) throws GpuException {
            this.device = device;
            all = device.allocate(LANE_BYTES);
            long at = 0;
            counts = all.slice(at, COUNTS_BYTES);
            at += aligned(COUNTS_BYTES);
            firstEntries = all.slice(at, FIRST_ENTRIES_BYTES);
            at += aligned(FIRST_ENTRIES_BYTES);
            for (int i = 0; i < entries.length; i++) {
                entries[i] = all.slice(at, ENTRIES_BYTES);
                at += aligned(ENTRIES_BYTES);
            }
            backs = all.slice(at, BACKS_BYTES);
            at += aligned(BACKS_BYTES);
            slots = all.slice(at, SLOTS_BYTES);
            at += aligned(SLOTS_BYTES);
            order = all.slice(at, ORDER_BYTES);
            stream = device.newStream();
        }

        CudaStream stream() {
            return stream;
        }

        /** Entries in each bucket of T1 to T6, 4441 u32 for each table. */
        DeviceMemory counts() {
            return counts;
        }

        /** Best entry of T7 of each s-bucket, 65,536 u64. */
        DeviceMemory slots() {
            return slots;
        }

        /** Back pointers of T1 to T6 by position, 4441 · 512 u32 for each table. */
        DeviceMemory backs() {
            return backs;
        }

        /** S-bucket of each stored chunk, 32,768 u16. */
        DeviceMemory order() {
            return order;
        }

        /** Entries that the kernel of a table reads: T1's for 2, those of the table below for the others. */
        DeviceMemory entriesFor(int table) {
            return table == 2 ? firstEntries : entries[table & 1];
        }

        @Override
        public void close() {
            stream.close();
            device.free(all);
        }
    }

    /**
     * The places of a record that outlive its tables.
     *
     * @param used bitmap of the s-buckets with a masked chunk
     * @param present bitmap of the s-buckets with a chunk
     * @param before used s-buckets before each word of the bitmap
     * @param encoded number of masked chunks, one u32
     * @param flags what went wrong, one u32, zero at the beginning
     */
    record Places(
            DeviceMemory used, DeviceMemory present, DeviceMemory before, DeviceMemory encoded, DeviceMemory flags) {}

    /**
     * Enqueues the tables of a seed.
     *
     * @param seed 32 bytes
     */
    void build(Lane lane, DeviceMemory seed, DeviceMemory flags) throws GpuException {
        CudaStream stream = lane.stream;
        stream.fill(lane.counts, 0);
        stream.fill(lane.slots, -1);
        stream.launch(first, FIRST_TABLE_BLOCKS, seed, lane.counts, lane.firstEntries, flags);
        for (int table = 2; table <= LAST_TABLE; table++) {
            grow(lane, table, flags);
        }
    }

    /** Enqueues one table. */
    void grow(Lane lane, int table, DeviceMemory flags) throws GpuException {
        long countsOfTable = (long) BUCKETS * Integer.BYTES;
        boolean last = table == LAST_TABLE;
        lane.stream.launch(
                grow[table],
                PAIRS,
                lane.counts.slice((table - 2) * countsOfTable, countsOfTable),
                lane.entriesFor(table),
                lane.backs.from((table - 2L) * POSITIONS * Integer.BYTES),
                last ? null : lane.counts.slice((table - 1) * countsOfTable, countsOfTable),
                last ? null : lane.entriesFor(table + 1),
                lane.slots,
                flags);
    }

    /** Enqueues the choice of s-buckets. */
    void select(Lane lane, Places places) throws GpuException {
        lane.stream.launch(
                select, 1, lane.slots, places.used, places.present, places.before, lane.order, places.encoded);
    }

    /**
     * Enqueues masking: {@code chunks} become what the sector stores of the record.
     *
     * @param source the record's 32,768 chunks
     * @param parity as many of its extension
     */
    void mask(Lane lane, Places places, DeviceMemory source, DeviceMemory parity, DeviceMemory chunks)
            throws GpuException {
        lane.stream.launch(
                mask, RECORD_CHUNKS / 128, lane.slots, lane.backs, lane.order, places.encoded, source, parity, chunks);
    }

    /** Enqueues the proof of one s-bucket, 160 bytes. */
    void expand(Lane lane, int sBucket, DeviceMemory proof, DeviceMemory flags) throws GpuException {
        lane.stream.launch(expand, 1, lane.slots, lane.backs, sBucket, proof, flags);
    }
}

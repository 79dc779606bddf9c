package xyz.autonomys.farmer.gpu;

import java.util.ArrayList;
import java.util.List;

/** How long the tables and masks of a record take. */
final class TableTiming {
    private static final double NANOS_PER_MILLI = 1e6;
    private static final int PLACES_BYTES = 2 * TableKernels.BITMAP_BYTES + TableKernels.BEFORE_BYTES + 512;
    private static final int SEED_BYTES = 32;

    private TableTiming() {}

    /** On the submission thread: builds the tables of {@code records} seeds after some that warm up. */
    static double millisPerRecord(CudaDevice device, Tuning tuning, int records) throws GpuException {
        TableKernels tables = new TableKernels(device, tuning.map());
        List<TableKernels.Lane> lanes = new ArrayList<>();
        DeviceMemory places = device.allocate((long) PLACES_BYTES * tuning.lanes());
        DeviceMemory seeds = device.allocate((long) SEED_BYTES * records);
        try {
            for (int i = 0; i < tuning.lanes(); i++) {
                lanes.add(new TableKernels.Lane(device));
            }
            CudaStream stream = lanes.getFirst().stream();
            for (int i = 0; i < records; i++) {
                stream.fill(seeds.slice((long) SEED_BYTES * i, SEED_BYTES), i + 1);
            }
            stream.fill(places, 0);
            device.synchronize();
            enqueue(tables, lanes, places, seeds, Math.min(records, lanes.size()));
            device.synchronize();
            long start = System.nanoTime();
            enqueue(tables, lanes, places, seeds, records);
            device.synchronize();
            return (System.nanoTime() - start) / NANOS_PER_MILLI / records;
        } finally {
            lanes.forEach(TableKernels.Lane::close);
            device.free(places);
            device.free(seeds);
        }
    }

    private static void enqueue(
            TableKernels tables, List<TableKernels.Lane> lanes, DeviceMemory places, DeviceMemory seeds, int records)
            throws GpuException {
        for (int i = 0; i < records; i++) {
            int number = i % lanes.size();
            long at = (long) PLACES_BYTES * number;
            TableKernels.Places record = new TableKernels.Places(
                    places.slice(at, TableKernels.BITMAP_BYTES),
                    places.slice(at + TableKernels.BITMAP_BYTES, TableKernels.BITMAP_BYTES),
                    places.slice(at + 2 * TableKernels.BITMAP_BYTES, TableKernels.BEFORE_BYTES),
                    places.slice(at + PLACES_BYTES - 512, Integer.BYTES),
                    places.slice(at + PLACES_BYTES - 256, Integer.BYTES));
            tables.build(lanes.get(number), seeds.slice((long) SEED_BYTES * i, SEED_BYTES), record.flags());
            tables.select(lanes.get(number), record);
        }
    }
}

package xyz.autonomys.farmer.gpu;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import xyz.autonomys.farmer.sector.SectorLayout;

/**
 * How long a device takes for each stage of encoding, when it does nothing else. In a sector the stages overlap, so a sector
 * takes less than their sum. On the submission thread.
 */
final class StageTiming implements AutoCloseable {
    private static final double NANOS_PER_MILLI = 1e6;

    private final CudaDevice device;
    private final int records;
    private final TableKernels tables;
    private final TransformKernels transforms;
    private final SectorKernels sectors;
    private final List<TableKernels.Lane> lanes = new ArrayList<>();
    private final CudaStream extending;
    private final InputSlot slot;
    private final SectorSpace space;

    /**
     * A stage.
     *
     * @param name in words
     * @param millisPerRecord median
     */
    record Stage(String name, double millisPerRecord) {}

    /** Enqueues a stage of all records, and waits where it must. */
    private interface Work {
        void run() throws GpuException;
    }

    private StageTiming(CudaDevice device, Tuning tuning, int records) throws GpuException {
        this.device = device;
        this.records = records;
        tables = new TableKernels(device, tuning.map());
        sectors = new SectorKernels(device);
        for (int i = 0; i < tuning.lanes(); i++) {
            lanes.add(new TableKernels.Lane(device));
        }
        extending = device.newStream();
        transforms = new TransformKernels(device, extending);
        slot = new InputSlot(device, tuning.lanes());
        space = new SectorSpace(device, records);
    }

    /**
     * Measures all stages, in the order in which a sector goes through them.
     *
     * @param records in a batch, at most {@link InputSlot#RECORDS}
     * @param rounds batches of each stage, after one that warms up
     */
    static List<Stage> measure(CudaDevice device, Tuning tuning, int records, int rounds) throws GpuException {
        try (StageTiming timing = new StageTiming(device, tuning, records)) {
            return timing.measure(rounds);
        }
    }

    private List<Stage> measure(int rounds) throws GpuException {
        for (int i = 0; i < records; i++) {
            slot.put(i, MemorySegment.ofArray(DeviceSelfTest.source()), DeviceSelfTest.seed());
        }
        space.begin(records);
        device.synchronize();
        byte[] metadata = new byte[records * SectorLayout.RECORD_METADATA_BYTES];
        return List.of(
                time("upload and extension", rounds, () -> slot.extend(extending, transforms, records, space.flags())),
                time(
                        "tables",
                        rounds,
                        () -> each((lane, i) ->
                                tables.build(lane, slot.seed(i), space.places(i).flags()))),
                time("selection", rounds, () -> each((lane, i) -> tables.select(lane, space.places(i)))),
                time(
                        "masks",
                        rounds,
                        () -> each((lane, i) ->
                                tables.mask(lane, space.places(i), slot.source(i), slot.parity(i), space.chunks(i)))),
                time("assembly, checksum and download", rounds, () -> {
                    SectorAssembly.enqueueStarts(space, sectors);
                    device.await(space.slabDone(0));
                    SectorAssembly assembly = new SectorAssembly(space, sectors, metadata);
                    while (!assembly.isComplete()) {
                        assembly.enqueueNext();
                    }
                }));
    }

    private interface OnLane {
        void enqueue(TableKernels.Lane lane, int record) throws GpuException;
    }

    private void each(OnLane work) throws GpuException {
        for (int i = 0; i < records; i++) {
            work.enqueue(lanes.get(i % lanes.size()), i);
        }
    }

    private Stage time(String name, int rounds, Work work) throws GpuException {
        double[] millis = new double[rounds];
        for (int round = -1; round < rounds; round++) {
            long start = System.nanoTime();
            work.run();
            device.synchronize();
            if (round >= 0) {
                millis[round] = (System.nanoTime() - start) / NANOS_PER_MILLI / records;
            }
        }
        Arrays.sort(millis);
        return new Stage(name, millis[rounds / 2]);
    }

    @Override
    public void close() {
        device.drainQuietly();
        space.close();
        slot.close();
        transforms.close();
        extending.close();
        lanes.forEach(TableKernels.Lane::close);
    }
}

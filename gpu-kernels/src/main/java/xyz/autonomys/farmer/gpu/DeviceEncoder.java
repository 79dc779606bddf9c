package xyz.autonomys.farmer.gpu;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import xyz.autonomys.farmer.primitives.ProtocolSizes;
import xyz.autonomys.farmer.primitives.SectorId;
import xyz.autonomys.farmer.sector.SectorContentsMap;
import xyz.autonomys.farmer.sector.SectorIds;
import xyz.autonomys.farmer.sector.plot.CpuSectorEncoder;
import xyz.autonomys.farmer.sector.plot.EncodingDevice;
import xyz.autonomys.farmer.sector.plot.PlotListener;
import xyz.autonomys.farmer.sector.plot.PlottingException;
import xyz.autonomys.farmer.sector.plot.SectorEncoder;
import xyz.autonomys.farmer.sector.plot.SectorRecords;

/**
 * Encodes sectors on one device. The calling thread copies records into pinned memory and writes the finished bytes; the
 * device's submission thread enqueues the work; nothing comes back to the host between a record's seed and the bytes of
 * the sector but the sizes of the s-buckets. Two sectors can be in work: one is encoded while the other is written.
 *
 * <p>A record whose flags say that a fixed size was exceeded is encoded by the processor.
 */
final class DeviceEncoder implements EncodingDevice, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DeviceEncoder.class);
    private static final int INPUT_SLOTS = 3;
    private static final int SPACES = 2;
    private static final int INVALID_SCALAR = 4;

    private final CudaDevice device;
    private final CpuSectorEncoder processor;
    private final TableKernels tables;
    private final TransformKernels transforms;
    private final SectorKernels sectors;
    private final List<TableKernels.Lane> lanes = new ArrayList<>();
    private final CudaStream extending;
    private final BlockingQueue<InputSlot> idleSlots = new ArrayBlockingQueue<>(INPUT_SLOTS);
    private final Deque<SectorSpace> idleSpaces = new ArrayDeque<>();
    private final AtomicInteger inWork = new AtomicInteger();
    private final AtomicInteger encoding = new AtomicInteger();
    private int spaces;
    private int nextLane;

    private DeviceEncoder(CudaDevice device, Tuning tuning, CpuSectorEncoder processor) throws GpuException {
        this.device = device;
        this.processor = processor;
        extending = device.newStream();
        tables = new TableKernels(device, tuning.map());
        transforms = new TransformKernels(device, extending);
        sectors = new SectorKernels(device);
        for (int i = 0; i < tuning.lanes(); i++) {
            lanes.add(new TableKernels.Lane(device));
        }
        for (int i = 0; i < INPUT_SLOTS; i++) {
            idleSlots.add(new InputSlot(device, tuning.lanes()));
        }
    }

    /** Takes the memory that does not depend on the size of sectors. */
    static DeviceEncoder open(CudaDevice device, Tuning tuning, CpuSectorEncoder processor)
            throws GpuException, InterruptedException {
        return device.submit(() -> new DeviceEncoder(device, tuning, processor));
    }

    /** Device memory for sectors of {@code records} records, two in work. */
    static long deviceBytes(Tuning tuning, int records) {
        return tuning.lanes() * TableKernels.LANE_BYTES
                + TransformKernels.DEVICE_BYTES
                + INPUT_SLOTS * InputSlot.DEVICE_BYTES
                + SPACES * SectorSpace.deviceBytes(records);
    }

    CudaDevice device() {
        return device;
    }

    /** Sectors that are being encoded or written. */
    int sectorsInWork() {
        return inWork.get();
    }

    @Override
    public String name() {
        return "GPU " + device.info().ordinal();
    }

    @Override
    public Activity activity() {
        if (encoding.get() > 0) {
            return Activity.ENCODING;
        }
        return inWork.get() > 0 ? Activity.WRITING : Activity.NOTHING;
    }

    /** As {@link SectorEncoder#encode}, on this device. */
    SectorEncoder.Encoded encode(
            SectorId sectorId, SectorRecords records, WritableByteChannel out, PlotListener listener)
            throws GpuException, PlottingException, IOException, InterruptedException {
        inWork.incrementAndGet();
        SectorSpace space = null;
        boolean wellDone = false;
        try {
            space = takeSpace(records.pieces());
            encoding.incrementAndGet();
            try {
                encodeRecords(sectorId, records, space, listener);
                settle(sectorId, records, space, listener);
            } finally {
                encoding.decrementAndGet();
            }
            SectorEncoder.Encoded encoded = write(records, space, out);
            wellDone = true;
            return encoded;
        } finally {
            inWork.decrementAndGet();
            if (space != null) {
                giveBack(space, wellDone);
            }
        }
    }

    private SectorSpace takeSpace(int records) throws GpuException, InterruptedException {
        SectorSpace outgrown = null;
        synchronized (this) {
            while (idleSpaces.isEmpty() && spaces == SPACES) {
                wait();
            }
            SectorSpace idle = idleSpaces.poll();
            if (idle != null && idle.capacity() >= records) {
                return idle;
            }
            if (idle == null) {
                spaces++;
            }
            outgrown = idle;
        }
        try {
            SectorSpace replaced = outgrown;
            return device.submit(() -> {
                if (replaced != null) {
                    replaced.close();
                }
                return new SectorSpace(device, records);
            });
        } catch (GpuException | RuntimeException e) {
            synchronized (this) {
                spaces--;
                notifyAll();
            }
            throw e;
        }
    }

    /** A space that may still be written to by the device is waited for before anyone else gets it. */
    private void giveBack(SectorSpace space, boolean wellDone) {
        if (!wellDone) {
            device.drainQuietly();
        }
        synchronized (this) {
            idleSpaces.add(space);
            notifyAll();
        }
    }

    private void encodeRecords(SectorId sectorId, SectorRecords records, SectorSpace space, PlotListener listener)
            throws GpuException, InterruptedException {
        int count = records.pieces();
        CudaEvent ready = device.newEvent();
        List<CudaEvent> finished = new ArrayList<>();
        try {
            device.submit(() -> {
                space.begin(count);
                space.stream().record(ready);
                return null;
            });
            for (int first = 0; first < count; first += InputSlot.RECORDS) {
                listener.beforeRecord();
                int batch = Math.min(InputSlot.RECORDS, count - first);
                InputSlot slot = idleSlots.take();
                try {
                    slot.awaitIdle();
                    listener.recordsEncoded(Math.max(0, first - INPUT_SLOTS * InputSlot.RECORDS), count);
                    for (int i = 0; i < batch; i++) {
                        slot.put(i, records.record(first + i), SectorIds.posSeed(sectorId, first + i));
                    }
                    int begin = first;
                    device.submit(() -> {
                        enqueue(slot, batch, space, begin, ready);
                        return null;
                    });
                } finally {
                    idleSlots.add(slot);
                }
            }
            device.submit(() -> {
                for (TableKernels.Lane lane : lanes) {
                    CudaEvent event = device.newEvent();
                    finished.add(event);
                    lane.stream().record(event);
                    space.stream().waitFor(event);
                }
                return null;
            });
        } finally {
            ready.close();
            finished.forEach(CudaEvent::close);
        }
    }

    /** On the submission thread. */
    private void enqueue(InputSlot slot, int batch, SectorSpace space, int first, CudaEvent ready) throws GpuException {
        extending.waitFor(ready);
        slot.extend(extending, transforms, batch, space.flags().from((long) first * Integer.BYTES));
        for (TableKernels.Lane lane : lanes) {
            lane.stream().waitFor(slot.extended());
        }
        for (int i = 0; i < batch; i++) {
            TableKernels.Lane lane = lanes.get(nextLane++ % lanes.size());
            TableKernels.Places places = space.places(first + i);
            tables.build(lane, slot.seed(i), places.flags());
            tables.select(lane, places);
            tables.mask(lane, places, slot.source(i), slot.parity(i), space.chunks(first + i));
        }
        nextLane %= lanes.size();
        for (int i = 0; i < lanes.size(); i++) {
            lanes.get(i).stream().record(slot.done(i));
        }
    }

    /** Waits until all records are encoded, by the processor where the device has given up. */
    private void settle(SectorId sectorId, SectorRecords records, SectorSpace space, PlotListener listener)
            throws GpuException, PlottingException, InterruptedException {
        awaitStarts(space);
        if (encodeOnProcessor(sectorId, records, space)) {
            awaitStarts(space);
        }
        listener.recordsEncoded(records.pieces(), records.pieces());
    }

    private SectorEncoder.Encoded write(SectorRecords records, SectorSpace space, WritableByteChannel out)
            throws GpuException, IOException, InterruptedException {
        SectorAssembly assembly = new SectorAssembly(space, sectors, records.metadata());
        device.submit(() -> assembly.enqueueNext());
        for (int i = 0; i < assembly.enqueued(); i++) {
            if (!assembly.isComplete()) {
                device.submit(() -> assembly.enqueueNext());
            }
            device.await(space.slabDone(i));
            ByteBuffer bytes =
                    space.hostSlab(i).bytes().asSlice(0, assembly.length(i)).asByteBuffer();
            writeFully(out, bytes);
        }
        var checksum = space.facts().checksum();
        writeFully(out, ByteBuffer.wrap(checksum.toBytes()));
        return new SectorEncoder.Encoded(space.facts().sBucketSizes(), checksum);
    }

    private static void writeFully(WritableByteChannel out, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            out.write(bytes);
        }
    }

    private void awaitStarts(SectorSpace space) throws GpuException, InterruptedException {
        device.submit(() -> {
            SectorAssembly.enqueueStarts(space, sectors);
            return null;
        });
        device.await(space.slabDone(0));
    }

    /** Encodes the records that the device has given up; whether there were any. */
    private boolean encodeOnProcessor(SectorId sectorId, SectorRecords records, SectorSpace space)
            throws GpuException, PlottingException, InterruptedException {
        boolean any = false;
        for (int offset = 0; offset < records.pieces(); offset++) {
            int flags = space.facts().flags(offset);
            if (flags == 0) {
                continue;
            }
            any = true;
            if ((flags & INVALID_SCALAR) == 0) {
                LOG.info(
                        "The record at offset {} of sector {} exceeds the device's fixed sizes (flags {}); the"
                                + " processor encodes it",
                        offset,
                        sectorId,
                        flags);
            }
            try (Arena arena = Arena.ofShared()) {
                // The record itself stays as it is: should the device fail now, all of them are encoded once more.
                MemorySegment copy = arena.allocate(ProtocolSizes.RECORD_BYTES, Long.BYTES);
                MemorySegment.copy(records.record(offset), 0, copy, 0, ProtocolSizes.RECORD_BYTES);
                long[] bitmap = new long[SectorContentsMap.WORDS];
                processor.encodeRecord(sectorId, new OneRecord(records, offset, copy), offset, bitmap);
                int at = offset;
                device.submit(() -> {
                    space.facts().uploadRecord(space.stream(), copy, bitmap, space.places(at), space.chunks(at));
                    space.stream().record(space.slabDone(0));
                    return null;
                });
                device.await(space.slabDone(0));
            }
        }
        return any;
    }

    /** The records with one of them in other memory. */
    private record OneRecord(SectorRecords all, int offset, MemorySegment copy) implements SectorRecords {
        @Override
        public int pieces() {
            return all.pieces();
        }

        @Override
        public MemorySegment record(int wanted) {
            return wanted == offset ? copy : all.record(wanted);
        }

        @Override
        public byte[] metadata() {
            return all.metadata();
        }

        @Override
        public long pieceIndex(int wanted) {
            return all.pieceIndex(wanted);
        }
    }

    @Override
    public void close() {
        lanes.forEach(TableKernels.Lane::close);
        transforms.close();
        extending.close();
        idleSlots.forEach(InputSlot::close);
        idleSpaces.forEach(SectorSpace::close);
    }
}

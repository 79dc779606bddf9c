package xyz.autonomys.farmer.gpu;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import xyz.autonomys.farmer.primitives.SectorId;
import xyz.autonomys.farmer.sector.plot.CpuSectorEncoder;
import xyz.autonomys.farmer.sector.plot.EncodingDevice;
import xyz.autonomys.farmer.sector.plot.PlotListener;
import xyz.autonomys.farmer.sector.plot.PlottingException;
import xyz.autonomys.farmer.sector.plot.SectorEncoder;
import xyz.autonomys.farmer.sector.plot.SectorRecords;

/**
 * Encodes sectors on all devices, each sector on the one with the least to do. When a device fails, its sectors are made
 * again on another, or on the processor; since everyone makes the same bytes, those that have been written stay.
 */
public final class GpuSectorEncoder implements SectorEncoder {
    private static final Logger LOG = LoggerFactory.getLogger(GpuSectorEncoder.class);

    private static final int SECTORS_PER_DEVICE = 3;

    private final Gpus gpus;
    private final List<DeviceEncoder> devices = new ArrayList<>();
    private final CpuSectorEncoder processor;
    private final LongAdder onProcessor = new LongAdder();

    /**
     * An encoder.
     *
     * @param gpus the devices; closed by the encoder
     * @param processor makes what no device can; closed by the encoder
     * @param pieces of the largest sectors, for the memory budget
     */
    public GpuSectorEncoder(Gpus gpus, CpuSectorEncoder processor, int pieces) throws InterruptedException {
        this.gpus = gpus;
        this.processor = processor;
        for (Gpus.Opened opened : gpus.devices()) {
            long needed = DeviceEncoder.deviceBytes(opened.tuning(), pieces);
            try {
                long free = opened.device().freeBytes();
                if (needed > free) {
                    LOG.warn(
                            "{} does not plot: two sectors of {} pieces take {} MiB of its memory, {} MiB are free",
                            opened.device().info().describe(),
                            pieces,
                            needed >> 20,
                            free >> 20);
                    continue;
                }
                devices.add(DeviceEncoder.open(opened.device(), opened.tuning(), processor));
                LOG.info(
                        "{} plots: at most {} MiB of its memory for two sectors of {} pieces in work",
                        opened.device().info().describe(),
                        needed >> 20,
                        pieces);
            } catch (GpuException e) {
                LOG.warn("A GPU does not plot: {}", e.getMessage());
            }
        }
    }

    /** Whether at least one device takes part. */
    public boolean hasDevices() {
        return devices.stream().anyMatch(encoder -> encoder.device().isUsable());
    }

    /** Sectors that the processor has made because no device could. */
    public long sectorsOnProcessor() {
        return onProcessor.sum();
    }

    @Override
    public Encoded encode(SectorId sectorId, SectorRecords records, WritableByteChannel out, PlotListener listener)
            throws PlottingException, IOException, InterruptedException {
        ResumedChannel resumed = new ResumedChannel(out);
        for (Optional<DeviceEncoder> chosen = choose(); chosen.isPresent(); chosen = choose()) {
            try {
                resumed.restart();
                return chosen.get().encode(sectorId, records, resumed, listener);
            } catch (GpuException e) {
                if (chosen.get().device().isUsable()) {
                    // Not the device as a whole, but this sector does not work there.
                    chosen.get().device().fail(e);
                }
                LOG.warn("Sector {} is made anew elsewhere: {}", sectorId, e.getMessage());
            }
        }
        onProcessor.increment();
        resumed.restart();
        return processor.encode(sectorId, records, resumed, listener);
    }

    private Optional<DeviceEncoder> choose() {
        return devices.stream()
                .filter(encoder -> encoder.device().isUsable())
                .min(Comparator.comparingInt(DeviceEncoder::sectorsInWork));
    }

    @Override
    public String describe() {
        return hasDevices()
                ? devices.stream()
                        .map(encoder -> encoder.device().info().name())
                        .collect(Collectors.joining(", "))
                : processor.describe();
    }

    @Override
    public String kind() {
        return hasDevices() ? "gpu-cuda" : processor.kind();
    }

    @Override
    public List<EncodingDevice> devices() {
        return List.copyOf(devices);
    }

    /** For each device one that gathers pieces, one that is encoded, one that is written. */
    @Override
    public int sectorsAtATime() {
        return hasDevices() ? SECTORS_PER_DEVICE * devices.size() : processor.sectorsAtATime();
    }

    @Override
    public void close() {
        devices.forEach(DeviceEncoder::close);
        gpus.close();
        processor.close();
    }

    /** Drops what was written before it was restarted: the same bytes come again. */
    private static final class ResumedChannel implements WritableByteChannel {
        private final WritableByteChannel out;
        private long written;
        private long position;

        ResumedChannel(WritableByteChannel out) {
            this.out = out;
        }

        void restart() {
            position = 0;
        }

        @Override
        public int write(ByteBuffer source) throws IOException {
            int skipped = (int) Math.min(source.remaining(), written - position);
            source.position(source.position() + skipped);
            position += skipped;
            int count = source.hasRemaining() ? out.write(source) : 0;
            position += count;
            written = Math.max(written, position);
            return skipped + count;
        }

        @Override
        public boolean isOpen() {
            return out.isOpen();
        }

        @Override
        public void close() throws IOException {
            out.close();
        }
    }
}

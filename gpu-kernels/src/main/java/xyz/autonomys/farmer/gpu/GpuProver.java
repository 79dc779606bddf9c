package xyz.autonomys.farmer.gpu;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import xyz.autonomys.farmer.kzg.Kzg;
import xyz.autonomys.farmer.sector.prove.ChunkProof;
import xyz.autonomys.farmer.sector.prove.ChunkProver;
import xyz.autonomys.farmer.sector.prove.ProvingException;
import xyz.autonomys.farmer.sector.read.StoredRecord;

/**
 * Proves on a device, and on the processor where there is none, it has failed, or the record is not as it should be: then
 * the processor says what is wrong.
 */
public final class GpuProver implements ChunkProver {
    private static final Logger LOG = LoggerFactory.getLogger(GpuProver.class);

    private final Devices devices;
    private final ChunkProver processor;

    private GpuProver(Devices devices, ChunkProver processor) {
        this.devices = devices;
        this.processor = processor;
    }

    /** The devices of all provers of a process; closed with the last one. */
    private record Devices(Gpus gpus, List<DeviceProver> provers, AtomicInteger users) {
        Optional<DeviceProver> choose() {
            return provers.stream()
                    .filter(prover -> prover.device().isUsable())
                    .min(Comparator.comparing(DeviceProver::isBusy));
        }

        void leave() {
            if (users.decrementAndGet() == 0) {
                provers.forEach(DeviceProver::close);
                gpus.close();
            }
        }
    }

    /**
     * Provers that use every visible GPU before the given ones; the given ones themselves if there is none.
     *
     * @param processors closed with what is returned
     * @param kzg whose setup witnesses are made with
     */
    public static List<ChunkProver> inFrontOf(List<ChunkProver> processors, Kzg kzg) throws InterruptedException {
        return inFrontOf(processors, kzg, Gpus.open());
    }

    static List<ChunkProver> inFrontOf(List<ChunkProver> processors, Kzg kzg, Gpus gpus) throws InterruptedException {
        List<DeviceProver> provers = new ArrayList<>();
        for (Gpus.Opened opened : gpus.devices()) {
            try {
                provers.add(DeviceProver.open(opened, kzg));
                LOG.info(
                        "{} proves: {} MiB of its memory",
                        opened.device().info().describe(),
                        DeviceProver.deviceBytes() >> 20);
            } catch (GpuException e) {
                LOG.warn("A GPU does not prove: {}", e.getMessage());
            }
        }
        if (provers.isEmpty()) {
            gpus.close();
            return processors;
        }
        Devices devices = new Devices(gpus, provers, new AtomicInteger(processors.size()));
        return processors.stream()
                .<ChunkProver>map(processor -> new GpuProver(devices, processor))
                .toList();
    }

    @Override
    public ChunkProof prove(StoredRecord record, int sBucket, BooleanSupplier cancelled) throws ProvingException {
        if (record.isEncoded(sBucket) && !cancelled.getAsBoolean()) {
            for (Optional<DeviceProver> chosen = devices.choose(); chosen.isPresent(); chosen = devices.choose()) {
                try {
                    Optional<ChunkProof> proof = chosen.get().prove(record, sBucket);
                    if (proof.isPresent()) {
                        return proof.get();
                    }
                    break;
                } catch (GpuException e) {
                    chosen.get().device().fail(e);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new ProvingException(ProvingException.Kind.CANCELLED, "proving was interrupted", e);
                }
            }
        }
        return processor.prove(record, sBucket, cancelled);
    }

    @Override
    public String describe() {
        return devices.provers().stream()
                        .map(prover -> prover.device().info().name())
                        .collect(Collectors.joining(", "))
                + "; behind them " + processor.describe();
    }

    @Override
    public void close() {
        processor.close();
        devices.leave();
    }
}

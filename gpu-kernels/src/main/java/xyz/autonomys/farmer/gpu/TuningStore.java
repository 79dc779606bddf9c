package xyz.autonomys.farmer.gpu;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;
import java.util.Properties;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import xyz.autonomys.farmer.primitives.hash.Blake3;

/**
 * How each kind of device is used best: measured the first time a device, a driver or the kernels are new, kept on disk
 * beside the compiled kernels.
 */
final class TuningStore {
    private static final Logger LOG = LoggerFactory.getLogger(TuningStore.class);
    private static final int[] LANES = {1, 2, 3, 4};
    private static final int RECORDS = 32;

    private TuningStore() {}

    /**
     * The tuning of a device.
     *
     * @param concurrency number of records in work that an operator wants, null for what is best
     * @throws GpuException if the number is none, or the device fails
     */
    static Tuning tuning(CudaDevice device, int driverVersion, String concurrency)
            throws GpuException, InterruptedException {
        if (concurrency != null && !concurrency.isBlank()) {
            try {
                return new Tuning(TableKernels.Map.of(device.info()), Integer.parseInt(concurrency.strip()));
            } catch (IllegalArgumentException e) {
                throw new GpuException(
                        Gpus.CONCURRENCY + " is \"" + concurrency + "\", it must be a number from 1 to "
                                + Tuning.MAX_LANES,
                        0);
            }
        }
        Path file;
        try {
            file = PrivateLibraries.directory("gpu").resolve(fileName(device.info(), driverVersion));
            Tuning known = read(file);
            if (known != null) {
                return known;
            }
        } catch (IOException e) {
            LOG.warn("Measurements of GPUs cannot be kept: {}", e.getMessage());
            file = null;
        }
        Tuning best = measure(device);
        if (file != null) {
            write(file, best);
        }
        return best;
    }

    private static String fileName(DeviceInfo info, int driverVersion) {
        return KernelModule.fileName(Blake3.hash(KernelModule.ptx()), info.capability(), driverVersion)
                .replace(".cubin", "-" + info.name().replaceAll("[^A-Za-z0-9]+", "_") + ".tuning");
    }

    private static Tuning measure(CudaDevice device) throws GpuException, InterruptedException {
        LOG.info(
                "Measuring how {} is used best; this takes a second or two, once",
                device.info().name());
        Tuning best = null;
        double bestMillis = Double.MAX_VALUE;
        for (TableKernels.Map map : TableKernels.Map.values()) {
            for (int lanes : LANES) {
                Tuning tuning = new Tuning(map, lanes);
                if (lanes * TableKernels.LANE_BYTES > device.freeBytes() / 4) {
                    continue;
                }
                try {
                    double millis = device.submit(() -> TableTiming.millisPerRecord(device, tuning, RECORDS));
                    LOG.debug("{}: {} ms per record", tuning.describe(), String.format(Locale.ROOT, "%.3f", millis));
                    if (millis < bestMillis) {
                        best = tuning;
                        bestMillis = millis;
                    }
                } catch (GpuException e) {
                    if (!device.isUsable()) {
                        throw e;
                    }
                    // A map that needs more shared memory than this device has.
                    LOG.debug("{}: {}", tuning.describe(), e.getMessage());
                }
            }
        }
        if (best == null) {
            throw new GpuException(device.info().describe() + " has too little free memory", 2);
        }
        LOG.info(
                "{}: {} is best, {} ms for the tables of a record",
                device.info().name(),
                best.describe(),
                String.format(Locale.ROOT, "%.3f", bestMillis));
        return best;
    }

    static Tuning read(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            return null;
        }
        Properties properties = new Properties();
        try (InputStream in = Files.newInputStream(file)) {
            properties.load(in);
            return new Tuning(
                    TableKernels.Map.valueOf(properties.getProperty("map", "")),
                    Integer.parseInt(properties.getProperty("lanes", "")));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    static void write(Path file, Tuning tuning) {
        Properties properties = new Properties();
        properties.setProperty("map", tuning.map().name());
        properties.setProperty("lanes", Integer.toString(tuning.lanes()));
        try {
            Path part = Files.createTempFile(file.getParent(), "tuning", ".part");
            try (OutputStream out = Files.newOutputStream(part)) {
                properties.store(out, null);
            }
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            LOG.warn("The measurement could not be kept in {}: {}", file, e.getMessage());
        }
    }
}

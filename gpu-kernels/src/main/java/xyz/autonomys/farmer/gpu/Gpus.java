package xyz.autonomys.farmer.gpu;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The devices of this process, opened and tested. Where there is none, one line says why, and everything goes on without.
 */
public final class Gpus implements AutoCloseable {
    /** Environment variable: records in work on each device, instead of what was measured. */
    public static final String CONCURRENCY = "GPU_CONCURRENCY";

    private static final Logger LOG = LoggerFactory.getLogger(Gpus.class);

    private final List<Opened> devices;
    private final String absence;

    /**
     * A device that may get work.
     *
     * @param device the device
     * @param tuning how it is used
     */
    record Opened(CudaDevice device, Tuning tuning) {}

    private Gpus(List<Opened> devices, String absence) {
        this.devices = devices;
        this.absence = absence;
    }

    /** Opens every visible device. Takes some seconds where there is one; never fails because of a GPU. */
    public static Gpus open() throws InterruptedException {
        return open(System.getenv());
    }

    static Gpus open(Map<String, String> environment) throws InterruptedException {
        List<Opened> opened = new ArrayList<>();
        String absence = "";
        switch (CudaDriver.find()) {
            case CudaDriver.Result.Absent(String reason) -> absence = reason;
            case CudaDriver.Result.Ready(CudaDriver driver) -> {
                try {
                    for (DeviceInfo info : driver.devices()) {
                        open(info, driver.version(), environment, opened);
                    }
                    absence = opened.isEmpty() ? "none of the GPUs can be used" : "";
                } catch (GpuException e) {
                    absence = e.getMessage();
                }
            }
        }
        if (opened.isEmpty()) {
            LOG.info("Working on the processor: {}", absence);
        }
        return new Gpus(opened, absence);
    }

    private static void open(DeviceInfo info, int driverVersion, Map<String, String> environment, List<Opened> opened)
            throws InterruptedException {
        CudaDevice device = null;
        try {
            device = CudaDevice.open(info, driverVersion);
            Tuning tuning = TuningStore.tuning(device, driverVersion, environment.get(CONCURRENCY));
            DeviceSelfTest.run(device, tuning);
            opened.add(new Opened(device, tuning));
            LOG.info("GPU {}: self-test passed, {}", info.describe(), tuning.describe());
        } catch (GpuException e) {
            LOG.warn("A GPU is not used: {}", e.getMessage());
            if (device != null) {
                device.close();
            }
        }
    }

    /** Whether there is no device that may get work. */
    public boolean isEmpty() {
        return devices.isEmpty();
    }

    /** Why there is none, in one line; empty if there is one. */
    public String absence() {
        return absence;
    }

    List<Opened> devices() {
        return devices;
    }

    @Override
    public void close() {
        devices.forEach(opened -> opened.device().close());
    }
}

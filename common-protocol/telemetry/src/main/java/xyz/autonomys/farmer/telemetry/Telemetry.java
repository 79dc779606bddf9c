package xyz.autonomys.farmer.telemetry;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The figures of one process. Its roles add theirs through {@link Meters}; memory, garbage collection, threads, file
 * descriptors and processor time are there from the start.
 */
public final class Telemetry implements AutoCloseable {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final String RESIDENT = "VmRSS:";

    private final PrometheusMeterRegistry registry;
    private final JvmGcMetrics garbage;

    private Telemetry(PrometheusMeterRegistry registry, JvmGcMetrics garbage) {
        this.registry = registry;
        this.garbage = garbage;
    }

    /**
     * The figures of a process of this version of the program.
     *
     * @param version shown as a label of {@code autonomys_farmer_build}
     */
    public static Telemetry create(String version) {
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        JvmGcMetrics garbage = new JvmGcMetrics();
        garbage.bindTo(registry);
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new FileDescriptorMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        Gauge.builder("process_resident_memory_bytes", Telemetry::residentBytes)
                .description(
                        "Memory of the process that is in RAM, Java heap, direct buffers and native memory together.")
                .register(registry);
        Gauge.builder("autonomys_farmer_build", () -> 1)
                .description("The version of the program.")
                .tag("version", version)
                .register(registry);
        return new Telemetry(registry, garbage);
    }

    /** Figures that nobody reads, for a process without an endpoint: no figures of the process itself. */
    public static Telemetry unread() {
        return new Telemetry(new PrometheusMeterRegistry(PrometheusConfig.DEFAULT), new JvmGcMetrics());
    }

    /** The figures of one role in this process. */
    public Meters meters(String role, String member) {
        return new Meters(registry, role, member);
    }

    /** All figures in the text format of Prometheus. */
    public String scrape() {
        return registry.scrape();
    }

    /** Resident memory in bytes; 0 where the system does not say. */
    private static double residentBytes() {
        try {
            for (String line : Files.readAllLines(STATUS)) {
                if (line.startsWith(RESIDENT)) {
                    return Double.parseDouble(line.substring(RESIDENT.length())
                                    .replace("kB", "")
                                    .strip())
                            * 1024;
                }
            }
        } catch (IOException | NumberFormatException e) {
            return 0;
        }
        return 0;
    }

    @Override
    public void close() {
        garbage.close();
        registry.close();
    }
}

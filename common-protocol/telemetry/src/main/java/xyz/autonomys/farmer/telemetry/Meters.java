package xyz.autonomys.farmer.telemetry;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.DoubleSupplier;

/**
 * The figures of one role, each with the labels {@code role} and {@code member}. A figure that is asked for again is the
 * same one. Closing takes all of them out of the process's figures.
 *
 * <p>Names are those of Prometheus without the suffix of the type: a counter {@code x} is served as {@code x_total}, a
 * timer {@code x} as {@code x_seconds_bucket}, {@code _sum} and {@code _count}. Figures that mean what upstream's farmer
 * means have upstream's names ({@code subspace_farmer_…}), all others begin with {@code autonomys_farmer_}.
 */
public final class Meters implements AutoCloseable {
    private final MeterRegistry registry;
    private final Tags common;
    private final Map<Meter.Id, Meter> meters = new ConcurrentHashMap<>();

    /** Counters refer to their source weakly; it lives as long as this. */
    private final Map<Meter.Id, DoubleSupplier> sources = new ConcurrentHashMap<>();

    Meters(MeterRegistry registry, String role, String member) {
        this.registry = registry;
        this.common = Tags.of("role", role, "member", member);
    }

    /**
     * A count that whoever counts keeps here.
     *
     * @param help one sentence
     * @param labels names and values in turn
     */
    public Counter counter(String name, String help, String... labels) {
        return keep(
                Counter.builder(name).description(help).tags(common.and(labels)).register(registry));
    }

    /** A count that is kept elsewhere and only grows. */
    public void count(String name, String help, DoubleSupplier value, String... labels) {
        FunctionCounter counter = keep(FunctionCounter.builder(name, value, DoubleSupplier::getAsDouble)
                .description(help)
                .tags(common.and(labels))
                .register(registry));
        sources.put(counter.getId(), value);
    }

    /** A value that goes up and down. */
    public void gauge(String name, String help, DoubleSupplier value, String... labels) {
        keep(Gauge.builder(name, value::getAsDouble)
                .description(help)
                .tags(common.and(labels))
                .strongReference(true)
                .register(registry));
    }

    /**
     * A histogram of durations with 15 buckets, each twice as wide as the one before, as upstream's.
     *
     * @param first upper bound of the first bucket
     */
    public Timer timer(String name, String help, Duration first, String... labels) {
        Duration[] buckets = new Duration[15];
        for (int i = 0; i < buckets.length; i++) {
            buckets[i] = first.multipliedBy(1L << i);
        }
        return keep(Timer.builder(name)
                .description(help)
                .tags(common.and(labels))
                .serviceLevelObjectives(buckets)
                .register(registry));
    }

    private <M extends Meter> M keep(M meter) {
        meters.put(meter.getId(), meter);
        return meter;
    }

    @Override
    public void close() {
        meters.values().forEach(registry::remove);
        meters.clear();
        sources.clear();
    }
}

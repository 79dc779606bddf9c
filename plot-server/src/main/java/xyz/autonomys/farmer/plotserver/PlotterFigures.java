package xyz.autonomys.farmer.plotserver;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.function.IntSupplier;
import xyz.autonomys.farmer.telemetry.Meters;

/** Upstream's figures of a plotter (farm chapter, section 19), with its label {@code kind}. */
final class PlotterFigures {
    private static final String PREFIX = "subspace_farmer_plotter_sector_";
    private static final Duration FIRST_BUCKET = Duration.ofMillis(100);

    private final Step downloading;
    private final Step encoding;
    private final Step plotting;
    private final Counter errors;

    /** Begun, done, and how long it took. */
    private record Step(Counter begun, Counter done, Timer time) {}

    /**
     * The figures.
     *
     * @param kind of encoder, see {@link xyz.autonomys.farmer.sector.plot.SectorEncoder#kind}
     */
    PlotterFigures(Meters meters, String kind) {
        this.downloading = step(meters, kind, "downloading", "downloaded", "gathering the pieces of a sector");
        this.encoding = step(meters, kind, "encoding", "encoded", "encoding a sector and writing it to staging");
        this.plotting = step(meters, kind, "plotting", "plotted", "making a sector, from its task to its staging");
        this.errors = meters.counter(
                PREFIX + "plotting_error_counter_Sectors", "Sectors that could not be made.", "kind", kind);
    }

    /** Registers how many sectors are made at a time. */
    static void observeCapacity(Meters meters, String kind, int capacity, IntSupplier used) {
        String prefix = "subspace_farmer_plotter_plotting_capacity_";
        meters.gauge(prefix + "total_Sectors", "Sectors that can be made at a time.", () -> capacity, "kind", kind);
        meters.gauge(prefix + "used_Sectors", "Sectors that are being made.", used::getAsInt, "kind", kind);
    }

    private static Step step(Meters meters, String kind, String doing, String done, String what) {
        return new Step(
                meters.counter(PREFIX + doing + "_counter_Sectors", "Begun: " + what + ".", "kind", kind),
                meters.counter(PREFIX + done + "_counter_Sectors", "Done: " + what + ".", "kind", kind),
                meters.timer(PREFIX + doing + "_time", "Time of " + what + ".", FIRST_BUCKET, "kind", kind));
    }

    /** The making of a sector begins. */
    Sector begin() {
        plotting.begun.increment();
        downloading.begun.increment();
        return new Sector();
    }

    /** One sector in the making; its methods are called in the order in which they stand here. */
    final class Sector {
        private final long start = System.nanoTime();
        private long gathered;

        /** All pieces are there; only the first call counts. */
        synchronized void gathered() {
            if (gathered == 0) {
                gathered = System.nanoTime();
                end(downloading, gathered - start);
                encoding.begun.increment();
            }
        }

        /** The sector is encoded and its bytes are written. */
        synchronized void encoded() {
            end(encoding, System.nanoTime() - gathered);
        }

        /** The sector is staged. */
        void plotted() {
            end(plotting, System.nanoTime() - start);
        }

        /** The sector could not be made. */
        void failed() {
            errors.increment();
        }

        private void end(Step step, long nanos) {
            step.done.increment();
            step.time.record(Duration.ofNanos(nanos));
        }
    }
}

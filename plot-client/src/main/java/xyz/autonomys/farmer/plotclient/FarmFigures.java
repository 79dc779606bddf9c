package xyz.autonomys.farmer.plotclient;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.IntSupplier;
import xyz.autonomys.farmer.telemetry.Meters;

/** Upstream's figures of a farm (farm chapter, section 19), with its label {@code farm_id}. Thread-safe. */
final class FarmFigures {
    private static final String PREFIX = "subspace_farmer_farm_";
    private static final Duration SHORT = Duration.ofNanos(200_000);
    private static final Duration LONG = Duration.ofMillis(100);

    private final Meters meters;
    private final String id;
    private final Timer auditing;
    private final Map<Proving, Timer> proving = new EnumMap<>(Proving.class);
    private final Map<Fault, Counter> faults = new EnumMap<>(Fault.class);
    private final Counter skipped;
    private final Counter writing;
    private final Counter written;
    private final Timer writingTime;
    private final Counter plotting;
    private final Counter plotted;
    private final Timer plottingTime;
    private final Counter plottingErrors;

    /** How the proving of a chunk ended. */
    enum Proving {
        /** A node took the solution. */
        SUCCESS("Success"),
        /** No proof came in time. */
        TIMEOUT("Timeout"),
        /** There was a proof, but no node is known to have taken the solution. */
        REJECTED("Rejected"),
        /** The record could not be read. */
        FAILED("Failed");

        private final String text;

        Proving(String text) {
            this.text = text;
        }
    }

    /** What went wrong in a slot. */
    enum Fault {
        /** A sector could not be audited. */
        AUDITING("LowLevelAuditing"),
        /** A record is not what its sector's metadata says. */
        PROVING("LowLevelProving"),
        /** The disk did not give the bytes of a record. */
        IO("Io");

        private final String text;

        Fault(String text) {
            this.text = text;
        }
    }

    FarmFigures(Meters meters, String farmId) {
        this.meters = meters;
        this.id = farmId;
        this.auditing = timer("auditing_time", "Time of the audit of the farm for a slot.", SHORT);
        for (Proving result : Proving.values()) {
            proving.put(
                    result,
                    timer(
                            "proving_time",
                            "Time from the audit of a winning chunk until its solution was answered for.",
                            SHORT,
                            "result",
                            result.text));
        }
        for (Fault fault : Fault.values()) {
            faults.put(fault, counter("farming_errors", "Errors while farming.", "error", fault.text));
        }
        this.skipped = counter("skipped_slots", "Slots that were not audited.");
        this.writing = counter("sector_writing_counter_Sectors", "Sectors whose writing was begun.");
        this.written = counter("sector_written_counter_Sectors", "Sectors that were written.");
        this.writingTime = timer("sector_writing_time", "Time of writing a sector to the disk.", SHORT);
        this.plotting = counter("sector_plotting_counter_Sectors", "Sectors that were asked for.");
        this.plotted = counter("sector_plotted_counter_Sectors", "Sectors that were asked for and stored.");
        this.plottingTime =
                timer("sector_plotting_time", "Time from the asking for a sector until it was stored.", LONG);
        this.plottingErrors =
                counter("sector_plotting_error_counter_Sectors", "Sectors that had to be asked for again.");
    }

    private String[] labels(String... more) {
        String[] all = new String[2 + more.length];
        all[0] = "farm_id";
        all[1] = id;
        System.arraycopy(more, 0, all, 2, more.length);
        return all;
    }

    private Counter counter(String name, String help, String... more) {
        return meters.counter(PREFIX + name, help, labels(more));
    }

    private Timer timer(String name, String help, Duration first, String... more) {
        return meters.timer(PREFIX + name, help, first, labels(more));
    }

    /**
     * Registers the sectors by state.
     *
     * @param total sectors of the farm
     * @param there those with bytes
     * @param aboutToExpire those that the next segment of history makes worthless
     * @param expired those that are worthless
     */
    void observeSectors(IntSupplier total, IntSupplier there, IntSupplier aboutToExpire, IntSupplier expired) {
        state("NotPlotted", () -> total.getAsInt() - there.getAsInt());
        state("Plotted", () -> Math.max(0, there.getAsInt() - aboutToExpire.getAsInt() - expired.getAsInt()));
        state("AboutToExpire", aboutToExpire);
        state("Expired", expired);
    }

    private void state(String state, IntSupplier sectors) {
        meters.gauge(
                PREFIX + "sectors_total_Sectors",
                "Sectors of a farm by state.",
                sectors::getAsInt,
                labels("state", state));
    }

    void audited(Duration time) {
        auditing.record(time);
    }

    void proved(Proving result, Duration time) {
        proving.get(result).record(time);
    }

    void failed(Fault fault) {
        faults.get(fault).increment();
    }

    void skippedSlot() {
        skipped.increment();
    }

    void askedFor() {
        plotting.increment();
    }

    void writingBegins() {
        writing.increment();
    }

    void stored(Duration writingIt, Duration sinceAsked) {
        written.increment();
        writingTime.record(writingIt);
        plotted.increment();
        plottingTime.record(sinceAsked);
    }

    void askedForAgain() {
        plottingErrors.increment();
    }
}

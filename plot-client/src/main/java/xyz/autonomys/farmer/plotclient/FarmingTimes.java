package xyz.autonomys.farmer.plotclient;

import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import xyz.autonomys.farmer.telemetry.Meters;

/** How long audits and solutions take in this process. Thread-safe. */
final class FarmingTimes {
    private static final Duration FIRST_BUCKET = Duration.ofMillis(1);

    private final TimesHistogram audits = new TimesHistogram();
    private final TimesHistogram submissions = new TimesHistogram();
    private final Timer solutions;

    FarmingTimes(Meters meters) {
        this.solutions = meters.timer(
                "autonomys_farmer_slot_to_solution",
                "Time from a slot's arrival until a solution of it was submitted.",
                FIRST_BUCKET);
    }

    /** Times of audits of one farm each. */
    TimesHistogram audits() {
        return audits;
    }

    /** Times from a slot's arrival until a solution of it was submitted. */
    TimesHistogram submissions() {
        return submissions;
    }

    /** A solution was submitted so long after its slot arrived. */
    void submitted(Duration sinceSlot) {
        submissions.add(sinceSlot);
        solutions.record(sinceSlot);
    }
}

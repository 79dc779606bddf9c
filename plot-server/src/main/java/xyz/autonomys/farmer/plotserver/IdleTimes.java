package xyz.autonomys.farmer.plotserver;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;

/** How long the encoding threads were at work, and how long they waited for what. Thread-safe. */
final class IdleTimes {
    /** What a plot-server does, or what keeps it from encoding; in this order where several are true at a time. */
    enum State {
        /** Records are being encoded. */
        ENCODING("encoding"),
        /** The sectors in work lack pieces. */
        PIECES("waiting for pieces"),
        /** Finished sectors are being written to the staging disk. */
        STAGING_DISK("waiting for the staging disk"),
        /** Staging is full: plot-clients have not taken their sectors. */
        TRANSFER("waiting for plot-clients to take staged sectors"),
        /** Nobody asks for a sector. */
        NO_TASK("waiting for tasks");

        private final String text;

        State(String text) {
            this.text = text;
        }

        /** In words. */
        String text() {
            return text;
        }
    }

    private final Map<State, Long> nanos = new EnumMap<>(State.class);
    private State state = State.NO_TASK;
    private long since;

    IdleTimes(long nanoTime) {
        this.since = nanoTime;
    }

    /** What is the case from now on. */
    synchronized void now(State next, long nanoTime) {
        nanos.merge(state, nanoTime - since, Long::sum);
        since = nanoTime;
        state = next;
    }

    /** What is the case now. */
    synchronized State state() {
        return state;
    }

    /** How long it was the case up to the last call of {@link #now}. */
    synchronized Duration spent(State which) {
        return Duration.ofNanos(nanos.getOrDefault(which, 0L));
    }
}

package xyz.autonomys.farmer.node;

import java.time.Duration;
import java.util.Optional;

/**
 * Makes one stream of strictly increasing slots out of what a node announces over all its connections, and names what is
 * missing from it (spec 06 §5.1 and S12). Thread-safe.
 */
final class SlotFilter {
    private static final int LOW_SLOTS_OF_A_RESTART = 10;

    private final Duration restartAfter;
    private Long last;
    private long lastAt;
    private long lastConnection;
    private long heardAt;
    private boolean malformed;
    private long lowSince;
    private long lastLow;
    private int low;
    private long delivered;
    private long missed;

    /** A filter that starts over when slots rise, but stay below the last one, for {@code restartAfter}. */
    SlotFilter(Duration restartAfter) {
        this.restartAfter = restartAfter;
        this.heardAt = System.nanoTime();
    }

    /**
     * What to do with a slot.
     *
     * @param deliver whether it is new
     * @param before to be told before it
     */
    record Verdict(boolean deliver, Optional<NodeEvent> before) {}

    /**
     * Judges a slot.
     *
     * @param number its number (u64)
     * @param arrivedAt nano time of its arrival
     * @param connection number of the connection over which it came; rises with each new one
     */
    synchronized Verdict slot(long number, long arrivedAt, long connection) {
        heardAt = arrivedAt;
        Optional<NodeEvent> before = Optional.empty();
        if (last != null && Long.compareUnsigned(number, last) <= 0) {
            // Repetitions and a node that was restarted bring a few such slots, a chain that began anew brings no
            // others.
            // To take the one for the other would have slots solved twice, so many are needed, and rising ones.
            if (low == 0 || Long.compareUnsigned(number, lastLow) <= 0) {
                low = 0;
                lowSince = arrivedAt;
            }
            low++;
            lastLow = number;
            if (low < LOW_SLOTS_OF_A_RESTART || arrivedAt - lowSince < restartAfter.toNanos()) {
                return new Verdict(false, before);
            }
            before = Optional.of(new NodeEvent.ChainRestarted(last, number));
        } else if (last != null && number != last + 1) {
            missed += number - last - 1;
            NodeEvent.SlotGap cause = malformed
                    ? NodeEvent.SlotGap.MALFORMED
                    : connection != lastConnection
                            ? NodeEvent.SlotGap.CONNECTION_LOST
                            : NodeEvent.SlotGap.SKIPPED_BY_NODE;
            before = Optional.of(new NodeEvent.SlotsMissed(last + 1, number - 1, cause));
        }
        low = 0;
        malformed = false;
        last = number;
        lastAt = arrivedAt;
        lastConnection = connection;
        delivered++;
        return new Verdict(true, before);
    }

    /** A slot came that could not be read. */
    synchronized void malformed(long arrivedAt) {
        heardAt = arrivedAt;
        malformed = true;
    }

    /** Time since anything was announced, or since the later {@code since}. */
    synchronized Duration silence(long now, long since) {
        return Duration.ofNanos(Math.min(now - heardAt, now - since));
    }

    /** The last slot delivered. */
    synchronized Optional<Long> last() {
        return Optional.ofNullable(last);
    }

    /** Time since {@link #last()} arrived. */
    synchronized Optional<Duration> lastAge() {
        return last == null ? Optional.empty() : Optional.of(Duration.ofNanos(System.nanoTime() - lastAt));
    }

    /** Slots delivered so far. */
    synchronized long delivered() {
        return delivered;
    }

    /** Slots missing so far. */
    synchronized long missed() {
        return missed;
    }
}

package xyz.autonomys.farmer.telemetry;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.event.Level;
import org.slf4j.helpers.MessageFormatter;

/**
 * A log for things that may happen again and again. The first time something happens it is logged; what happens again
 * under the same key within the quiet time is only counted, and the next line of that key says how often. Thread-safe;
 * remembers a bounded number of keys.
 */
public final class RepeatedLog {
    /** Keys that are told apart; further ones share a line. */
    static final int MAX_KEYS = 256;

    private static final String REST = "\0rest";

    private final Logger log;
    private final long quietNanos;
    private final LongSupplier nanoClock;
    private final Map<String, Seen> keys = new HashMap<>();

    private static final class Seen {
        private long loggedAt;
        private long suppressed;
    }

    /**
     * A log that repeats itself no more often than every {@code quiet}, for each key.
     *
     * @param log where lines go
     */
    public RepeatedLog(Logger log, Duration quiet) {
        this(log, quiet, System::nanoTime);
    }

    RepeatedLog(Logger log, Duration quiet, LongSupplier nanoClock) {
        this.log = log;
        this.quietNanos = quiet.toNanos();
        this.nanoClock = nanoClock;
    }

    /**
     * Something an operator should know of.
     *
     * @param key the kind of event; lines of the same key are not repeated. Without counters, addresses of strangers and
     *     the like, which would make every event a kind of its own
     * @param format the line, as slf4j formats it
     */
    public void warn(String key, String format, Object... arguments) {
        log(Level.WARN, key, format, arguments);
    }

    /** Something an operator may want to know of. */
    public void info(String key, String format, Object... arguments) {
        log(Level.INFO, key, format, arguments);
    }

    private void log(Level level, String key, String format, Object... arguments) {
        long before = count(key);
        if (before >= 0) {
            String line = MessageFormatter.arrayFormat(format, arguments).getMessage();
            log.atLevel(level).log(before == 0 ? line : line + " (" + before + " more like this before)");
        }
    }

    /** How many lines of the key were left out before the one that is due now, or -1 if this one is left out too. */
    private synchronized long count(String wanted) {
        long now = nanoClock.getAsLong();
        String key = wanted;
        if (!keys.containsKey(key) && keys.size() >= MAX_KEYS) {
            keys.values().removeIf(seen -> seen.suppressed == 0 && now - seen.loggedAt >= quietNanos);
            if (keys.size() >= MAX_KEYS) {
                key = REST;
            }
        }
        Seen seen = keys.get(key);
        if (seen == null) {
            seen = new Seen();
            keys.put(key, seen);
        } else if (now - seen.loggedAt < quietNanos) {
            seen.suppressed++;
            return -1;
        }
        long before = seen.suppressed;
        seen.loggedAt = now;
        seen.suppressed = 0;
        return before;
    }
}

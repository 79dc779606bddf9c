package xyz.autonomys.farmer.telemetry;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one role waits for now. A look once a second finds the waits that have passed their deadline; those of one owner
 * for the same kind of thing share one line in the log, however many they are, and are mentioned again every {@link
 * #REMINDER} while they last. The number of waits is bounded by the threads and requests that hold them.
 */
public final class WaitRegister implements AutoCloseable {
    /** After how long a wait that is still past its deadline is logged again. */
    public static final Duration REMINDER = Duration.ofMinutes(10);

    private static final Logger LOG = LoggerFactory.getLogger(WaitRegister.class);
    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final Duration QUIET = Duration.ofSeconds(30);

    private final LongSupplier nanoClock;
    private final RepeatedLog log;
    private final Set<Wait> waits = ConcurrentHashMap.newKeySet();
    private final LongAdder begun = new LongAdder();
    private final LongAdder late = new LongAdder();
    private final ScheduledExecutorService looking;

    /** A register that looks after its waits until it is closed. */
    public WaitRegister() {
        this(System::nanoTime);
    }

    /**
     * The same by another clock.
     *
     * @param nanoClock nanoseconds from any point on, as {@link System#nanoTime}
     */
    public WaitRegister(LongSupplier nanoClock) {
        this(nanoClock, new RepeatedLog(LOG, QUIET, nanoClock));
        looking.scheduleWithFixedDelay(this::look, LOOK.toMillis(), LOOK.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** A register whose {@link #look} is called by the test. */
    WaitRegister(LongSupplier nanoClock, RepeatedLog log) {
        this.nanoClock = nanoClock;
        this.log = log;
        this.looking = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("waits").factory());
    }

    /**
     * Registers a wait.
     *
     * @param owner who waits, as an operator knows it: a role, a farm, a sector
     * @param what what is awaited, as the rest of "waits for …"; the same words for all waits of a kind
     * @param limit how long it may take, from now or from the last {@linkplain Wait#progress sign of progress}
     * @param remedy what an operator can do when it takes longer, or empty
     */
    public Wait begin(String owner, String what, Duration limit, String remedy) {
        Wait wait = new Wait(this, owner, what, limit, remedy, now());
        waits.add(wait);
        begun.increment();
        return wait;
    }

    /** The waits past their deadline, those that wait longest first. */
    public List<OverdueWait> overdue() {
        long now = now();
        List<OverdueWait> overdue = new ArrayList<>();
        for (Wait wait : waits) {
            if (wait.isPast(now)) {
                overdue.add(wait.snapshot(now));
            }
        }
        overdue.sort(Comparator.comparingLong(OverdueWait::seconds).reversed());
        return overdue;
    }

    /** Waits open now. */
    public int open() {
        return waits.size();
    }

    /** Waits begun since the start. */
    public long begun() {
        return begun.sum();
    }

    /** Waits that passed their deadline since the start. */
    public long late() {
        return late.sum();
    }

    long now() {
        return nanoClock.getAsLong();
    }

    /** Logs and reroutes what has passed its deadline since the last look. */
    void look() {
        long now = now();
        Map<String, List<Wait>> news = new LinkedHashMap<>();
        for (Wait wait : waits) {
            if (!wait.isPast(now)) {
                continue;
            }
            boolean first = !wait.isOverdue();
            if (first) {
                wait.overdue(true);
                late.increment();
                reroute(wait);
            }
            if (first || now - wait.reportedNanos() >= REMINDER.toNanos()) {
                wait.reported(now);
                news.computeIfAbsent(key(wait), _ -> new ArrayList<>()).add(wait);
            }
        }
        news.forEach((key, late) -> {
            Wait eldest = late.stream()
                    .max(Comparator.comparingLong(wait -> wait.silentSeconds(now)))
                    .orElseThrow();
            String more = late.size() == 1 ? "" : " (and " + (late.size() - 1) + " more like it)";
            log.warn(key, "{}{}", eldest.snapshot(now).describe(), more);
        });
    }

    private static void reroute(Wait wait) {
        Runnable other = wait.takeReroute();
        if (other != null) {
            Thread.ofVirtual().name("reroute").start(() -> {
                try {
                    other.run();
                } catch (RuntimeException e) {
                    LOG.warn("{}, which waits for {}, could not be helped", wait.owner(), wait.what(), e);
                }
            });
        }
    }

    void recovered(Wait wait, long silentSeconds) {
        wait.overdue(false);
        log.info(key(wait) + " over", "{} goes on after {} s", name(wait), silentSeconds);
    }

    void end(Wait wait) {
        if (waits.remove(wait) && wait.isOverdue()) {
            log.info(
                    key(wait) + " over",
                    "{} no longer waits for {}, after {} s",
                    wait.owner(),
                    name(wait),
                    wait.allSeconds(now()));
        }
    }

    private static String key(Wait wait) {
        return wait.owner() + " " + wait.what();
    }

    private String name(Wait wait) {
        OverdueWait seen = wait.snapshot(now());
        return seen.item().isEmpty() ? seen.what() : seen.what() + " " + seen.item();
    }

    /** Ends the looks; waits may still be begun and closed. */
    @Override
    public void close() {
        looking.shutdownNow();
    }
}

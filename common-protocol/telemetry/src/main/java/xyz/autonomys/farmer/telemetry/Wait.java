package xyz.autonomys.farmer.telemetry;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * One thing that somebody waits for, from {@link WaitRegister#begin} until it is closed. Any thread may use it; meant for
 * try-with-resources around whatever blocks, or kept open beside a state that others end.
 */
public final class Wait implements AutoCloseable {
    private final WaitRegister register;
    private final String owner;
    private final String what;
    private final long sinceNanos;
    private final long limitNanos;
    private final String remedy;
    private volatile String peer = "";
    private volatile String item = "";
    private volatile String cause = "";
    private volatile Runnable reroute;
    private volatile long signNanos;
    private volatile long reportedNanos;
    private volatile boolean overdue;

    Wait(WaitRegister register, String owner, String what, Duration limit, String remedy, long nowNanos) {
        this.register = register;
        this.owner = owner;
        this.what = what;
        this.limitNanos = limit.toNanos();
        this.remedy = remedy;
        this.sinceNanos = nowNanos;
        this.signNanos = nowNanos;
    }

    /** Names who is to deliver. */
    public Wait from(Object awaitedPeer) {
        peer = String.valueOf(awaitedPeer);
        return this;
    }

    /** Names which one of the things awaited it is. */
    public Wait item(Object awaitedItem) {
        item = String.valueOf(awaitedItem);
        return this;
    }

    /** What to do when the deadline passes, once: ask elsewhere, hand back. Runs on a thread of the register. */
    public Wait orElse(Runnable other) {
        reroute = other;
        return this;
    }

    /** What went wrong last; becomes part of the line that is logged when the deadline passes. */
    public Wait cause(String last) {
        cause = last == null ? "" : last;
        return this;
    }

    /** There was a sign of life: the deadline counts from now on. */
    public void progress() {
        long now = register.now();
        long silentSeconds = silentSeconds(now);
        signNanos = now;
        if (overdue) {
            register.recovered(this, silentSeconds);
        }
    }

    /** The wait is over, well or not. */
    @Override
    public void close() {
        register.end(this);
    }

    String owner() {
        return owner;
    }

    String what() {
        return what;
    }

    boolean isPast(long now) {
        return now - signNanos - limitNanos > 0;
    }

    /** Seconds since the last sign of progress. */
    long silentSeconds(long now) {
        return TimeUnit.NANOSECONDS.toSeconds(now - signNanos);
    }

    /** Seconds since it was begun. */
    long allSeconds(long now) {
        return TimeUnit.NANOSECONDS.toSeconds(now - sinceNanos);
    }

    boolean isOverdue() {
        return overdue;
    }

    void overdue(boolean now) {
        overdue = now;
    }

    long reportedNanos() {
        return reportedNanos;
    }

    void reported(long now) {
        reportedNanos = now;
    }

    /** The reroute, which is handed out once. */
    Runnable takeReroute() {
        Runnable once = reroute;
        reroute = null;
        return once;
    }

    OverdueWait snapshot(long now) {
        return new OverdueWait(
                owner, what, item, peer, silentSeconds(now), Duration.ofNanos(limitNanos), cause, remedy);
    }
}

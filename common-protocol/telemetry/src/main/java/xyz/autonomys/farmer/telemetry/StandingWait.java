package xyz.autonomys.farmer.telemetry;

import java.time.Duration;

/**
 * A wait for something that comes and goes: open from the first time that its owner finds it lacking until it finds it
 * there. For owners that look again and again, or that hear of it from several places. Thread-safe.
 */
public final class StandingWait implements AutoCloseable {
    private final WaitRegister register;
    private final String owner;
    private final String what;
    private final Duration limit;
    private final String remedy;
    private Wait wait;

    /**
     * A wait that is not open yet; the arguments are those of {@link WaitRegister#begin}.
     *
     * @param limit how long it may lack, from the first time it was found lacking or the last sign of progress
     */
    public StandingWait(WaitRegister register, String owner, String what, Duration limit, String remedy) {
        this.register = register;
        this.owner = owner;
        this.what = what;
        this.limit = limit;
        this.remedy = remedy;
    }

    /** It lacks, for this reason; the wait goes on if it lacked before. */
    public synchronized Wait lacks(String cause) {
        if (wait == null) {
            wait = register.begin(owner, what, limit, remedy);
        }
        return wait.cause(cause);
    }

    /** It does not lack, or is not wanted any more. */
    public synchronized void over() {
        if (wait != null) {
            wait.close();
            wait = null;
        }
    }

    /** It lacks, but there was a sign of life; nothing if it does not lack. */
    public synchronized void progress() {
        if (wait != null) {
            wait.progress();
        }
    }

    /** The same as {@link #over}. */
    @Override
    public void close() {
        over();
    }
}

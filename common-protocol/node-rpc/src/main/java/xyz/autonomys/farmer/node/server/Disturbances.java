package xyz.autonomys.farmer.node.server;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * What a server does wrong on purpose with its connections, so that clients can be tried. Nothing at first.
 * Thread-safe.
 */
public final class Disturbances {
    private final AtomicInteger refusals = new AtomicInteger();
    private volatile int refusalStatus;
    private volatile boolean hangs;
    private volatile int bytesPerSecond;

    Disturbances() {}

    /**
     * Answers the next requests for a connection with an HTTP status.
     *
     * @param status such as 403 or 429
     * @param count how many
     */
    public void refuseUpgrades(int status, int count) {
        if (status < 100 || status > 599) {
            throw new IllegalArgumentException("an HTTP status is 100 to 599, got " + status);
        }
        refusalStatus = status;
        refusals.set(count);
    }

    /** Accepts connections and never answers on them, until it is called with false. */
    public void hang(boolean value) {
        hangs = value;
    }

    /** Sends everything at this speed, in frames of a few bytes; 0 is as fast as the network allows. */
    public void sendSlowly(int bytesEachSecond) {
        if (bytesEachSecond < 0) {
            throw new IllegalArgumentException("a speed is at least 0 bytes per second, got " + bytesEachSecond);
        }
        bytesPerSecond = bytesEachSecond;
    }

    /** The status with which this request is refused, 0 if it is not. */
    int takeRefusal() {
        return refusals.getAndUpdate(left -> Math.max(0, left - 1)) > 0 ? refusalStatus : 0;
    }

    boolean hangs() {
        return hangs;
    }

    int bytesPerSecond() {
        return bytesPerSecond;
    }
}

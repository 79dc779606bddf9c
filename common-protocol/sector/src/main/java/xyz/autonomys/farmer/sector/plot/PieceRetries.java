package xyz.autonomys.farmer.sector.plot;

import java.time.Duration;

/**
 * How long to try for the pieces of a sector. Each delay is half as long again as the one before.
 *
 * @param attempts attempts in all, at least one
 * @param firstDelay pause after the first attempt
 * @param longestDelay limit of a pause
 */
public record PieceRetries(int attempts, Duration firstDelay, Duration longestDelay) {
    /** Pauses of 15 seconds to 10 minutes, one hundred attempts. */
    public static final PieceRetries DEFAULT = new PieceRetries(100, Duration.ofSeconds(15), Duration.ofMinutes(10));

    /** Rejects less than one attempt. */
    public PieceRetries {
        if (attempts < 1) {
            throw new IllegalArgumentException("pieces need at least one attempt, got " + attempts);
        }
    }

    Duration after(Duration delay) {
        Duration next = delay.multipliedBy(3).dividedBy(2);
        return next.compareTo(longestDelay) < 0 ? next : longestDelay;
    }
}

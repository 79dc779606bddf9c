package xyz.autonomys.farmer.cluster.data;

import java.time.Duration;

/**
 * How long one request may take.
 *
 * @param firstByte until the first sign of an answer
 * @param progress between two signs
 * @param deadline in all
 */
public record RequestOptions(Duration firstByte, Duration progress, Duration deadline) {
    /** Answers that take the peer's computing time: nothing is expected before the deadline. */
    public static RequestOptions within(Duration deadline) {
        return new RequestOptions(deadline, deadline, deadline);
    }
}

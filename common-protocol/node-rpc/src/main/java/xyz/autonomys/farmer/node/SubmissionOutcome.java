package xyz.autonomys.farmer.node;

/**
 * What is known about a submission after it was made. Only {@link NotSent} and {@link Refused} are certain not to have
 * reached a queue of the node; a solution whose outcome is {@link Unknown} must never be submitted anywhere again,
 * because two votes for one solution cost the rewards of all votes in their block.
 */
public sealed interface SubmissionOutcome {
    /** The node answered without an error: it was put in the queue. This says nothing about validity. */
    record Accepted() implements SubmissionOutcome {}

    /**
     * The node answered with an error, so it did not take the submission.
     *
     * @param code JSON-RPC error code; 9001 with "Solution was ignored" means too late or queue full
     * @param message what the node said, for the log
     */
    record Refused(int code, String message) implements SubmissionOutcome {}

    /**
     * Nothing was written to any socket.
     *
     * @param reason why, for the log
     */
    record NotSent(String reason) implements SubmissionOutcome {}

    /**
     * It was or may have been written, and no answer came before the deadline or the end of the connection.
     *
     * @param reason what happened, for the log
     */
    record Unknown(String reason) implements SubmissionOutcome {}

    /** True if another node may be tried: this one certainly has not queued the submission. */
    default boolean certainlyNotQueued() {
        return this instanceof NotSent || this instanceof Refused;
    }
}

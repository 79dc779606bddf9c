package xyz.autonomys.farmer.cluster.control;

/** NATS or JetStream did not do what was asked; the text says what was attempted, why it failed and what helps. */
public final class ControlException extends Exception {
    private static final long serialVersionUID = 1L;

    /** A failure with an underlying cause, whose message becomes part of the text. */
    public ControlException(String message, Throwable cause) {
        super(message + (cause.getMessage() == null ? "" : ": " + cause.getMessage()), cause);
    }

    /** A failure that speaks for itself. */
    public ControlException(String message) {
        super(message);
    }
}

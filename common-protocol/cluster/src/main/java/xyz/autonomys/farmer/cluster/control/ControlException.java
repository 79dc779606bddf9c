package xyz.autonomys.farmer.cluster.control;

/** NATS or JetStream did not do what was asked; the text says what was attempted, why it failed and what helps. */
public final class ControlException extends Exception {
    private static final long serialVersionUID = 1L;

    private final boolean certainlyNotDelivered;

    /** A failure with an underlying cause, whose message becomes part of the text. */
    public ControlException(String message, Throwable cause) {
        super(message + (cause.getMessage() == null ? "" : ": " + cause.getMessage()), cause);
        this.certainlyNotDelivered = false;
    }

    /** A failure that speaks for itself. */
    public ControlException(String message) {
        this(message, false);
    }

    private ControlException(String message, boolean certainlyNotDelivered) {
        super(message);
        this.certainlyNotDelivered = certainlyNotDelivered;
    }

    /** A message that certainly reached nobody. */
    static ControlException notDelivered(String message) {
        return new ControlException(message, true);
    }

    /** Whether it is certain that nobody received what was to be sent. */
    public boolean certainlyNotDelivered() {
        return certainlyNotDelivered;
    }
}

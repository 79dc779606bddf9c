package xyz.autonomys.farmer.cluster.control;

/** A control message that cannot be understood; the text names where it was read and what was expected. */
public final class ControlFormatException extends Exception {
    private static final long serialVersionUID = 1L;

    ControlFormatException(String message) {
        super(message);
    }
}

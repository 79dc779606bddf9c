package xyz.autonomys.farmer.node;

/** A message that does not have the form the protocol promises; the text names the place, what stands there and what was expected. */
public final class NodeJsonException extends Exception {
    private static final long serialVersionUID = 1L;

    /** A malformed message. */
    public NodeJsonException(String message) {
        // Thrown for each bad message of a peer, which may send many, and caught nearby: no stack trace.
        super(message, null, false, false);
    }
}

package xyz.autonomys.farmer.node;

/** A call to the node brought no usable answer. The message says what was asked, of which node, and what came. */
public final class NodeException extends Exception {
    private static final long serialVersionUID = 1L;

    /** What kind of failure it was. */
    public enum Kind {
        /** No connection; nothing was sent. */
        UNAVAILABLE,
        /** The connection ended, or the deadline passed, before the answer came. */
        NO_ANSWER,
        /** The node answered with an error; {@link NodeException#code()} has its code. */
        REFUSED,
        /** The answer was not what the protocol promises. */
        MALFORMED
    }

    private final Kind kind;
    private final int code;

    /** A failure without an error code of the node. */
    public NodeException(Kind kind, String message) {
        this(kind, 0, message, null);
    }

    /** A failure with everything there is to know. */
    public NodeException(Kind kind, int code, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
        this.code = code;
    }

    /** What kind of failure it was. */
    public Kind kind() {
        return kind;
    }

    /** The JSON-RPC error code if {@link #kind()} is {@link Kind#REFUSED}, else 0. */
    public int code() {
        return code;
    }
}

package xyz.autonomys.farmer.cluster.data;

import java.io.IOException;

/** A request on the data plane that failed, with the kind of failure. */
public final class DataPlaneException extends IOException {
    private static final long serialVersionUID = 1L;

    private final FailureKind kind;

    /** A failure with a text that names the peer and what was awaited. */
    public DataPlaneException(FailureKind kind, String message) {
        super(message);
        this.kind = kind;
    }

    /** A failure with its cause. */
    public DataPlaneException(FailureKind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    /** What kind of failure it is. */
    public FailureKind kind() {
        return kind;
    }
}

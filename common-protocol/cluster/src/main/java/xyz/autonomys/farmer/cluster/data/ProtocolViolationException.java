package xyz.autonomys.farmer.cluster.data;

/** Bytes from a peer that the protocol does not allow; the connection ends with it. */
final class ProtocolViolationException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ProtocolViolationException(String message) {
        super(message);
    }
}

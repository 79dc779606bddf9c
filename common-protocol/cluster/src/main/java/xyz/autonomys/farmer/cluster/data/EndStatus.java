package xyz.autonomys.farmer.cluster.data;

/** How an answer ended. */
enum EndStatus {
    COMPLETE(0, null),
    BUSY(1, FailureKind.BUSY),
    NOT_SERVED(2, FailureKind.NOT_SERVED),
    FAILED(3, FailureKind.REMOTE),
    MALFORMED(4, FailureKind.PROTOCOL);

    final int code;
    final FailureKind failure;

    EndStatus(int code, FailureKind failure) {
        this.code = code;
        this.failure = failure;
    }

    static EndStatus of(int code) {
        for (EndStatus status : values()) {
            if (status.code == code) {
                return status;
            }
        }
        throw new ProtocolViolationException("end status " + code + " is unknown");
    }
}

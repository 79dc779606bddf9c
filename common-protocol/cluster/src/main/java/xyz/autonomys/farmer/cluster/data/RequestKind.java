package xyz.autonomys.farmer.cluster.data;

/** The kinds of {@link DataRequest} as they are named in figures and on the wire. */
enum RequestKind {
    PIECES(1, "pieces"),
    FRESH_PIECES(2, "fresh-pieces"),
    FILE_RANGE(3, "file-range"),
    PROOF(4, "proof"),
    HEALTH(5, "health"),
    ECHO(6, "echo"),
    HOLDINGS(7, "holdings");

    /** Number on the wire (u16). */
    final int code;

    /** Name in figures. */
    final String text;

    RequestKind(int code, String text) {
        this.code = code;
        this.text = text;
    }

    static RequestKind of(DataRequest request) {
        return switch (request) {
            case DataRequest.Pieces _ -> PIECES;
            case DataRequest.FreshPieces _ -> FRESH_PIECES;
            case DataRequest.FileRange _ -> FILE_RANGE;
            case DataRequest.Proof _ -> PROOF;
            case DataRequest.Health _ -> HEALTH;
            case DataRequest.Echo _ -> ECHO;
            case DataRequest.Holdings _ -> HOLDINGS;
        };
    }

    /**
     * The kind with this number.
     *
     * @throws IllegalArgumentException naming the known ones if there is none
     */
    static RequestKind of(int code) {
        for (RequestKind kind : values()) {
            if (kind.code == code) {
                return kind;
            }
        }
        throw new IllegalArgumentException("known are 1 to " + values().length);
    }
}

package xyz.autonomys.farmer.cluster.data;

/**
 * The frames of a connection after the handshake. A frame is a header and a body; integers are big-endian.
 *
 * <table>
 * <caption>Header, 16 bytes</caption>
 * <tr><th>offset</th><th>size</th><th>field</th></tr>
 * <tr><td>0</td><td>4</td><td>length of the body, at most 1 MiB</td></tr>
 * <tr><td>4</td><td>2</td><td>type</td></tr>
 * <tr><td>6</td><td>2</td><td>zero</td></tr>
 * <tr><td>8</td><td>8</td><td>request id, chosen by the client, ascending on a connection from 1</td></tr>
 * </table>
 */
enum FrameType {
    /**
     * Client: a request. u16 kind, u8 priority (0 normal, 1 high), u8 zero, u32 credit for the answer, u32 length of the
     * request, then the request itself if it has at most {@link #INLINE_REQUEST_BYTES}. A longer one follows as DATA
     * after the server has granted the credit for it.
     */
    OPEN(1, 12, 12 + 64 * 1024),
    /** Either side: the next bytes of a request or of an item. Counts against the receiver's credit. */
    DATA(2, 1, 1 << 20),
    /** Either side: u32 more bytes of DATA that the other side may send for this request. */
    CREDIT(3, 4, 4),
    /** Client: stop answering. */
    CANCEL(4, 0, 0),
    /** Server: the next item of the answer, see {@link ItemHeader}; its bytes follow as DATA. */
    ITEM(5, ItemHeader.BYTES, ItemHeader.BYTES),
    /** Server: the end of the answer. u16 {@link EndStatus}, then UTF-8 text for a human (empty when all went well). */
    END(6, 2, 2 + 1024);

    static final int HEADER_BYTES = 16;
    static final int OPEN_HEADER_BYTES = 12;
    static final int INLINE_REQUEST_BYTES = 64 * 1024;

    /** Bytes of DATA this side puts into one frame: small enough that requests on a connection take turns. */
    static final int DATA_CHUNK_BYTES = 256 * 1024;

    private static final FrameType[] VALUES = values();

    final int code;
    final int minBody;
    final int maxBody;

    FrameType(int code, int minBody, int maxBody) {
        this.code = code;
        this.minBody = minBody;
        this.maxBody = maxBody;
    }

    /** The type of this code with this body length, or a refusal that names both. */
    static FrameType of(int code, long bodyLength) {
        if (code < 1 || code > VALUES.length) {
            throw new ProtocolViolationException("frame type " + code + " is unknown; known are 1 to " + VALUES.length);
        }
        FrameType type = VALUES[code - 1];
        if (bodyLength < type.minBody || bodyLength > type.maxBody) {
            throw new ProtocolViolationException("a frame of type " + type + " has " + type.minBody + " to "
                    + type.maxBody + " bytes, got " + bodyLength);
        }
        return type;
    }
}

package xyz.autonomys.farmer.cluster.data;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * The bytes of requests. Integers are big-endian; the kind travels in the frame that opens the request.
 *
 * <table>
 * <caption>Kinds</caption>
 * <tr><th>kind</th><th>request</th><th>bytes</th></tr>
 * <tr><td>1</td><td>Pieces</td><td>item type u8, priority u8, count u16, count × index u64</td></tr>
 * <tr><td>2</td><td>FreshPieces</td><td>count u16, count × index u64</td></tr>
 * <tr><td>3</td><td>FileRange</td><td>offset u64, length u64, id UTF-8 to the end</td></tr>
 * <tr><td>4</td><td>Proof</td><td>the body</td></tr>
 * <tr><td>5</td><td>Health</td><td>nothing</td></tr>
 * <tr><td>6</td><td>Echo</td><td>the body</td></tr>
 * <tr><td>7</td><td>Holdings</td><td>epoch u64, count u16, count × index u64</td></tr>
 * </table>
 */
final class DataRequestCodec {
    private DataRequestCodec() {}

    static byte[] encode(DataRequest request) {
        return switch (request) {
            case DataRequest.Pieces pieces ->
                putIndices(
                        ByteBuffer.allocate(4 + 8 * pieces.indices().length)
                                .put((byte) pieces.itemType().tag())
                                .put((byte) (pieces.highPriority() ? 1 : 0)),
                        pieces.indices());
            case DataRequest.FreshPieces pieces ->
                putIndices(ByteBuffer.allocate(2 + 8 * pieces.indices().length), pieces.indices());
            case DataRequest.FileRange range -> {
                byte[] id = range.fileId().getBytes(StandardCharsets.UTF_8);
                yield ByteBuffer.allocate(16 + id.length)
                        .putLong(range.offset())
                        .putLong(range.length())
                        .put(id)
                        .array();
            }
            case DataRequest.Proof proof -> proof.body();
            case DataRequest.Health _ -> new byte[0];
            case DataRequest.Echo echo -> echo.body();
            case DataRequest.Holdings holdings ->
                putIndices(
                        ByteBuffer.allocate(10 + 8 * holdings.indices().length).putLong(holdings.epoch()),
                        holdings.indices());
        };
    }

    /**
     * The request of these bytes.
     *
     * @throws ProtocolViolationException naming the kind and what is wrong if there is none
     */
    static DataRequest decode(int code, byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        try {
            DataRequest request =
                    switch (RequestKind.of(code)) {
                        case PIECES -> {
                            ItemType itemType = ItemType.ofTag(in.get() & 0xff);
                            int priority = in.get();
                            if (priority != 0 && priority != 1) {
                                throw new IllegalArgumentException("priority is 0 or 1, got " + priority);
                            }
                            yield new DataRequest.Pieces(itemType, priority == 1, getIndices(in));
                        }
                        case FRESH_PIECES -> new DataRequest.FreshPieces(getIndices(in));
                        case FILE_RANGE -> {
                            long offset = in.getLong();
                            long length = in.getLong();
                            String id = StandardCharsets.UTF_8
                                    .newDecoder()
                                    .decode(in)
                                    .toString();
                            yield new DataRequest.FileRange(id, offset, length);
                        }
                        case PROOF -> new DataRequest.Proof(rest(in));
                        case HEALTH -> new DataRequest.Health();
                        case ECHO -> new DataRequest.Echo(rest(in));
                        case HOLDINGS -> new DataRequest.Holdings(in.getLong(), getIndices(in));
                    };
            if (in.hasRemaining()) {
                throw new IllegalArgumentException(in.remaining() + " bytes too many");
            }
            return request;
        } catch (BufferUnderflowException e) {
            throw new ProtocolViolationException("request of kind " + code + ": ends after " + bytes.length + " bytes");
        } catch (IllegalArgumentException | CharacterCodingException e) {
            throw new ProtocolViolationException("request of kind " + code + ": " + e.getMessage());
        }
    }

    private static byte[] putIndices(ByteBuffer out, long... indices) {
        out.putShort((short) indices.length);
        for (long index : indices) {
            out.putLong(index);
        }
        return out.array();
    }

    private static long[] getIndices(ByteBuffer in) {
        int count = in.getShort() & 0xffff;
        if (in.remaining() < 8 * count) {
            throw new BufferUnderflowException();
        }
        long[] indices = new long[count];
        for (int i = 0; i < count; i++) {
            indices[i] = in.getLong();
        }
        return indices;
    }

    private static byte[] rest(ByteBuffer in) {
        byte[] bytes = new byte[in.remaining()];
        in.get(bytes);
        return bytes;
    }
}

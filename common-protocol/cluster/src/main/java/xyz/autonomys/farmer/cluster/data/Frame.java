package xyz.autonomys.farmer.cluster.data;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;

/**
 * A received frame; whoever takes it releases the body. The static methods build frames to send.
 *
 * @param type its type
 * @param requestId its request
 * @param body exactly the body
 */
record Frame(FrameType type, long requestId, ByteBuf body) {

    static ByteBuf header(ByteBufAllocator allocator, FrameType type, long requestId, int bodyLength, int room) {
        return allocator
                .directBuffer(FrameType.HEADER_BYTES + room)
                .writeInt(bodyLength)
                .writeShort(type.code)
                .writeShort(0)
                .writeLong(requestId);
    }

    static ByteBuf open(
            ByteBufAllocator allocator, long requestId, int kind, boolean high, int credit, int length, byte[] inline) {
        int body = FrameType.OPEN_HEADER_BYTES + inline.length;
        return header(allocator, FrameType.OPEN, requestId, body, body)
                .writeShort(kind)
                .writeByte(high ? 1 : 0)
                .writeByte(0)
                .writeInt(credit)
                .writeInt(length)
                .writeBytes(inline);
    }

    static ByteBuf data(ByteBufAllocator allocator, long requestId, byte[] source, int offset, int length) {
        return header(allocator, FrameType.DATA, requestId, length, length).writeBytes(source, offset, length);
    }

    static ByteBuf credit(ByteBufAllocator allocator, long requestId, int bytes) {
        return header(allocator, FrameType.CREDIT, requestId, 4, 4).writeInt(bytes);
    }

    static ByteBuf cancel(ByteBufAllocator allocator, long requestId) {
        return header(allocator, FrameType.CANCEL, requestId, 0, 0);
    }

    static ByteBuf item(ByteBufAllocator allocator, long requestId, ItemHeader item) {
        ByteBuf out = header(allocator, FrameType.ITEM, requestId, ItemHeader.BYTES, ItemHeader.BYTES);
        item.encode(out);
        return out;
    }

    static ByteBuf end(ByteBufAllocator allocator, long requestId, EndStatus status, String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        int length = Math.min(utf8.length, FrameType.END.maxBody - 2);
        return header(allocator, FrameType.END, requestId, 2 + length, 2 + length)
                .writeShort(status.code)
                .writeBytes(utf8, 0, length);
    }
}

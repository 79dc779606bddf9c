package xyz.autonomys.farmer.cluster.data;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/**
 * Cuts a stream of bytes into {@link Frame}s. The bytes of a DATA frame are handed on as they arrive, as several frames if
 * need be: a part that fills at least half of its receive buffer without a copy, any other in a buffer of its own size. So
 * what a slow consumer holds is at most twice what was counted against its credit. All other bodies are copied and whole.
 */
final class FrameReader extends ChannelInboundHandlerAdapter {
    private final byte[] header = new byte[FrameType.HEADER_BYTES];
    private int headerBytes;
    private FrameType type;
    private long requestId;
    private ByteBuf body;
    private int missing;
    private boolean broken;

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf in = (ByteBuf) message;
        try {
            while (in.isReadable() && !broken) {
                read(ctx, in);
            }
        } catch (ProtocolViolationException e) {
            broken = true;
            ctx.fireExceptionCaught(e);
        } finally {
            in.release();
        }
    }

    private void read(ChannelHandlerContext ctx, ByteBuf in) {
        if (headerBytes < FrameType.HEADER_BYTES) {
            int take = Math.min(FrameType.HEADER_BYTES - headerBytes, in.readableBytes());
            in.readBytes(header, headerBytes, take);
            headerBytes += take;
            if (headerBytes < FrameType.HEADER_BYTES) {
                return;
            }
            startBody(ctx);
        }
        int take = Math.min(missing, in.readableBytes());
        if (type == FrameType.DATA) {
            if (take == 0) {
                return;
            }
            missing -= take;
            if (missing == 0) {
                headerBytes = 0;
            }
            ctx.fireChannelRead(new Frame(type, requestId, part(ctx, in, take)));
            return;
        }
        body.writeBytes(in, take);
        missing -= take;
        if (missing == 0) {
            Frame frame = new Frame(type, requestId, body);
            body = null;
            headerBytes = 0;
            ctx.fireChannelRead(frame);
        }
    }

    private static ByteBuf part(ChannelHandlerContext ctx, ByteBuf in, int count) {
        return count >= in.capacity() / 2
                ? in.readRetainedSlice(count)
                : ctx.alloc().directBuffer(count).writeBytes(in, count);
    }

    private void startBody(ChannelHandlerContext ctx) {
        java.nio.ByteBuffer view = java.nio.ByteBuffer.wrap(header);
        long length = view.getInt(0) & 0xffff_ffffL;
        type = FrameType.of(view.getShort(4) & 0xffff, length);
        if (view.getShort(6) != 0) {
            throw new ProtocolViolationException("bytes 6 and 7 of a frame header are zero, got " + view.getShort(6));
        }
        requestId = view.getLong(8);
        missing = (int) length;
        if (type != FrameType.DATA) {
            body = ctx.alloc().directBuffer(Math.max(missing, 1));
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        broken = true;
        if (body != null) {
            body.release();
            body = null;
        }
    }
}

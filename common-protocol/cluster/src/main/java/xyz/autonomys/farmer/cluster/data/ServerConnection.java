package xyz.autonomys.farmer.cluster.data;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One authenticated connection on the server: turns frames into exchanges. Runs on the connection's event loop. */
final class ServerConnection extends SimpleChannelInboundHandler<Frame> {
    private static final Logger log = LoggerFactory.getLogger(ServerConnection.class);

    private final DataServer server;
    private final Semaphore outbound;
    private final Map<Long, ServerExchange> exchanges = new HashMap<>();
    private long lastRequestId;

    ServerConnection(DataServer server) {
        super(false);
        this.server = server;
        this.outbound = new Semaphore(server.settings().outboundBytes(), true);
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, Frame frame) {
        ByteBuf body = frame.body();
        try {
            switch (frame.type()) {
                case OPEN -> open(ctx, frame.requestId(), body);
                case DATA -> {
                    ServerExchange exchange = exchanges.get(frame.requestId());
                    if (exchange != null) {
                        exchange.requestBytes(body);
                    }
                }
                case CREDIT -> {
                    long bytes = body.readUnsignedInt();
                    ServerExchange exchange = exchanges.get(frame.requestId());
                    if (exchange != null) {
                        exchange.grant(bytes);
                    }
                }
                case CANCEL -> {
                    ServerExchange exchange = exchanges.remove(frame.requestId());
                    if (exchange != null) {
                        exchange.cancel();
                    }
                }
                case ITEM, END ->
                    throw new ProtocolViolationException("a client does not send frames of type " + frame.type());
            }
        } finally {
            body.release();
        }
    }

    private void open(ChannelHandlerContext ctx, long requestId, ByteBuf body) {
        if (requestId <= lastRequestId) {
            throw new ProtocolViolationException(
                    "request id " + requestId + " follows " + lastRequestId + "; ids ascend from 1");
        }
        lastRequestId = requestId;
        int kind = body.readUnsignedShort();
        int priority = body.readUnsignedByte();
        int zero = body.readUnsignedByte();
        long credit = body.readUnsignedInt();
        long length = body.readUnsignedInt();
        if (priority > 1 || zero != 0) {
            throw new ProtocolViolationException("a request has priority 0 or 1 and then a zero byte");
        }
        if (length > DataRequest.MAX_BYTES) {
            throw new ProtocolViolationException(
                    "a request has at most " + DataRequest.MAX_BYTES + " bytes, announced are " + length);
        }
        boolean inline = length <= FrameType.INLINE_REQUEST_BYTES;
        if (body.readableBytes() != (inline ? length : 0)) {
            throw new ProtocolViolationException(
                    "a request of " + length + " bytes carries " + body.readableBytes() + " bytes in its first frame");
        }
        if (!server.takeRequestSlot(priority == 1)) {
            server.figures().ended(EndStatus.BUSY);
            ctx.writeAndFlush(Frame.end(
                    ctx.alloc(),
                    requestId,
                    EndStatus.BUSY,
                    "all places for requests are taken; try again or elsewhere"));
            return;
        }
        ServerExchange exchange = new ServerExchange(server, ctx, outbound, requestId, kind, credit, this::forget);
        exchanges.put(requestId, exchange);
        if (inline) {
            byte[] request = new byte[(int) length];
            body.readBytes(request);
            exchange.start(request);
        } else {
            exchange.awaitBody((int) length);
        }
    }

    /** Called on the event loop when an exchange ended. */
    private void forget(long requestId) {
        exchanges.remove(requestId);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        exchanges.values().forEach(ServerExchange::cancel);
        exchanges.clear();
        ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof ProtocolViolationException) {
            log.warn("data plane: cut {}: {}", ctx.channel().remoteAddress(), cause.getMessage());
        } else {
            log.debug("data plane: connection from {} broke: {}", ctx.channel().remoteAddress(), cause.toString());
        }
        ctx.close();
    }
}

package xyz.autonomys.farmer.node.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshaker;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Frames of one connection. Joins them to requests, answers each request on a thread of its own, pings every 30 seconds
 * and gives a silent peer up after a while (spec 06 §1). A peer with too many requests in work is not read from.
 */
final class SocketHandler extends SimpleChannelInboundHandler<WebSocketFrame> {
    private static final Logger LOG = LoggerFactory.getLogger(SocketHandler.class);
    private static final int PING_SECONDS = 30;
    private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final int MISSES = 3;
    private static final int CALLS_IN_WORK = 256;

    private final JsonRpcServer server;
    private final RpcConnection connection;
    private final WebSocketServerHandshaker handshaker;
    private final AtomicInteger inWork = new AtomicInteger();
    private ByteArrayOutputStream request = new ByteArrayOutputStream();
    private boolean tooBig;
    private ScheduledFuture<?> pings;
    private long heardAt = System.nanoTime();
    private int misses;

    SocketHandler(JsonRpcServer server, RpcConnection connection, WebSocketServerHandshaker handshaker) {
        this.server = server;
        this.connection = connection;
        this.handshaker = handshaker;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        pings = ctx.executor().scheduleWithFixedDelay(() -> ping(ctx), PING_SECONDS, PING_SECONDS, TimeUnit.SECONDS);
    }

    private void ping(ChannelHandlerContext ctx) {
        if (connection.isFrozen()) {
            return;
        }
        if (System.nanoTime() - heardAt > IDLE_NANOS && ++misses >= MISSES) {
            ctx.close();
        } else {
            ctx.writeAndFlush(new PingWebSocketFrame());
        }
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, WebSocketFrame frame) throws IOException {
        heardAt = System.nanoTime();
        switch (frame) {
            case PingWebSocketFrame ping ->
                ctx.writeAndFlush(new PongWebSocketFrame(ping.content().retain()));
            case PongWebSocketFrame _ -> {}
            case CloseWebSocketFrame close -> handshaker.close(ctx.channel(), close.retain());
            // Text, binary (which a node reads as text) and what continues them.
            default -> collect(ctx, frame);
        }
    }

    private void collect(ChannelHandlerContext ctx, WebSocketFrame frame) throws IOException {
        ByteBuf part = frame.content();
        if (!tooBig && request.size() + part.readableBytes() > server.settings().maxRequestBytes()) {
            tooBig = true;
            request = new ByteArrayOutputStream();
        }
        if (!tooBig) {
            part.readBytes(request, part.readableBytes());
        }
        if (!frame.isFinalFragment()) {
            return;
        }
        if (tooBig) {
            tooBig = false;
            answer(ctx, Optional::empty);
        } else {
            String text = request.toString(StandardCharsets.UTF_8);
            request = new ByteArrayOutputStream();
            answer(ctx, () -> Optional.of(text));
        }
    }

    private interface Text {
        /** The request; empty if it was too long to be kept. */
        Optional<String> get();
    }

    private void answer(ChannelHandlerContext ctx, Text text) {
        if (inWork.incrementAndGet() >= CALLS_IN_WORK) {
            ctx.channel().config().setAutoRead(false);
        }
        try {
            server.calls().execute(() -> {
                try {
                    Dispatcher dispatcher = new Dispatcher(server, connection);
                    Optional<String> request = text.get();
                    Optional<Dispatcher.Reply> reply =
                            request.isPresent() ? dispatcher.answer(request.get()) : dispatcher.requestTooBig();
                    if (reply.isPresent()) {
                        connection.send(reply.get().text());
                        reply.get().afterwards().forEach(Runnable::run);
                    }
                } catch (InterruptedException e) {
                    ctx.close();
                } catch (RuntimeException e) {
                    LOG.error("A subscription could not begin", e);
                    ctx.close();
                } finally {
                    if (inWork.decrementAndGet() < CALLS_IN_WORK / 2
                            && !connection.isFrozen()
                            && !ctx.channel().config().isAutoRead()) {
                        ctx.channel().config().setAutoRead(true);
                    }
                }
            });
        } catch (RejectedExecutionException e) {
            ctx.close();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        pings.cancel(false);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        LOG.debug("A connection is closed: {}", cause.toString());
        ctx.close();
    }
}

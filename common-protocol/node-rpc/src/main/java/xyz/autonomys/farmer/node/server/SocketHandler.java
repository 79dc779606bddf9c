package xyz.autonomys.farmer.node.server;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshaker;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/** Frames of one connection. Pings every 30 seconds and gives a silent peer up after a while (spec 06 §1). */
final class SocketHandler extends SimpleChannelInboundHandler<WebSocketFrame> {
    private static final int PING_SECONDS = 30;
    private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final int MISSES = 3;

    private final JsonRpcServer server;
    private final RpcConnection connection;
    private final WebSocketServerHandshaker handshaker;
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
        if (System.nanoTime() - heardAt > IDLE_NANOS && ++misses >= MISSES) {
            ctx.close();
        } else {
            ctx.writeAndFlush(new PingWebSocketFrame());
        }
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, WebSocketFrame frame) {
        heardAt = System.nanoTime();
        switch (frame) {
            case TextWebSocketFrame text -> answer(text.text(), ctx);
            case PingWebSocketFrame ping ->
                ctx.writeAndFlush(new PongWebSocketFrame(ping.content().retain()));
            case CloseWebSocketFrame close -> handshaker.close(ctx.channel(), close.retain());
            default -> {}
        }
    }

    private void answer(String text, ChannelHandlerContext ctx) {
        try {
            server.calls().execute(() -> {
                try {
                    var reply = new Dispatcher(server, connection).answer(text);
                    if (reply.isPresent()) {
                        connection.send(reply.get().message());
                        reply.get().afterwards().forEach(Runnable::run);
                    }
                } catch (InterruptedException e) {
                    ctx.close();
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
        ctx.close();
    }
}

package xyz.autonomys.farmer.node.server;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshaker;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshakerFactory;
import io.netty.handler.timeout.ReadTimeoutHandler;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;

/** The first request of a connection decides: an upgrade makes it a WebSocket, a POST is a single call. */
final class HttpHandler extends SimpleChannelInboundHandler<FullHttpRequest> {
    private final JsonRpcServer server;

    HttpHandler(JsonRpcServer server) {
        this.server = server;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
        int refusal = server.disturbances().takeRefusal();
        if (refusal != 0) {
            respond(ctx, request, HttpResponseStatus.valueOf(refusal), "refused");
        } else if (server.settings().checkHost() && !isLocal(ctx, request)) {
            respond(ctx, request, HttpResponseStatus.FORBIDDEN, "Provided Host header is not whitelisted.");
        } else if (HttpHeaderValues.WEBSOCKET.contentEqualsIgnoreCase(
                request.headers().get(HttpHeaderNames.UPGRADE))) {
            upgrade(ctx, request);
        } else if (request.method().equals(HttpMethod.GET) && request.uri().equals("/health")) {
            respond(ctx, request, HttpResponseStatus.OK, server.health().toString());
        } else if (request.method().equals(HttpMethod.GET) && request.uri().equals("/health/readiness")) {
            respond(ctx, request, HttpResponseStatus.OK, "");
        } else if (!request.method().equals(HttpMethod.POST)) {
            respond(
                    ctx,
                    request,
                    HttpResponseStatus.METHOD_NOT_ALLOWED,
                    "Used HTTP Method is not allowed. POST is required");
        } else if (!isJson(request)) {
            respond(ctx, request, HttpResponseStatus.UNSUPPORTED_MEDIA_TYPE, "Supplied content type is not allowed");
        } else {
            call(ctx, request);
        }
    }

    private static boolean isLocal(ChannelHandlerContext ctx, FullHttpRequest request) {
        int port = ((InetSocketAddress) ctx.channel().localAddress()).getPort();
        String host = request.headers().get(HttpHeaderNames.HOST, "");
        return Set.of("localhost:" + port, "127.0.0.1:" + port, "[::1]:" + port).contains(host);
    }

    private static boolean isJson(FullHttpRequest request) {
        String type = request.headers().get(HttpHeaderNames.CONTENT_TYPE, "").toLowerCase(Locale.ROOT);
        return type.startsWith("application/json") || type.startsWith("application/json-rpc");
    }

    private void upgrade(ChannelHandlerContext ctx, FullHttpRequest request) {
        RpcConnection connection = server.connect(ctx.channel());
        if (connection == null) {
            respond(
                    ctx,
                    request,
                    HttpResponseStatus.TOO_MANY_REQUESTS,
                    "Too many connections. Please try again later.");
            return;
        }
        int limit = server.settings().maxRequestBytes();
        // A request that is somewhat too long gets an answer, a far longer one costs the connection.
        WebSocketServerHandshaker handshaker =
                new WebSocketServerHandshakerFactory("", null, false, 2 * limit).newHandshaker(request);
        if (handshaker == null) {
            WebSocketServerHandshakerFactory.sendUnsupportedVersionResponse(ctx.channel());
            return;
        }
        ctx.pipeline().addLast(new SocketHandler(server, connection, handshaker));
        handshaker.handshake(ctx.channel(), request);
        ctx.pipeline().remove(ReadTimeoutHandler.class);
        ctx.pipeline().remove(this);
    }

    private void call(ChannelHandlerContext ctx, FullHttpRequest request) {
        String text = request.content().toString(StandardCharsets.UTF_8);
        boolean keepAlive = HttpUtil.isKeepAlive(request);
        server.calls().execute(() -> {
            try {
                String answer = new Dispatcher(server, null)
                        .answer(text)
                        .map(Dispatcher.Reply::text)
                        .orElse("");
                respond(ctx, keepAlive, HttpResponseStatus.OK, "application/json; charset=utf-8", answer);
            } catch (InterruptedException e) {
                ctx.close();
            }
        });
    }

    private static void respond(
            ChannelHandlerContext ctx, FullHttpRequest request, HttpResponseStatus status, String text) {
        respond(ctx, HttpUtil.isKeepAlive(request), status, "text/plain; charset=utf-8", text);
    }

    private static void respond(
            ChannelHandlerContext ctx, boolean keepAlive, HttpResponseStatus status, String type, String text) {
        DefaultFullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, status, Unpooled.copiedBuffer(text, StandardCharsets.UTF_8));
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, type)
                .setInt(HttpHeaderNames.CONTENT_LENGTH, response.content().readableBytes());
        var written = ctx.writeAndFlush(response);
        if (!keepAlive) {
            written.addListener(ChannelFutureListener.CLOSE);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }
}

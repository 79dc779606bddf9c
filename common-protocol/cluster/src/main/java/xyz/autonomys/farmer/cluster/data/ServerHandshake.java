package xyz.autonomys.farmer.cluster.data;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.ssl.SslHandler;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import xyz.autonomys.farmer.telemetry.RepeatedLog;

/** The server's side of the {@link Handshake}; replaces itself by frames and requests when it succeeded. */
final class ServerHandshake extends ByteToMessageDecoder {
    private static final Logger log = LoggerFactory.getLogger(ServerHandshake.class);
    private static final RepeatedLog STRANGERS = new RepeatedLog(log, Duration.ofSeconds(30));
    private static final SecureRandom RANDOM = new SecureRandom();

    private final ClusterCredentials credentials;
    private final Duration timeout;
    private final ServerFigures figures;
    private final Supplier<ChannelHandler> connection;
    private Future<?> deadline;
    private byte[] clientHello;
    private byte[] serverHello;
    private boolean refused;
    private boolean tls;

    ServerHandshake(
            ClusterCredentials credentials,
            Duration timeout,
            ServerFigures figures,
            Supplier<ChannelHandler> connection) {
        this.credentials = credentials;
        this.timeout = timeout;
        this.figures = figures;
        this.connection = connection;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        deadline = ctx.executor()
                .schedule(
                        () -> refuse(ctx, "no handshake within " + timeout.toMillis() + " ms"),
                        timeout.toMillis(),
                        TimeUnit.MILLISECONDS);
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        if (refused) {
            in.skipBytes(in.readableBytes());
            return;
        }
        if (clientHello == null) {
            if (in.readableBytes() >= Handshake.CLIENT_HELLO_BYTES) {
                clientHello = new byte[Handshake.CLIENT_HELLO_BYTES];
                in.readBytes(clientHello);
                answerHello(ctx);
            }
        } else if (in.readableBytes() >= Handshake.PROOF_BYTES) {
            byte[] proof = new byte[Handshake.PROOF_BYTES];
            in.readBytes(proof);
            checkProof(ctx, proof);
        }
    }

    private void answerHello(ChannelHandlerContext ctx) {
        if (!Handshake.hasMagic(clientHello) || !Handshake.names(clientHello, credentials.clusterId())) {
            refuse(ctx, "it does not speak this protocol, or names another cluster");
            return;
        }
        int version = Handshake.version(clientHello);
        if (!Handshake.isSpoken(version)) {
            refuseVersion(
                    ctx,
                    "it speaks version " + version + " of the data plane, this process version " + Handshake.VERSION
                            + " and the one before; run the same release on both");
            return;
        }
        if (credentials.tls() && !Handshake.hasTls(version)) {
            refuseVersion(ctx, "it speaks version " + version + " of the data plane, which has no TLS");
            return;
        }
        tls = credentials.tls() || Handshake.wishesTls(clientHello);
        byte[] nonce = new byte[Handshake.NONCE_BYTES];
        RANDOM.nextBytes(nonce);
        serverHello = Handshake.serverHello(version, tls ? Handshake.GO_ON_WITH_TLS : Handshake.GO_ON, nonce);
        ctx.writeAndFlush(Unpooled.wrappedBuffer(serverHello));
    }

    private void refuseVersion(ChannelHandlerContext ctx, String why) {
        ctx.write(Unpooled.wrappedBuffer(
                Handshake.serverHello(Handshake.VERSION, Handshake.VERSION_REFUSED, new byte[Handshake.NONCE_BYTES])));
        refuse(ctx, why);
    }

    private void checkProof(ChannelHandlerContext ctx, byte[] proof) {
        byte[] expected = Handshake.clientProof(credentials.secret(), clientHello, serverHello);
        if (!MessageDigest.isEqual(proof, expected)) {
            refuse(ctx, "it does not know the cluster secret");
            return;
        }
        deadline.cancel(false);
        ctx.writeAndFlush(
                Unpooled.wrappedBuffer(Handshake.serverProof(credentials.secret(), clientHello, serverHello)));
        if (tls) {
            SslHandler encryption = new SslHandler(credentials.secret().tls().engine(false));
            encryption.setHandshakeTimeoutMillis(timeout.toMillis());
            ctx.pipeline().addLast(encryption);
        }
        ctx.pipeline().addLast(new FrameReader(), connection.get());
        ctx.pipeline().remove(this);
    }

    private void refuse(ChannelHandlerContext ctx, String why) {
        if (refused) {
            return;
        }
        refused = true;
        figures.stranger();
        deadline.cancel(false);
        STRANGERS.warn(
                why.replaceAll("[0-9]+", "#"),
                "data plane: cut {}: {}",
                ctx.channel().remoteAddress(),
                why);
        ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }

    @Override
    protected void handlerRemoved0(ChannelHandlerContext ctx) {
        deadline.cancel(false);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        log.debug("data plane: connection from {} broke: {}", ctx.channel().remoteAddress(), cause.toString());
        ctx.close();
    }
}

package xyz.autonomys.farmer.cluster.data;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.ssl.SslHandler;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The client's side of the {@link Handshake}; replaces itself by frames and requests when it succeeded. */
final class ClientHandshake extends ByteToMessageDecoder {
    private static final SecureRandom RANDOM = new SecureRandom();

    private final ClusterCredentials credentials;
    private final PeerAddress peer;
    private final ChannelHandler connection;
    private final CompletableFuture<Void> done;
    private final int version;
    private byte[] clientHello;
    private byte[] serverHello;

    ClientHandshake(
            ClusterCredentials credentials,
            int version,
            PeerAddress peer,
            ChannelHandler connection,
            CompletableFuture<Void> done) {
        this.version = version;
        this.credentials = credentials;
        this.peer = peer;
        this.connection = connection;
        this.done = done;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        byte[] nonce = new byte[Handshake.NONCE_BYTES];
        RANDOM.nextBytes(nonce);
        clientHello = Handshake.clientHello(version, credentials.tls(), credentials.clusterId(), nonce);
        ctx.writeAndFlush(Unpooled.wrappedBuffer(clientHello));
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        if (done.isDone()) {
            in.skipBytes(in.readableBytes());
        } else if (serverHello == null) {
            if (in.readableBytes() >= Handshake.SERVER_HELLO_BYTES) {
                serverHello = new byte[Handshake.SERVER_HELLO_BYTES];
                in.readBytes(serverHello);
                prove(ctx);
            }
        } else if (in.readableBytes() >= Handshake.PROOF_BYTES) {
            byte[] proof = new byte[Handshake.PROOF_BYTES];
            in.readBytes(proof);
            if (!MessageDigest.isEqual(proof, Handshake.serverProof(credentials.secret(), clientHello, serverHello))) {
                fail(ctx, peer + " does not know the cluster secret; is another cluster listening there?");
                return;
            }
            finish(ctx);
        }
    }

    private void finish(ChannelHandlerContext ctx) {
        if (Handshake.verdict(serverHello) == Handshake.GO_ON_WITH_TLS) {
            SslHandler encryption = new SslHandler(credentials.secret().tls().engine(true));
            encryption.handshakeFuture().addListener(result -> {
                if (result.isSuccess()) {
                    done.complete(null);
                } else {
                    fail(ctx, "no TLS with " + peer + ": " + result.cause().getMessage());
                }
            });
            ctx.pipeline().addLast(encryption, new FrameReader(), connection);
        } else {
            ctx.pipeline().addLast(new FrameReader(), connection);
            done.complete(null);
        }
        ctx.pipeline().remove(this);
    }

    private void prove(ChannelHandlerContext ctx) {
        if (!Handshake.hasMagic(serverHello)) {
            fail(ctx, peer + " does not speak the data plane's protocol; is that the right port?");
        } else if (Handshake.verdict(serverHello) == Handshake.VERSION_REFUSED
                || Handshake.version(serverHello) != version) {
            refused(ctx, Handshake.version(serverHello));
        } else if (Handshake.verdict(serverHello) != Handshake.GO_ON
                && !(Handshake.hasTls(version) && Handshake.verdict(serverHello) == Handshake.GO_ON_WITH_TLS)) {
            fail(ctx, peer + " gave verdict " + Handshake.verdict(serverHello) + " on the handshake; known are 0 to 2");
        } else if (credentials.tls() && Handshake.verdict(serverHello) != Handshake.GO_ON_WITH_TLS) {
            fail(ctx, peer + " would go on without TLS, which this process wants");
        } else {
            ctx.writeAndFlush(
                    Unpooled.wrappedBuffer(Handshake.clientProof(credentials.secret(), clientHello, serverHello)));
        }
    }

    private void refused(ChannelHandlerContext ctx, int theirs) {
        if (theirs >= Handshake.OLDEST && theirs < version && !credentials.tls()) {
            done.completeExceptionally(new OlderVersionException(theirs));
            ctx.close();
            return;
        }
        fail(
                ctx,
                peer + " speaks version " + theirs + " of the data plane, this process version " + Handshake.VERSION
                        + (Handshake.isSpoken(theirs)
                                ? "; only the newer one has TLS, which one of them wants"
                                : "; run the same release on both, or the one before"));
    }

    /** The server speaks an older version, in which it can be reached. */
    static final class OlderVersionException extends Exception {
        private static final long serialVersionUID = 1L;

        private final int version;

        OlderVersionException(int version) {
            super("version " + version);
            this.version = version;
        }

        int version() {
            return version;
        }
    }

    private void fail(ChannelHandlerContext ctx, String why) {
        done.completeExceptionally(new DataPlaneException(FailureKind.HANDSHAKE, why));
        ctx.close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        done.completeExceptionally(new DataPlaneException(
                FailureKind.HANDSHAKE,
                peer + " closed the connection during the handshake; it belongs to another cluster, or has too many"
                        + " connections"));
        ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        done.completeExceptionally(new DataPlaneException(
                FailureKind.CONNECT, "the connection to " + peer + " broke: " + cause.getMessage(), cause));
        ctx.close();
    }
}

package xyz.autonomys.farmer.cluster.data;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** One authenticated connection on the client: hands frames to the exchanges they belong to. */
final class ClientConnection extends SimpleChannelInboundHandler<Frame> {
    private final PeerAddress peer;
    private final Map<Long, Exchange> exchanges = new ConcurrentHashMap<>();
    private final AtomicInteger load = new AtomicInteger();
    private final Object sending = new Object();
    private volatile Channel channel;
    private volatile DataPlaneException broken;
    private volatile long lastReadNanos = System.nanoTime();
    private long nextRequestId = 1;

    ClientConnection(PeerAddress peer) {
        super(false);
        this.peer = peer;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        channel = ctx.channel();
    }

    /** Requests on it now. */
    int load() {
        return load.get();
    }

    boolean isUsable() {
        Channel current = channel;
        return broken == null && current != null && current.isActive();
    }

    Channel channel() {
        return channel;
    }

    /** Time since bytes last came on this connection, for whatever request. */
    long silentNanos() {
        return System.nanoTime() - lastReadNanos;
    }

    /** Gives the exchange its id and sends its request; ids must ascend on the wire, hence the lock. */
    void open(Exchange exchange, int kind, boolean highPriority, int credit, byte[] request) {
        byte[] inline = request.length <= FrameType.INLINE_REQUEST_BYTES ? request : new byte[0];
        load.incrementAndGet();
        synchronized (sending) {
            long id = nextRequestId++;
            exchange.attach(this, id);
            exchanges.put(id, exchange);
            channel.writeAndFlush(Frame.open(channel.alloc(), id, kind, highPriority, credit, request.length, inline));
        }
        if (broken != null) {
            exchange.receiveFailure(broken); // the connection may have ended before the exchange was in the map
        }
    }

    /** The exchange is over for its caller; frames that still come for it are dropped. */
    void forget(Exchange exchange, boolean cancel) {
        if (exchanges.remove(exchange.requestId()) != null && cancel && isUsable()) {
            channel.writeAndFlush(Frame.cancel(channel.alloc(), exchange.requestId()));
        }
        load.decrementAndGet();
    }

    void close(DataPlaneException why) {
        if (broken == null) {
            broken = why;
        }
        Channel current = channel;
        if (current != null) {
            current.close();
        }
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, Frame frame) {
        lastReadNanos = System.nanoTime();
        boolean handedOver = false;
        try {
            Exchange exchange = exchanges.get(frame.requestId());
            ByteBuf body = frame.body();
            switch (frame.type()) {
                case ITEM -> {
                    ItemHeader item = ItemHeader.decode(body);
                    if (exchange != null) {
                        exchange.receiveItem(item);
                    }
                }
                case DATA -> {
                    if (exchange != null) {
                        handedOver = true;
                        exchange.receiveData(body);
                    }
                }
                case CREDIT -> {
                    long bytes = body.readUnsignedInt();
                    if (exchange != null) {
                        exchange.receiveCredit(bytes);
                    }
                }
                case END -> {
                    EndStatus status = EndStatus.of(body.readUnsignedShort());
                    String text = body.toString(java.nio.charset.StandardCharsets.UTF_8);
                    if (exchange != null) {
                        exchange.receiveEnd(status, text);
                    }
                }
                case OPEN, CANCEL ->
                    throw new ProtocolViolationException("a server does not send frames of type " + frame.type());
            }
        } finally {
            if (!handedOver) {
                frame.body().release();
            }
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (broken == null) {
            broken = new DataPlaneException(FailureKind.DISCONNECTED, peer + " closed the connection");
        }
        exchanges.values().forEach(exchange -> exchange.receiveFailure(broken));
        ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        close(
                cause instanceof ProtocolViolationException
                        ? new DataPlaneException(
                                FailureKind.PROTOCOL, peer + " broke the protocol: " + cause.getMessage())
                        : new DataPlaneException(
                                FailureKind.DISCONNECTED,
                                "the connection to " + peer + " broke: " + cause.getMessage(),
                                cause));
    }
}

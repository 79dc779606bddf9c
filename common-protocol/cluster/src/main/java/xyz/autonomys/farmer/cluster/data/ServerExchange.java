package xyz.autonomys.farmer.cluster.data;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultFileRegion;
import io.netty.handler.ssl.SslHandler;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import xyz.autonomys.farmer.primitives.Blake3Hash;
import xyz.autonomys.farmer.telemetry.RepeatedLog;

/**
 * One request in work on the server. It owns a request slot and, for a long request, its share of the body budget, from
 * construction until {@link #finish}. The event loop receives and counts, a virtual thread answers.
 */
final class ServerExchange implements Answer {
    private static final Logger log = LoggerFactory.getLogger(ServerExchange.class);

    private static final RepeatedLog FAILURES = new RepeatedLog(log, Duration.ofSeconds(30));

    private final DataServer server;
    private final ChannelHandlerContext ctx;
    private final Semaphore outbound;
    private final long requestId;
    private final int code;
    private final LongConsumer forget;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private RequestKind kind;
    private long credit;
    private boolean cancelled;
    private boolean finished;
    private byte[] longRequest;
    private int received;
    private Future<?> bodyDeadline;

    ServerExchange(
            DataServer server,
            ChannelHandlerContext ctx,
            Semaphore outbound,
            long requestId,
            int code,
            long credit,
            LongConsumer forget) {
        this.server = server;
        this.ctx = ctx;
        this.outbound = outbound;
        this.requestId = requestId;
        this.code = code;
        this.credit = credit;
        this.forget = forget;
    }

    // ---- event loop ----

    /** Reserves room for a long request and lets the client send it. */
    void awaitBody(int length) {
        if (!server.bodyBytes().tryAcquire(length)) {
            end(EndStatus.BUSY, "no room for a request of " + length + " bytes now; try again or elsewhere");
            return;
        }
        longRequest = new byte[length];
        long millis = server.settings().stallTimeout().toMillis();
        bodyDeadline = ctx.executor()
                .schedule(
                        () -> end(EndStatus.FAILED, "the request did not arrive within " + millis + " ms"),
                        millis,
                        TimeUnit.MILLISECONDS);
        ctx.writeAndFlush(Frame.credit(ctx.alloc(), requestId, length));
    }

    void requestBytes(ByteBuf bytes) {
        int count = bytes.readableBytes();
        if (longRequest == null || count > longRequest.length - received) {
            throw new ProtocolViolationException(
                    "request " + requestId + " sends " + count + " bytes more than were granted");
        }
        bytes.readBytes(longRequest, received, count);
        received += count;
        if (received == longRequest.length) {
            bodyDeadline.cancel(false);
            start(longRequest);
        }
    }

    void start(byte[] request) {
        Thread.ofVirtual().name("data-request-" + requestId).start(() -> run(request));
    }

    void grant(long bytes) {
        lock.lock();
        try {
            if (credit + bytes > Integer.MAX_VALUE * 2L) {
                throw new ProtocolViolationException("request " + requestId + " is granted more than 4 GiB at once");
            }
            credit += bytes;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** The client gave up or has gone. */
    void cancel() {
        boolean waitsForBody;
        lock.lock();
        try {
            cancelled = true;
            changed.signalAll();
            waitsForBody = longRequest != null && received < longRequest.length;
        } finally {
            lock.unlock();
        }
        if (waitsForBody) {
            finish();
        }
    }

    // ---- virtual thread ----

    private void run(byte[] bytes) {
        try {
            DataRequest request = DataRequestCodec.decode(code, bytes);
            kind = RequestKind.of(request);
            server.figures().requested(kind);
            RequestHandler<DataRequest> handler = server.handlerOf(request);
            if (handler == null) {
                end(EndStatus.NOT_SERVED, "this process does not serve " + request);
                return;
            }
            handler.handle(request, this);
            end(EndStatus.COMPLETE, "");
        } catch (ProtocolViolationException e) {
            end(EndStatus.MALFORMED, e.getMessage());
        } catch (InterruptedException _) {
            end(EndStatus.FAILED, "the process closes");
        } catch (IOException | RuntimeException | Error e) {
            // An Error too: whatever a handler dies of, the asker hears of it and the place is free again.
            if (!isCancelled()) {
                FAILURES.warn(
                        String.valueOf(kind),
                        "data plane: request {} from {} failed: {}",
                        requestId,
                        ctx.channel().remoteAddress(),
                        e.toString());
            }
            end(EndStatus.FAILED, String.valueOf(e.getMessage()));
        }
    }

    @Override
    public void item(long key, byte[] bytes, Blake3Hash checksum) throws IOException, InterruptedException {
        sendItem(new ItemHeader(key, true, bytes.length, 0, bytes.length, checksum));
        for (int at = 0; at < bytes.length; ) {
            int count = takeCredit(Math.min(FrameType.DATA_CHUNK_BYTES, bytes.length - at));
            reserve(count);
            ctx.writeAndFlush(Frame.data(ctx.alloc(), requestId, bytes, at, count))
                    .addListener(_ -> outbound.release(count));
            at += count;
        }
        server.figures().sent(kind, bytes.length);
    }

    @Override
    public void file(
            long key,
            FileChannel file,
            long fileOffset,
            long totalLength,
            long offset,
            long length,
            Blake3Hash checksum)
            throws IOException, InterruptedException {
        if (file.size() < fileOffset + offset + length) {
            throw new IOException("a staged file has " + file.size() + " bytes instead of "
                    + (fileOffset + offset + length) + "; stage it again");
        }
        sendItem(new ItemHeader(key, true, totalLength, offset, length, checksum));
        boolean encrypted = ctx.pipeline().get(SslHandler.class) != null;
        ChannelFuture last = null;
        for (long sent = 0; sent < length; ) {
            int count = takeCredit((int) Math.min(FrameType.DATA_CHUNK_BYTES, length - sent));
            reserve(count);
            last = encrypted
                    ? writeCopy(file, fileOffset + offset + sent, count)
                    : writeRegion(new SharedFileRegion(file, fileOffset + offset + sent, count), count);
            sent += count;
        }
        if (last != null) {
            await(last);
        }
        server.figures().sent(kind, length);
    }

    /** Encryption has to see the bytes. */
    private ChannelFuture writeCopy(FileChannel file, long position, int count) throws IOException {
        ByteBuf frame = Frame.header(ctx.alloc(), FrameType.DATA, requestId, count, count);
        boolean read = false;
        try {
            for (int at = 0; at < count; ) {
                int more = frame.writeBytes(file, position + at, count - at);
                if (more < 0) {
                    throw new IOException("the file ends at " + (position + at) + " while it is sent");
                }
                at += more;
            }
            read = true;
        } finally {
            if (!read) {
                frame.release();
                outbound.release(count);
            }
        }
        return ctx.writeAndFlush(frame).addListener(_ -> outbound.release(count));
    }

    /** Header and region in one turn of the event loop, so that no other request's frame comes between them. */
    private ChannelFuture writeRegion(DefaultFileRegion region, int count) {
        ChannelPromise written = ctx.newPromise();
        written.addListener(_ -> outbound.release(count));
        ctx.executor().execute(() -> {
            ctx.write(Frame.header(ctx.alloc(), FrameType.DATA, requestId, count, 0));
            ctx.writeAndFlush(region, written);
        });
        return written;
    }

    @Override
    public void missing(long key) throws IOException, InterruptedException {
        sendItem(ItemHeader.missing(key));
    }

    @Override
    public boolean isCancelled() {
        lock.lock();
        try {
            return cancelled;
        } finally {
            lock.unlock();
        }
    }

    private void sendItem(ItemHeader item) throws IOException, InterruptedException {
        if (isCancelled()) {
            throw gone();
        }
        int bytes = FrameType.HEADER_BYTES + ItemHeader.BYTES;
        reserve(bytes);
        ctx.writeAndFlush(Frame.item(ctx.alloc(), requestId, item)).addListener(_ -> outbound.release(bytes));
    }

    /** Waits for credit and takes up to {@code wanted} bytes of it. */
    private int takeCredit(int wanted) throws IOException, InterruptedException {
        long nanos = server.settings().stallTimeout().toNanos();
        lock.lockInterruptibly();
        try {
            while (credit == 0 && !cancelled) {
                if (nanos <= 0) {
                    throw new IOException("the asker granted no credit for "
                            + server.settings().stallTimeout().toSeconds() + " s");
                }
                nanos = changed.awaitNanos(nanos);
            }
            if (cancelled) {
                throw gone();
            }
            int taken = (int) Math.min(wanted, credit);
            credit -= taken;
            return taken;
        } finally {
            lock.unlock();
        }
    }

    /** Takes {@code bytes} of the connection's outbound share; they go back when the socket has them. */
    private void reserve(int bytes) throws IOException, InterruptedException {
        if (!outbound.tryAcquire(bytes, server.settings().stallTimeout().toMillis(), TimeUnit.MILLISECONDS)) {
            ctx.close();
            throw new IOException("the asker took nothing from its connection for "
                    + server.settings().stallTimeout().toSeconds() + " s");
        }
    }

    private void await(ChannelFuture future) throws IOException, InterruptedException {
        if (!future.await(server.settings().stallTimeout().toMillis())) {
            ctx.close();
            throw new IOException("the asker took nothing from its connection for "
                    + server.settings().stallTimeout().toSeconds() + " s");
        }
        if (!future.isSuccess()) {
            ctx.close();
            throw new IOException("the connection broke", future.cause());
        }
    }

    private static IOException gone() {
        return new IOException("the asker has gone");
    }

    private void end(EndStatus status, String text) {
        server.figures().ended(status);
        if (!isCancelled()) {
            ctx.writeAndFlush(Frame.end(ctx.alloc(), requestId, status, text));
        }
        finish();
    }

    /** Gives back what the exchange owns, once. */
    private void finish() {
        lock.lock();
        try {
            if (finished) {
                return;
            }
            finished = true;
            cancelled = true;
        } finally {
            lock.unlock();
        }
        if (longRequest != null) {
            server.bodyBytes().release(longRequest.length);
        }
        server.returnRequestSlot();
        if (ctx.executor().inEventLoop()) {
            forget.accept(requestId);
        } else {
            ctx.executor().execute(() -> forget.accept(requestId));
        }
    }

    /** A region of a file that somebody else owns and closes. */
    private static final class SharedFileRegion extends DefaultFileRegion {
        SharedFileRegion(FileChannel file, long position, long count) {
            super(file, position, count);
        }

        @Override
        protected void deallocate() {
            // The file belongs to the handler that answers.
        }
    }
}

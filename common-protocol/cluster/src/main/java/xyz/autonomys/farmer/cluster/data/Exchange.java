package xyz.autonomys.farmer.cluster.data;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * One request of this process to a peer. The event loop puts what arrives into a queue that the granted credit bounds; the
 * calling thread takes it out, waiting no longer than the time-outs allow, and grants credit for what it has consumed.
 * Must be closed; closing early tells the peer to stop.
 */
final class Exchange implements AutoCloseable {
    private final PeerState peer;
    private final String what;
    private final RequestOptions options;
    private final int window;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();

    /** {@link ItemHeader}s and {@link ByteBuf}s in order of arrival. */
    private final Deque<Object> queue = new ArrayDeque<>();

    private ClientConnection connection;
    private long requestId;
    private long granted;
    private long expectedData;
    private int queuedItems;
    private long requestCredit;
    private boolean anySign;
    private boolean ended;
    private DataPlaneException failure;
    private boolean closed;
    private long remaining;
    private int consumed;
    private final long deadlineNanos;

    Exchange(PeerState peer, String what, RequestOptions options, int window) {
        this.peer = peer;
        this.what = what;
        this.options = options;
        this.window = window;
        this.granted = window;
        this.deadlineNanos = System.nanoTime() + options.deadline().toNanos();
    }

    // ---- sending ----

    void attach(ClientConnection to, long id) {
        connection = to;
        requestId = id;
    }

    long requestId() {
        return requestId;
    }

    /** Sends a long request as the peer grants room for it. */
    void sendBody(byte[] body) throws DataPlaneException, InterruptedException {
        for (int at = 0; at < body.length; ) {
            int count;
            lock.lockInterruptibly();
            try {
                await(() -> requestCredit != 0 || failure != null || ended);
                if (failure != null) {
                    throw count(failure);
                }
                count = (int) Math.min(Math.min(requestCredit, FrameType.DATA_CHUNK_BYTES), body.length - at);
                requestCredit -= count;
            } finally {
                lock.unlock();
            }
            if (count == 0) {
                return; // the peer ended the answer early; the reader will see how
            }
            Channel channel = connection.channel();
            channel.writeAndFlush(Frame.data(channel.alloc(), requestId, body, at, count));
            at += count;
        }
    }

    // ---- receiving: caller's thread ----

    /** The next item of the answer, or null at its end. The bytes of the previous item must have been read. */
    ItemHeader nextItem() throws DataPlaneException, InterruptedException {
        if (remaining != 0) {
            throw new IllegalStateException("the previous item has " + remaining + " bytes left");
        }
        ItemHeader item = (ItemHeader) take();
        if (item != null) {
            remaining = item.length();
        }
        return item;
    }

    /** The next bytes of the current item, for the caller to release; null when the item is complete. */
    ByteBuf nextBytes() throws DataPlaneException, InterruptedException {
        if (remaining == 0) {
            return null;
        }
        ByteBuf bytes = (ByteBuf) take();
        if (bytes == null) {
            throw count(new DataPlaneException(
                    FailureKind.PROTOCOL, peer.address() + " ended " + what + " inside an item"));
        }
        int count = bytes.readableBytes();
        remaining -= count;
        consumed += count;
        if (consumed >= window / 4) {
            grant(consumed);
            consumed = 0;
        }
        return bytes;
    }

    private void grant(int bytes) {
        lock.lock();
        try {
            granted += bytes;
        } finally {
            lock.unlock();
        }
        Channel channel = connection.channel();
        channel.writeAndFlush(Frame.credit(channel.alloc(), requestId, bytes));
    }

    private Object take() throws DataPlaneException, InterruptedException {
        lock.lockInterruptibly();
        try {
            await(() -> !queue.isEmpty() || failure != null || ended);
            Object head = queue.poll();
            if (head instanceof ItemHeader) {
                queuedItems--;
            }
            if (head == null && failure != null) {
                throw count(failure);
            }
            return head;
        } finally {
            lock.unlock();
        }
    }

    /** Waits with the lock held until a sign of the peer made {@code ready} true, or a time-out passed. */
    private void await(BooleanSupplier ready) throws DataPlaneException, InterruptedException {
        while (!ready.getAsBoolean()) {
            boolean first = !anySign;
            long limit = (first ? options.firstByte() : options.progress()).toNanos();
            long left = deadlineNanos - System.nanoTime();
            if (left > 0 && (arrived.await(Math.min(limit, left), TimeUnit.NANOSECONDS) || ready.getAsBoolean())) {
                continue;
            }
            if (left <= limit) {
                throw count(new DataPlaneException(
                        FailureKind.DEADLINE,
                        what + " from " + peer.address() + " was not complete within "
                                + options.deadline().toMillis() + " ms"));
            }
            throw timedOut(first, limit);
        }
    }

    private DataPlaneException timedOut(boolean first, long limit) {
        DataPlaneException timeout = new DataPlaneException(
                first ? FailureKind.FIRST_BYTE : FailureKind.STALLED,
                peer.address() + (first ? " did not begin to answer " : " stood still while answering ") + what
                        + " for " + TimeUnit.NANOSECONDS.toMillis(limit) + " ms");
        if (connection.silentNanos() >= limit) {
            // Nothing at all came: the host may be gone without a word, so the next request starts afresh.
            connection.close(timeout);
        }
        return count(timeout);
    }

    private DataPlaneException count(DataPlaneException e) {
        peer.health().failed(e.kind());
        return e;
    }

    // ---- receiving: event loop ----

    void receiveItem(ItemHeader item) {
        lock.lock();
        try {
            if (expectedData != 0) {
                throw new ProtocolViolationException("an item begins while " + expectedData + " bytes are outstanding");
            }
            if (++queuedItems > DataRequest.MAX_PIECES) {
                throw new ProtocolViolationException(
                        "an answer of more than " + DataRequest.MAX_PIECES + " items waits here");
            }
            expectedData = item.length();
            push(item);
        } finally {
            lock.unlock();
        }
    }

    void receiveData(ByteBuf bytes) {
        int count = bytes.readableBytes();
        lock.lock();
        try {
            if (closed) {
                bytes.release();
                return;
            }
            if (count > expectedData || count > granted) {
                bytes.release();
                throw new ProtocolViolationException(count + " bytes arrive where " + Math.min(expectedData, granted)
                        + " were expected and granted");
            }
            expectedData -= count;
            granted -= count;
            push(bytes);
        } finally {
            lock.unlock();
        }
        peer.health().received(count);
    }

    void receiveCredit(long bytes) {
        lock.lock();
        try {
            requestCredit += bytes;
            signal();
        } finally {
            lock.unlock();
        }
    }

    void receiveEnd(EndStatus status, String text) {
        if (status.failure != null) {
            receiveFailure(
                    new DataPlaneException(status.failure, peer.address() + " did not give " + what + ": " + text));
            return;
        }
        lock.lock();
        try {
            ended = true;
            signal();
        } finally {
            lock.unlock();
        }
        peer.health().succeeded();
    }

    void receiveFailure(DataPlaneException why) {
        lock.lock();
        try {
            if (failure == null && !ended) {
                failure = why;
            }
            signal();
        } finally {
            lock.unlock();
        }
    }

    private void push(Object message) {
        queue.add(message);
        signal();
    }

    private void signal() {
        anySign = true;
        arrived.signalAll();
    }

    /** Tells the peer to stop if it has not ended, and releases what was not consumed. */
    @Override
    public void close() {
        boolean cancel;
        lock.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            cancel = !ended && failure == null;
            for (Object message : queue) {
                if (message instanceof ByteBuf bytes) {
                    bytes.release();
                }
            }
            queue.clear();
        } finally {
            lock.unlock();
        }
        if (connection != null) {
            connection.forget(this, cancel);
        }
        peer.returnWindow(window);
    }
}

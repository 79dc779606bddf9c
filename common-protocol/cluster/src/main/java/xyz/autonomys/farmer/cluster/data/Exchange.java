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
 *
 * <p>Items up to a length that the caller chooses are put together by the event loop, while their bytes are in the
 * processor's cache, and the calling thread wakes once for each; longer ones arrive in parts.
 */
final class Exchange implements AutoCloseable {
    private final PeerState peer;
    private final String what;
    private final RequestOptions options;
    private final int window;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();

    private final int wholeLimit;

    /** {@link Item}s and {@link ByteBuf}s in order of arrival. */
    private final Deque<Object> queue = new ArrayDeque<>();

    private Item gathered;
    private int gatheredBytes;

    private ClientConnection connection;
    private long requestId;
    private long granted;
    private long expectedData;
    private int queuedItems;
    private long requestCredit;
    private boolean anySign;
    private long lastSignNanos;
    private boolean ended;
    private DataPlaneException failure;
    private boolean closed;
    private long remaining;
    private int consumed;
    private final long deadlineNanos;

    /**
     * An item of an answer.
     *
     * @param bytes all its bytes, or null if it is missing or its bytes are to be had part by part
     */
    record Item(ItemHeader header, byte[] bytes) {}

    /**
     * A request that is about to be sent.
     *
     * @param window bytes granted at a time
     * @param wholeLimit items up to so many bytes arrive in one; 0 for none. An item of more than five
     *     eighths of the window never does, since the credit for its last bytes would not come
     */
    Exchange(PeerState peer, String what, RequestOptions options, int window, int wholeLimit) {
        this.wholeLimit = Math.min(wholeLimit, window / 8 * 5);
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

    /** The next item of the answer, or null at its end. The parts of the previous item must have been read. */
    Item nextItem() throws DataPlaneException, InterruptedException {
        if (remaining != 0) {
            throw new IllegalStateException("the previous item has " + remaining + " bytes left");
        }
        Item item = (Item) take();
        if (item != null && item.bytes() != null) {
            consumed(item.bytes().length);
        } else if (item != null) {
            remaining = item.header().length();
        }
        return item;
    }

    /** All bytes of an item, waiting for those that have not come yet. */
    byte[] bytesOf(Item item) throws DataPlaneException, InterruptedException {
        if (item.bytes() != null) {
            return item.bytes();
        }
        byte[] bytes = new byte[(int) remaining];
        int at = 0;
        for (ByteBuf part = nextBytes(); part != null; part = nextBytes()) {
            int count = part.readableBytes();
            part.readBytes(bytes, at, count);
            part.release();
            at += count;
        }
        return bytes;
    }

    /** The next bytes of the current item, for the caller to release; null when the item is complete. */
    ByteBuf nextBytes() throws DataPlaneException, InterruptedException {
        if (remaining == 0) {
            return null;
        }
        ByteBuf bytes = (ByteBuf) take();
        if (bytes == null) {
            throw insideAnItem();
        }
        int count = bytes.readableBytes();
        remaining -= count;
        consumed(count);
        return bytes;
    }

    private DataPlaneException insideAnItem() {
        return count(
                new DataPlaneException(FailureKind.PROTOCOL, peer.address() + " ended " + what + " inside an item"));
    }

    private void consumed(int bytes) {
        consumed += bytes;
        if (consumed >= window / 4) {
            grant(consumed);
            consumed = 0;
        }
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
            if (head instanceof Item) {
                queuedItems--;
            }
            if (head == null && failure != null) {
                throw count(failure);
            }
            if (head == null && gathered != null) {
                throw insideAnItem();
            }
            return head;
        } finally {
            lock.unlock();
        }
    }

    /** Waits with the lock held until what the peer sent made {@code ready} true, or a time-out passed. */
    private void await(BooleanSupplier ready) throws DataPlaneException, InterruptedException {
        long begin = System.nanoTime();
        while (!ready.getAsBoolean()) {
            boolean first = !anySign;
            long limit = (first ? options.firstByte() : options.progress()).toNanos();
            long now = System.nanoTime();
            long quiet = first ? now - begin : Math.min(now - begin, now - lastSignNanos);
            long left = deadlineNanos - now;
            if (left <= 0) {
                throw count(new DataPlaneException(
                        FailureKind.DEADLINE,
                        what + " from " + peer.address() + " was not complete within "
                                + options.deadline().toMillis() + " ms"));
            }
            if (quiet >= limit) {
                throw timedOut(first, limit);
            }
            arrived.awaitNanos(Math.min(limit - quiet, left));
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
            if (item.found() && item.length() <= wholeLimit) {
                gathered = new Item(item, new byte[(int) item.length()]);
                gatheredBytes = 0;
                sign();
                completeItem();
            } else {
                push(new Item(item, null));
            }
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
            if (gathered == null) {
                push(bytes);
            } else {
                bytes.readBytes(gathered.bytes(), gatheredBytes, count);
                bytes.release();
                gatheredBytes += count;
                sign();
                completeItem();
            }
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

    private void completeItem() {
        if (gatheredBytes == gathered.bytes().length) {
            push(gathered);
            gathered = null;
        }
    }

    private void push(Object message) {
        queue.add(message);
        signal();
    }

    private void signal() {
        sign();
        arrived.signalAll();
    }

    /** The peer has sent something, for which nobody needs to wake yet. */
    private void sign() {
        anySign = true;
        lastSignNanos = System.nanoTime();
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

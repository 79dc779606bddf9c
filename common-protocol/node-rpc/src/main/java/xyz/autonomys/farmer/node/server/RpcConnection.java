package xyz.autonomys.farmer.node.server;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One WebSocket connection: its subscriptions and the queue of messages towards its socket. The queue has a limit in
 * messages, as a node's has, and one in bytes, so that a peer that asks for pieces and does not read them costs little.
 */
final class RpcConnection {
    private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private static final int ID_LENGTH = 16;
    private static final SecureRandom RANDOM = new SecureRandom();

    /** Characters towards one socket that may wait, in units of 1024. */
    private static final int QUEUED_KIB = 64 << 10;

    private static final int STEPS_PER_SECOND = 10;

    private final Channel channel;
    private final JsonRpcServerSettings settings;
    private final Semaphore messages;
    private final Semaphore kib = new Semaphore(QUEUED_KIB);
    private final Map<String, Subscriber> subscribers = new ConcurrentHashMap<>();
    private final Disturbances disturbances;
    private final ReentrantLock slowly = new ReentrantLock();
    private volatile boolean closed;
    private volatile boolean frozen;

    RpcConnection(Channel channel, JsonRpcServerSettings settings, Disturbances disturbances) {
        this.disturbances = disturbances;
        this.channel = channel;
        this.settings = settings;
        this.messages = new Semaphore(settings.queuedMessages());
    }

    boolean unsafeAllowed() {
        return settings.allowUnsafe();
    }

    /** Puts a message on the queue, waiting for room; it is dropped if the connection is closed. */
    void send(String message) throws InterruptedException {
        int size = Math.min(QUEUED_KIB, message.length() / 1024 + 1);
        messages.acquire();
        boolean admitted = false;
        try {
            kib.acquire(size);
            admitted = true;
        } finally {
            if (!admitted) {
                messages.release();
            }
        }
        if (closed) {
            return;
        }
        if (frozen) {
            kib.release(size);
            messages.release();
            return;
        }
        slowly.lockInterruptibly();
        try {
            sendSlowPart(message).addListener(_ -> {
                kib.release(size);
                messages.release();
            });
        } finally {
            slowly.unlock();
        }
    }

    /** Sends a message, a few bytes at a time if that is wanted; other messages wait meanwhile. */
    private ChannelFuture sendSlowPart(String message) throws InterruptedException {
        int speed = disturbances.bytesPerSecond();
        if (speed == 0) {
            return channel.writeAndFlush(new TextWebSocketFrame(message));
        }
        int step = Math.max(1, speed / STEPS_PER_SECOND);
        int from = 0;
        while (disturbances.bytesPerSecond() != 0 && !closed && from + step < message.length()) {
            String part = message.substring(from, from + step);
            channel.writeAndFlush(
                    from == 0
                            ? new TextWebSocketFrame(false, 0, part)
                            : new ContinuationWebSocketFrame(false, 0, part));
            from += step;
            Thread.sleep(step * 1000L / speed);
        }
        String rest = message.substring(from);
        return channel.writeAndFlush(
                from == 0 ? new TextWebSocketFrame(rest) : new ContinuationWebSocketFrame(true, 0, rest));
    }

    /** Ends with a close frame, as a node that shuts down. */
    void sayGoodBye() {
        channel.writeAndFlush(new CloseWebSocketFrame(WebSocketCloseStatus.ENDPOINT_UNAVAILABLE))
                .addListener(ChannelFutureListener.CLOSE);
    }

    /** Neither reads nor sends from now on. */
    void freeze() {
        frozen = true;
        channel.config().setAutoRead(false);
    }

    boolean isFrozen() {
        return frozen;
    }

    /** A new subscription, not started yet; null if there are too many or the connection has ended. */
    synchronized Subscriber subscribe(String notification) {
        if (closed || subscribers.size() >= settings.maxSubscriptions()) {
            return null;
        }
        StringBuilder id = new StringBuilder(ID_LENGTH);
        for (int i = 0; i < ID_LENGTH; i++) {
            id.append(ALPHABET.charAt(RANDOM.nextInt(ALPHABET.length())));
        }
        Subscriber subscriber = new Subscriber(id.toString(), notification, this, settings.subscriptionBacklog());
        subscribers.put(subscriber.id(), subscriber);
        return subscriber;
    }

    /** Ends a subscription by its id; false if it is not alive. */
    boolean unsubscribe(String id) {
        Subscriber subscriber = subscribers.get(id);
        if (subscriber == null) {
            return false;
        }
        subscriber.end();
        return true;
    }

    void forget(Subscriber subscriber) {
        subscribers.remove(subscriber.id(), subscriber);
    }

    List<Subscriber> subscribers() {
        return List.copyOf(subscribers.values());
    }

    /** Ends what hangs on the connection. */
    void closed() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        subscribers().forEach(Subscriber::end);
        // Whoever waits for room finds a closed channel.
        messages.release(Integer.MAX_VALUE / 2);
        kib.release(Integer.MAX_VALUE / 2);
    }

    void close() {
        closed();
        channel.close();
    }
}

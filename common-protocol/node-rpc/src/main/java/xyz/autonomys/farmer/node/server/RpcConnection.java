package xyz.autonomys.farmer.node.server;

import com.fasterxml.jackson.databind.JsonNode;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/** One WebSocket connection: its subscriptions and the queue of messages towards its socket. */
final class RpcConnection {
    private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private static final int ID_LENGTH = 16;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Channel channel;
    private final JsonRpcServerSettings settings;
    private final Semaphore queue;
    private final Map<String, Subscriber> subscribers = new ConcurrentHashMap<>();

    RpcConnection(Channel channel, JsonRpcServerSettings settings) {
        this.channel = channel;
        this.settings = settings;
        this.queue = new Semaphore(settings.queuedMessages());
    }

    boolean unsafeAllowed() {
        return settings.allowUnsafe();
    }

    /** Puts a message on the queue, waiting for room. */
    void send(JsonNode message) throws InterruptedException {
        queue.acquire();
        channel.writeAndFlush(new TextWebSocketFrame(message.toString())).addListener(_ -> queue.release());
    }

    /** A new subscription, not started yet; null if there are too many. */
    Subscriber subscribe(String notification) {
        if (subscribers.size() >= settings.maxSubscriptions()) {
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

    void closed() {
        subscribers().forEach(Subscriber::end);
        // Whoever waits for room finds a closed channel.
        queue.release(Integer.MAX_VALUE / 2);
    }

    void close() {
        channel.close();
    }
}

package xyz.autonomys.farmer.node.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/** One subscription of one connection. Thread-safe. */
public final class Subscriber {
    private final String id;
    private final String notification;
    private final RpcConnection connection;
    private final BlockingQueue<JsonNode> backlog;
    private final Thread pump;
    private final List<Runnable> endActions = new ArrayList<>();
    private volatile boolean open = true;

    Subscriber(String id, String notification, RpcConnection connection, int backlog) {
        this.id = id;
        this.notification = notification;
        this.connection = connection;
        this.backlog = new ArrayBlockingQueue<>(backlog);
        this.pump = Thread.ofVirtual().name("subscription-" + id).unstarted(this::pump);
    }

    String id() {
        return id;
    }

    /** Begins to deliver; the answer to the subscription request is on its way. */
    void start() {
        pump.start();
    }

    /** Whether the subscriber may use unsafe methods. */
    public boolean unsafeAllowed() {
        return connection.unsafeAllowed();
    }

    /** Whether the subscription is alive. */
    public boolean isOpen() {
        return open;
    }

    /** Adds something to do once when the subscription ends, for whatever reason; at once if it has ended. */
    public void onEnd(Runnable action) {
        synchronized (endActions) {
            if (open) {
                endActions.add(action);
                return;
            }
        }
        action.run();
    }

    /**
     * Sends an item. A subscriber that is too slow loses its subscription and is not told, as with a real node.
     *
     * @return whether the item will be delivered as long as the connection lives
     */
    public boolean send(JsonNode item) {
        if (!open) {
            return false;
        }
        if (!backlog.offer(item)) {
            end();
            return false;
        }
        return true;
    }

    private void pump() {
        try {
            while (open) {
                JsonNode item = backlog.take();
                ObjectNode message = JsonNodeFactory.instance.objectNode();
                message.put("jsonrpc", "2.0").put("method", notification);
                ObjectNode params = message.putObject("params");
                params.put("subscription", id);
                params.set("result", item);
                connection.send(message.toString());
            }
        } catch (InterruptedException e) {
            end();
        }
    }

    /** Ends the subscription without telling the other side. */
    public void end() {
        List<Runnable> actions;
        synchronized (endActions) {
            if (!open) {
                return;
            }
            open = false;
            actions = List.copyOf(endActions);
            endActions.clear();
        }
        connection.forget(this);
        pump.interrupt();
        actions.forEach(Runnable::run);
    }
}

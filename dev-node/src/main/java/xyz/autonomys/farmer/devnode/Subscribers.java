package xyz.autonomys.farmer.devnode;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import xyz.autonomys.farmer.node.server.Subscriber;

/** The live subscriptions of one kind. Thread-safe. */
final class Subscribers {
    private final List<Subscriber> all = new CopyOnWriteArrayList<>();

    void add(Subscriber subscriber) {
        all.add(subscriber);
        subscriber.onEnd(() -> all.remove(subscriber));
    }

    /** Sends an item to all and tells how many it went to. */
    int send(JsonNode item) {
        int reached = 0;
        for (Subscriber subscriber : all) {
            if (subscriber.send(item)) {
                reached++;
            }
        }
        return reached;
    }

    List<Subscriber> list() {
        return List.copyOf(all);
    }

    boolean anyUnsafe() {
        return all.stream().anyMatch(Subscriber::unsafeAllowed);
    }
}

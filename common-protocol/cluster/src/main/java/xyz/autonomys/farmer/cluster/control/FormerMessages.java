package xyz.autonomys.farmer.cluster.control;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * Messages of the previous release that lack a field of this one: the field gets the value that the previous release
 * meant. What it meant by a field that it had is never changed.
 */
final class FormerMessages {
    private FormerMessages() {}

    static void complete(Class<?> type, ObjectNode message) {
        if (type == CacheMap.class) {
            completeCacheMap(message);
        }
    }

    /** Before epochs had a start there were whole pieces only, and a map held as soon as it was read. */
    private static void completeCacheMap(ObjectNode message) {
        if (message.has("startsAtMillis")) {
            return;
        }
        message.put("startsAtMillis", 0L);
        message.put("dataFragments", 0);
        message.put("parityFragments", 0);
        message.putArray("departed");
        int number = 0;
        for (JsonNode member : message.path("members")) {
            if (member instanceof ObjectNode holder) {
                holder.put("number", number++);
            }
        }
    }
}

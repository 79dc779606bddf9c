package xyz.autonomys.farmer.cluster.control;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * Messages of the version before whose form changed in a way that {@link Since} cannot say. They are written in the new
 * version only.
 */
final class FormerMessages {
    private FormerMessages() {}

    static void complete(Class<?> type, ObjectNode message, int version) {
        if (type == CacheMap.class && version < 2) {
            completeCacheMap(message);
        }
    }

    /** Before epochs had a start there were whole pieces only, and a map held as soon as it was read. */
    private static void completeCacheMap(ObjectNode message) {
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

package xyz.autonomys.farmer.cluster.control;

import java.util.List;

/**
 * From which everyone computes where an item is; nobody asks anybody.
 *
 * @param epoch number of the map, rising by one with each change (u64)
 * @param itemType what is placed: {@code piece}
 * @param replicas on how many members each item lies
 * @param members the caches that share the items
 */
public record CacheMap(long epoch, String itemType, int replicas, List<Holder> members) {
    /** Item type of whole pieces. */
    public static final String PIECE = "piece";

    /**
     * A cache in the map.
     *
     * @param id its identity
     * @param weight its share relative to the others: its capacity in items, not zero (u64)
     */
    public record Holder(MemberId id, long weight) {}

    /** Checks the figures. */
    public CacheMap {
        members = List.copyOf(members);
        if (replicas < 1) {
            throw new IllegalArgumentException("a cache map has at least 1 replica, got " + replicas);
        }
        for (Holder holder : members) {
            if (holder.weight() <= 0) {
                throw new IllegalArgumentException("cache " + holder.id() + " has weight " + holder.weight()
                        + " in the cache map, expected a positive number of items");
            }
        }
    }
}

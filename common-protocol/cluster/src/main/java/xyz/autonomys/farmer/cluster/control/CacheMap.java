package xyz.autonomys.farmer.cluster.control;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * From which everyone computes where an item is; nobody asks anybody.
 *
 * @param epoch number of the map, rising by one with each change (u64)
 * @param startsAtMillis when it begins to hold, milliseconds since 1970 UTC; between then and the end of the move the
 *     map before it holds as well, so clocks need not agree
 * @param itemType see {@link CacheLayout}
 * @param replicas see {@link CacheLayout}
 * @param dataFragments see {@link CacheLayout}
 * @param parityFragments see {@link CacheLayout}
 * @param members the caches that share the items, by id
 * @param departed caches of former maps, the latest first, whose numbers are kept for their return
 */
@Since(2)
public record CacheMap(
        long epoch,
        long startsAtMillis,
        String itemType,
        int replicas,
        int dataFragments,
        int parityFragments,
        List<Holder> members,
        List<Holder> departed) {
    /** The most caches in a map: each has a number of one byte. */
    public static final int MAX_MEMBERS = 256;

    private static final int REMEMBERED = 64;

    /**
     * A cache in the map.
     *
     * @param id its identity
     * @param weight its share relative to the others: its capacity, not zero (u64)
     * @param number 0 to 255, different for each cache of a map and the same as long as it is in it: says which
     *     fragments it holds, see {@link Placement}
     */
    public record Holder(MemberId id, long weight, int number) {}

    /** Checks the figures. */
    public CacheMap {
        members = List.copyOf(members);
        departed = List.copyOf(departed);
        new CacheLayout(itemType, replicas, dataFragments, parityFragments);
        if (members.size() > MAX_MEMBERS) {
            throw new IllegalArgumentException(
                    "a cache map has at most " + MAX_MEMBERS + " caches, got " + members.size());
        }
        BitSet numbers = new BitSet(MAX_MEMBERS);
        Set<MemberId> ids = new HashSet<>();
        for (Holder holder : members) {
            if (holder.weight() <= 0) {
                throw new IllegalArgumentException("cache " + holder.id() + " has weight " + holder.weight()
                        + " in the cache map, expected a positive number");
            }
            if (holder.number() < 0 || holder.number() >= MAX_MEMBERS || numbers.get(holder.number())) {
                throw new IllegalArgumentException("cache " + holder.id() + " has number " + holder.number()
                        + " in the cache map, expected one of 0 to 255 that no other cache has");
            }
            if (!ids.add(holder.id())) {
                throw new IllegalArgumentException("cache " + holder.id() + " is in the cache map twice");
            }
            numbers.set(holder.number());
        }
    }

    /**
     * The map that follows another one. Caches keep their numbers, also those that were gone and are back; new ones get
     * the smallest that is free.
     *
     * @param before the newest map so far, announced or in force; empty for the first map
     * @param layout how pieces are kept
     * @param weights the caches and what each can hold; when there are more than {@value #MAX_MEMBERS}, the largest
     *     are taken
     * @param startsAtMillis when it begins to hold
     */
    public static CacheMap after(
            Optional<CacheMap> before, CacheLayout layout, Map<MemberId, Long> weights, long startsAtMillis) {
        Map<MemberId, Long> chosen = largest(weights);
        Map<MemberId, Integer> numbers = new HashMap<>();
        BitSet taken = new BitSet(MAX_MEMBERS);
        List<Holder> departed = new ArrayList<>();
        before.ifPresent(map -> {
            for (Holder holder : known(map)) {
                if (chosen.containsKey(holder.id())) {
                    numbers.put(holder.id(), holder.number());
                    taken.set(holder.number());
                } else if (departed.size() < REMEMBERED) {
                    departed.add(holder);
                }
            }
        });
        BitSet reserved = (BitSet) taken.clone();
        departed.forEach(holder -> reserved.set(holder.number()));
        List<Holder> members = new ArrayList<>();
        chosen.forEach((id, weight) -> {
            Integer number = numbers.get(id);
            if (number == null) {
                number = reserved.nextClearBit(0) < MAX_MEMBERS ? reserved.nextClearBit(0) : taken.nextClearBit(0);
                taken.set(number);
                reserved.set(number);
            }
            members.add(new Holder(id, weight, number));
        });
        departed.removeIf(holder -> taken.get(holder.number()));
        return new CacheMap(
                before.map(map -> map.epoch() + 1).orElse(1L),
                startsAtMillis,
                layout.itemType(),
                layout.replicas(),
                layout.dataFragments(),
                layout.parityFragments(),
                members,
                departed);
    }

    private static List<Holder> known(CacheMap map) {
        List<Holder> known = new ArrayList<>(map.members());
        known.addAll(map.departed());
        return known;
    }

    private static Map<MemberId, Long> largest(Map<MemberId, Long> weights) {
        Map<MemberId, Long> byId = new TreeMap<>((a, b) -> a.value().compareTo(b.value()));
        weights.entrySet().stream()
                .sorted((a, b) -> Long.compare(b.getValue(), a.getValue()))
                .limit(MAX_MEMBERS)
                .forEach(entry -> byId.put(entry.getKey(), entry.getValue()));
        return byId;
    }

    /** How pieces are kept. */
    public CacheLayout layout() {
        return new CacheLayout(itemType, replicas, dataFragments, parityFragments);
    }

    /** The caches and what each can hold. */
    public Map<MemberId, Long> weights() {
        Map<MemberId, Long> weights = new HashMap<>();
        members.forEach(holder -> weights.put(holder.id(), holder.weight()));
        return weights;
    }

    /** The map in words. */
    public String describe() {
        int losses = layout().survivableLosses(members.size());
        return "cache map " + Long.toUnsignedString(epoch) + ": " + members.size()
                + (members.size() == 1 ? " cache, " : " caches, ") + layout() + ", "
                + (losses == 0
                        ? "a lost cache costs pieces"
                        : "any " + losses + (losses == 1 ? " cache" : " caches") + " may be lost");
    }
}

package xyz.autonomys.farmer.cluster.control;

import java.util.ArrayList;
import java.util.List;

/**
 * Weighted rendezvous hashing: each cache draws a number for each item, and the caches with the smallest numbers hold
 * it. The draw is exponential with the cache's weight as rate, so that a cache holds items in proportion to its weight,
 * and adding or removing a cache moves only that cache's share.
 *
 * <p>The result is the same on every host: the arithmetic uses {@link StrictMath}, whose results are specified to the
 * bit.
 */
public final class Placement {
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;
    private static final double UNIT = 0x1.0p-53;

    private final CacheMap map;
    private final long[] seeds;

    /** Prepares the placement of one map. */
    public Placement(CacheMap map) {
        this.map = map;
        this.seeds = new long[map.members().size()];
        for (int i = 0; i < seeds.length; i++) {
            seeds[i] = mix(Long.parseUnsignedLong(map.members().get(i).id().value(), 16));
        }
    }

    /** The map this was made from. */
    public CacheMap map() {
        return map;
    }

    /** The members that hold an item, best first; fewer than the map's replicas if there are fewer members. */
    public List<MemberId> holders(long item) {
        int wanted = Math.min(map.replicas(), seeds.length);
        int[] best = new int[wanted];
        double[] draws = new double[wanted];
        int found = 0;
        for (int i = 0; i < seeds.length; i++) {
            double draw = draw(i, item);
            int at = found < wanted ? found++ : wanted;
            while (at > 0 && draw < draws[at - 1]) {
                if (at < wanted) {
                    draws[at] = draws[at - 1];
                    best[at] = best[at - 1];
                }
                at--;
            }
            if (at < wanted) {
                draws[at] = draw;
                best[at] = i;
            }
        }
        List<MemberId> holders = new ArrayList<>(wanted);
        for (int i = 0; i < found; i++) {
            holders.add(map.members().get(best[i]).id());
        }
        return holders;
    }

    /** Whether {@code member} is among the holders of an item. */
    public boolean isHolder(MemberId member, long item) {
        return holders(item).contains(member);
    }

    private double draw(int member, long item) {
        long hash = mix(seeds[member] ^ mix(item + GOLDEN));
        double uniform = ((hash >>> 11) + 0.5) * UNIT;
        return -StrictMath.log(uniform) / map.members().get(member).weight();
    }

    /** The finalizer of SplitMix64: every input bit changes every output bit with probability one half. */
    private static long mix(long value) {
        long z = value;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}

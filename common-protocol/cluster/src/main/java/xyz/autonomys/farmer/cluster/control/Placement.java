package xyz.autonomys.farmer.cluster.control;

import java.util.ArrayList;
import java.util.List;

/**
 * Weighted rendezvous hashing: each cache draws a number for each piece, and the caches with the smallest numbers hold
 * it. The draw is exponential with the cache's weight as rate, so that a cache holds pieces in proportion to its weight,
 * and adding or removing a cache moves only that cache's share. No cache can have more than one item of each piece, so
 * one with more than its part of the weight divided by {@link CacheLayout#copies} is not used fully.
 *
 * <p><b>Fragments.</b> Which fragments of a split piece a cache holds follows from its number in the map, not from its
 * rank among the holders: where a rank changes, all fragments behind it would move. A cache with a number below the
 * number of fragments holds the fragment that stands there when the fragments are turned by an amount drawn for the
 * piece; so a cluster of as many caches as fragments spreads data and parity evenly. A cache with a higher number holds
 * the parity fragment of that number. If there are fewer caches than fragments, the first fragments that nobody holds
 * by number are spread, each to the one that has the fewest, draws deciding between equals.
 *
 * <p>The result is the same on every host: the arithmetic uses {@link StrictMath}, whose results are specified to the
 * bit. The logarithm is computed only for draws that can matter, since −ln(u) is never smaller than 1 − u. Thread-safe.
 */
public final class Placement {
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;
    private static final double UNIT = 0x1.0p-53;
    /** More than all rounding errors of a draw together, relative and absolute. */
    private static final double SLACK = 1 + 1e-9;

    private static final double TINY = 1e-15;

    private final CacheMap map;
    private final CacheLayout layout;
    private final long[] seeds;
    private final double[] weights;
    private final int[] numbers;

    /**
     * What a cache holds of a piece.
     *
     * @param holder the cache
     * @param fragment number of the fragment, 0 to 255; 0 if the whole piece
     */
    public record Share(MemberId holder, int fragment) {}

    /** Prepares the placement of one map. */
    public Placement(CacheMap map) {
        this.map = map;
        this.layout = map.layout();
        int members = map.members().size();
        this.seeds = new long[members];
        this.weights = new double[members];
        this.numbers = new int[members];
        for (int i = 0; i < members; i++) {
            CacheMap.Holder holder = map.members().get(i);
            seeds[i] = mix(Long.parseUnsignedLong(holder.id().value(), 16));
            weights[i] = holder.weight();
            numbers[i] = holder.number();
        }
    }

    /** The map this was made from. */
    public CacheMap map() {
        return map;
    }

    /** How pieces are kept. */
    public CacheLayout layout() {
        return layout;
    }

    /** The members that hold a piece or fragments of it, best first; fewer than copies if there are fewer members. */
    public List<MemberId> holders(long piece) {
        int[] best = top(piece);
        List<MemberId> holders = new ArrayList<>(best.length);
        for (int member : best) {
            holders.add(map.members().get(member).id());
        }
        return holders;
    }

    /** All items of a piece: for whole pieces one for each holder, best first; for split ones all fragments. */
    public List<Share> shares(long piece) {
        int[] best = top(piece);
        List<Share> shares = new ArrayList<>(layout.copies());
        if (best.length == 0) {
            return shares;
        }
        int turn = turn(piece);
        for (int member : best) {
            shares.add(new Share(map.members().get(member).id(), layout.isSplit() ? fragment(member, turn) : 0));
        }
        if (layout.isSplit() && best.length < layout.copies()) {
            spread(piece, turn, best, shares);
        }
        return shares;
    }

    /** The fragments of a piece that one member holds; fragment 0 if it holds the whole piece, none if nothing. */
    public int[] fragments(MemberId member, long piece) {
        int position = position(member);
        if (position < 0 || !isHolder(position, piece)) {
            return new int[0];
        }
        if (!layout.isSplit()) {
            return new int[] {0};
        }
        if (seeds.length >= layout.copies()) {
            return new int[] {fragment(position, turn(piece))};
        }
        return shares(piece).stream()
                .filter(share -> share.holder().equals(member))
                .mapToInt(Share::fragment)
                .toArray();
    }

    /** Whether {@code member} is among the holders of a piece. */
    public boolean isHolder(MemberId member, long piece) {
        int position = position(member);
        return position >= 0 && isHolder(position, piece);
    }

    /** Where a member stands in the map's list, -1 if it does not. */
    public int position(MemberId member) {
        for (int i = 0; i < seeds.length; i++) {
            if (map.members().get(i).id().equals(member)) {
                return i;
            }
        }
        return -1;
    }

    /** The same as {@link #isHolder(MemberId, long)} for the member at a {@link #position}. */
    public boolean isHolder(int position, long piece) {
        int copies = layout.copies();
        if (seeds.length <= copies) {
            return true;
        }
        long key = mix(piece + GOLDEN);
        double own = draw(uniform(position, key), position);
        int better = 0;
        for (int other = 0; other < seeds.length; other++) {
            double u = uniform(other, key);
            if (1 - u > own * weights[other] * SLACK + TINY || other == position) {
                continue;
            }
            double draw = draw(u, other);
            if ((draw < own || (draw == own && other < position)) && ++better == copies) {
                return false;
            }
        }
        return true;
    }

    /** Positions of the holders, best first. */
    private int[] top(long piece) {
        int wanted = Math.min(layout.copies(), seeds.length);
        int[] best = new int[wanted];
        double[] draws = new double[wanted];
        long key = mix(piece + GOLDEN);
        int found = 0;
        double limit = Double.POSITIVE_INFINITY;
        for (int i = 0; i < seeds.length; i++) {
            double u = uniform(i, key);
            if (1 - u > limit * weights[i]) {
                continue;
            }
            double draw = draw(u, i);
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
            if (found == wanted) {
                limit = draws[wanted - 1] * SLACK + TINY;
            }
        }
        return best;
    }

    private void spread(long piece, int turn, int[] best, List<Share> shares) {
        boolean[] taken = new boolean[CacheMap.MAX_MEMBERS];
        shares.forEach(share -> taken[share.fragment()] = true);
        int[] held = new int[best.length];
        for (int i = 0; i < layout.copies() && shares.size() < layout.copies(); i++) {
            int fragment = (i + turn) % layout.copies();
            if (taken[fragment]) {
                continue;
            }
            long key = mix(mix(piece + GOLDEN) + fragment + 1);
            int chosen = 0;
            for (int other = 1; other < best.length; other++) {
                if (held[other] < held[chosen]
                        || (held[other] == held[chosen]
                                && draw(uniform(best[other], key), best[other])
                                        < draw(uniform(best[chosen], key), best[chosen]))) {
                    chosen = other;
                }
            }
            held[chosen]++;
            shares.add(new Share(map.members().get(best[chosen]).id(), fragment));
        }
    }

    private int turn(long piece) {
        return (int) Long.remainderUnsigned(mix(mix(piece + GOLDEN)), layout.copies());
    }

    private int fragment(int member, int turn) {
        int number = numbers[member];
        return number < layout.copies() ? (number + turn) % layout.copies() : number;
    }

    private double uniform(int member, long key) {
        return ((mix(seeds[member] ^ key) >>> 11) + 0.5) * UNIT;
    }

    private double draw(double uniform, int member) {
        return -StrictMath.log(uniform) / weights[member];
    }

    /** The finalizer of SplitMix64: every input bit changes every output bit with probability one half. */
    private static long mix(long value) {
        long z = value;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}

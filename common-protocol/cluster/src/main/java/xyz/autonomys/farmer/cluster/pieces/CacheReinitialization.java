package xyz.autonomys.farmer.cluster.pieces;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import xyz.autonomys.farmer.cluster.control.CacheLayout;
import xyz.autonomys.farmer.cluster.control.CacheMap;
import xyz.autonomys.farmer.cluster.control.CacheMaps;
import xyz.autonomys.farmer.cluster.control.ControlException;
import xyz.autonomys.farmer.cluster.control.Member;
import xyz.autonomys.farmer.cluster.control.MemberId;
import xyz.autonomys.farmer.cluster.control.MemberRole;

/** Starts a new cache epoch by hand, and tells how far the move is. */
public final class CacheReinitialization {
    private static final int ATTEMPTS = 5;

    private CacheReinitialization() {}

    /**
     * How far a move is.
     *
     * @param stored pieces that lie where the map puts them, over all caches
     * @param wanted pieces that should
     * @param piecesPerSecond over all caches
     * @param secondsLeft of the cache that needs longest; empty if one does not advance
     * @param silent caches of the map that do not follow it yet or are not there
     */
    public record Progress(
            long stored, long wanted, double piecesPerSecond, Optional<Long> secondsLeft, Set<MemberId> silent) {
        /** Whether everything is where the map puts it. */
        public boolean isComplete() {
            return silent.isEmpty() && stored >= wanted;
        }

        /** One line. */
        public String describe() {
            StringBuilder text = new StringBuilder()
                    .append(stored)
                    .append(" of ")
                    .append(wanted)
                    .append(" pieces");
            if (!isComplete()) {
                text.append(String.format(Locale.ROOT, ", %.1f/s, ", piecesPerSecond))
                        .append(secondsLeft.map(seconds -> seconds + " s left").orElse("end not in sight"));
            }
            if (!silent.isEmpty()) {
                text.append("; waits for ")
                        .append(silent.size() == 1 ? "cache " : "caches ")
                        .append(String.join(
                                ", ",
                                silent.stream().map(MemberId::value).sorted().toList()))
                        .append(" to follow the map");
            }
            return text.toString();
        }
    }

    /**
     * Announces the next map for the caches that are there.
     *
     * @param layout from the layout of the newest map, or of whole pieces if there is none, to that of the next
     * @throws ControlException if no cache is there, or NATS does not take it
     */
    public static CacheMap announce(
            CacheMaps maps, List<Member> members, UnaryOperator<CacheLayout> layout, long startsAtMillis)
            throws ControlException {
        Map<MemberId, Long> weights = new HashMap<>();
        for (Member cache : members) {
            if (cache.role() == MemberRole.SHARDED_CACHE && cache.capacityBytes() > 0) {
                weights.put(cache.id(), cache.capacityBytes());
            }
        }
        if (weights.isEmpty()) {
            throw new ControlException("no sharded cache is there; start one, or correct --cluster-name");
        }
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Optional<CacheMap> newest = maps.newest();
            CacheMap next = CacheMap.after(
                    newest,
                    layout.apply(newest.map(CacheMap::layout).orElse(CacheLayout.pieces(1))),
                    weights,
                    startsAtMillis);
            if (maps.announce(next)) {
                return next;
            }
        }
        throw new ControlException("others announce cache maps all the time; try again");
    }

    /** How far the caches are with a map. */
    public static Progress progress(CacheMap map, List<Member> members) {
        Map<MemberId, CacheStatus> statuses = new HashMap<>();
        for (Member member : members) {
            CacheStatus.of(member).ifPresent(status -> statuses.put(member.id(), status));
        }
        long stored = 0;
        long wanted = 0;
        double rate = 0;
        Optional<Long> left = Optional.of(0L);
        Set<MemberId> silent = new HashSet<>();
        for (CacheMap.Holder holder : map.members()) {
            CacheStatus status = statuses.get(holder.id());
            if (status == null || status.epoch() != map.epoch()) {
                silent.add(holder.id());
                continue;
            }
            stored += status.stored();
            wanted += status.wanted();
            rate += status.piecesPerSecond();
            Optional<Long> own = status.secondsLeft();
            left = left.flatMap(longest -> own.map(seconds -> Math.max(longest, seconds)));
        }
        return new Progress(stored, wanted, rate, silent.isEmpty() ? left : Optional.empty(), silent);
    }
}

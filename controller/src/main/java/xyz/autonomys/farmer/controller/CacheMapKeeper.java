package xyz.autonomys.farmer.controller;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import xyz.autonomys.farmer.cluster.control.CacheLayout;
import xyz.autonomys.farmer.cluster.control.CacheMap;
import xyz.autonomys.farmer.cluster.control.CacheMaps;
import xyz.autonomys.farmer.cluster.control.ControlException;
import xyz.autonomys.farmer.cluster.control.Member;
import xyz.autonomys.farmer.cluster.control.MemberId;
import xyz.autonomys.farmer.cluster.control.MemberRole;
import xyz.autonomys.farmer.cluster.control.Placement;
import xyz.autonomys.farmer.cluster.member.ClusterMember;
import xyz.autonomys.farmer.cluster.pieces.CacheStatus;

/**
 * Announces a new cache map when the caches that are there differ from those of the newest map for longer than the
 * hold-off, because a cache that was gone for a moment should find its share where it was; the first map comes soon.
 * Retires the maps before the one in force when all its caches hold their share. Of several controllers only the one
 * with the smallest id does this.
 */
final class CacheMapKeeper {
    private static final Logger LOG = LoggerFactory.getLogger(CacheMapKeeper.class);
    private static final Duration FIRST_HOLD_OFF = Duration.ofSeconds(3);
    /** Maps that hold at the same time at most, when caches come and go faster than pieces move. */
    private static final int MOST_ALIVE = 4;

    private final ClusterMember member;
    private final CacheMaps maps;
    private final CacheLayout firstLayout;
    private final Duration holdOff;
    private Map<MemberId, Long> wanted = Map.of();
    private long wantedSince;
    private boolean warnedOfLayout;

    /**
     * A keeper.
     *
     * @param firstLayout how pieces are kept if there is no map yet; later maps take over what the one before says
     * @param holdOff how long a change must last
     */
    CacheMapKeeper(ClusterMember member, CacheMaps maps, CacheLayout firstLayout, Duration holdOff) {
        this.member = member;
        this.maps = maps;
        this.firstLayout = firstLayout;
        this.holdOff = holdOff;
    }

    /** Looks at the caches; to be called every second or so by one thread. */
    void look() {
        if (!member.membership().isFirst(MemberRole.CONTROLLER, member.id())) {
            return;
        }
        List<Member> caches = member.membership().present(MemberRole.SHARDED_CACHE);
        try {
            followMembership(caches);
            retire(caches);
        } catch (ControlException e) {
            LOG.warn("The cache map could not be published, trying again: {}", e.getMessage());
        }
    }

    private void followMembership(List<Member> caches) throws ControlException {
        Map<MemberId, Long> present = new HashMap<>();
        for (Member cache : caches) {
            if (cache.capacityBytes() > 0) {
                present.put(cache.id(), cache.capacityBytes());
            }
        }
        Optional<CacheMap> newest = maps.newest();
        newest.ifPresent(this::compareLayout);
        if (present.isEmpty()
                || newest.filter(map -> map.weights().equals(present)).isPresent()) {
            wanted = Map.of();
            return;
        }
        long now = System.nanoTime();
        if (!present.equals(wanted)) {
            wanted = present;
            wantedSince = now;
            return;
        }
        if (now - wantedSince < (newest.isEmpty() ? FIRST_HOLD_OFF : holdOff).toNanos()) {
            return;
        }
        CacheMap next = CacheMap.after(
                newest, newest.map(CacheMap::layout).orElse(firstLayout), present, System.currentTimeMillis());
        if (maps.announce(next)) {
            LOG.info("New {}", next.describe());
        }
        wanted = Map.of();
    }

    private void compareLayout(CacheMap map) {
        if (!map.layout().equals(firstLayout) && !warnedOfLayout) {
            LOG.warn(
                    "The cache map has the layout {}, this controller was started with {}; the map's holds. To change"
                            + " it use util reinitialization-cache --cache-item-type",
                    map.layout(),
                    firstLayout);
            warnedOfLayout = true;
        }
    }

    private void retire(List<Member> caches) throws ControlException {
        List<Placement> alive = maps.alive();
        if (alive.size() < 2) {
            return;
        }
        if (alive.size() > MOST_ALIVE) {
            maps.retire(alive.get(MOST_ALIVE - 1).map().epoch());
        }
        CacheMap current = alive.getFirst().map();
        Map<MemberId, CacheStatus> statuses = new HashMap<>();
        for (Member cache : caches) {
            CacheStatus.of(cache).ifPresent(status -> statuses.put(cache.id(), status));
        }
        boolean complete = current.members().stream()
                .allMatch(holder -> statuses.containsKey(holder.id())
                        && statuses.get(holder.id()).isComplete(current.epoch()));
        if (complete) {
            maps.retire(current.epoch());
            LOG.info("All pieces are where {} puts them", current.describe());
        }
    }
}

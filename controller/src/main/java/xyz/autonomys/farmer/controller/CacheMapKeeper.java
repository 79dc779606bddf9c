package xyz.autonomys.farmer.controller;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import xyz.autonomys.farmer.cluster.control.CacheMap;
import xyz.autonomys.farmer.cluster.control.CacheMaps;
import xyz.autonomys.farmer.cluster.control.ControlException;
import xyz.autonomys.farmer.cluster.control.Member;
import xyz.autonomys.farmer.cluster.control.MemberId;
import xyz.autonomys.farmer.cluster.control.MemberRole;
import xyz.autonomys.farmer.cluster.member.ClusterMember;

/**
 * Proposes a new cache map when the caches that are there differ from those of the map for long enough: at once for the
 * first map, soon when a cache joins, and after a hold-off when one is gone, because it may come back. Of several
 * controllers only the one with the smallest id proposes.
 */
final class CacheMapKeeper {
    private static final Logger LOG = LoggerFactory.getLogger(CacheMapKeeper.class);
    private static final Duration FIRST_HOLD_OFF = Duration.ofSeconds(3);
    private static final Duration JOIN_HOLD_OFF = Duration.ofSeconds(10);
    private static final Duration LEAVE_HOLD_OFF = Duration.ofSeconds(60);

    private final ClusterMember member;
    private final CacheMaps maps;
    private final int replicas;
    private List<CacheMap.Holder> wanted = List.of();
    private long wantedSince;

    CacheMapKeeper(ClusterMember member, CacheMaps maps, int replicas) {
        this.member = member;
        this.maps = maps;
        this.replicas = replicas;
    }

    /** Looks at the caches; to be called every second or so by one thread. */
    void look() {
        boolean first = member.membership().present(MemberRole.CONTROLLER).stream()
                .map(Member::id)
                .min((a, b) -> a.value().compareTo(b.value()))
                .map(smallest -> smallest.equals(member.id()))
                .orElse(true);
        if (!first) {
            return;
        }
        List<CacheMap.Holder> present = new ArrayList<>();
        for (Member cache : member.membership().present(MemberRole.SHARDED_CACHE)) {
            if (cache.capacityBytes() > 0) {
                present.add(new CacheMap.Holder(cache.id(), cache.capacityBytes()));
            }
        }
        List<CacheMap.Holder> current =
                maps.current().map(placement -> placement.map().members()).orElse(List.of());
        if (present.isEmpty() || present.equals(current)) {
            wanted = List.of();
            return;
        }
        long now = System.nanoTime();
        if (!present.equals(wanted)) {
            wanted = present;
            wantedSince = now;
        }
        Duration holdOff =
                current.isEmpty() ? FIRST_HOLD_OFF : isMissingOne(present, current) ? LEAVE_HOLD_OFF : JOIN_HOLD_OFF;
        if (now - wantedSince < holdOff.toNanos()) {
            return;
        }
        try {
            maps.propose(Math.min(replicas, present.size()), present);
            LOG.info("New cache map with {} caches", present.size());
            wanted = List.of();
        } catch (ControlException e) {
            LOG.warn("The cache map could not be published, trying again: {}", e.getMessage());
        }
    }

    private static boolean isMissingOne(List<CacheMap.Holder> present, List<CacheMap.Holder> current) {
        Set<MemberId> ids = new HashSet<>();
        present.forEach(holder -> ids.add(holder.id()));
        return current.stream().anyMatch(holder -> !ids.contains(holder.id()));
    }
}

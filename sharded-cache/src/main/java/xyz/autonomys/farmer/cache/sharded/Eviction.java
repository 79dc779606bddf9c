package xyz.autonomys.farmer.cache.sharded;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import xyz.autonomys.farmer.cluster.control.MemberId;
import xyz.autonomys.farmer.cluster.control.Placement;
import xyz.autonomys.farmer.cluster.data.DataPlaneException;
import xyz.autonomys.farmer.cluster.data.DataRequest;
import xyz.autonomys.farmer.cluster.data.PeerAddress;
import xyz.autonomys.farmer.cluster.data.RequestOptions;
import xyz.autonomys.farmer.cluster.member.ClusterMember;

/**
 * Makes room by dropping items that this cache should not hold any more, but only those whose new owners say that they
 * hold theirs. Used by one thread.
 */
final class Eviction {
    private static final Logger LOG = LoggerFactory.getLogger(Eviction.class);
    private static final int BATCH = 1024;
    private static final Duration DEADLINE = Duration.ofSeconds(5);

    private final ClusterMember member;
    private final CacheShare share;
    private final SlotStores stores;

    Eviction(ClusterMember member, CacheShare share, SlotStores stores) {
        this.member = member;
        this.share = share;
        this.stores = stores;
    }

    /**
     * Makes room for some items, if that is possible now.
     *
     * @throws IOException if it is not; the text says why
     */
    void makeRoom(int items, int parts) throws IOException, InterruptedException {
        if (stores.room(parts) >= items) {
            return;
        }
        Placement placement = share.placement();
        Set<MemberId> silent = new HashSet<>();
        List<Long> batch = new ArrayList<>();
        int kept = 0;
        for (long piece : stores.pieces()) {
            if (!unwanted(piece).isEmpty()) {
                batch.add(piece);
                kept++;
            }
            if (batch.size() == BATCH) {
                drop(placement, batch, silent);
                batch.clear();
                if (stores.room(parts) >= items) {
                    return;
                }
            }
        }
        if (!batch.isEmpty()) {
            drop(placement, batch, silent);
        }
        if (stores.room(parts) < items) {
            throw new IOException(
                    kept == 0
                            ? "all " + stores.slots() + " slots are taken; give the cache a larger size"
                            : "items of " + kept + " pieces of other caches' shares are kept until their new owners"
                                    + " have them; if this lasts, give the caches a larger size");
        }
    }

    private List<CacheItem> unwanted(long piece) {
        List<CacheItem> wanted = share.items(piece);
        return stores.itemsOf(piece).stream()
                .filter(item -> !wanted.contains(item))
                .toList();
    }

    private void drop(Placement placement, List<Long> pieces, Set<MemberId> silent)
            throws IOException, InterruptedException {
        Set<Long> safe = safe(placement, pieces, silent);
        for (long piece : safe) {
            for (CacheItem item : unwanted(piece)) {
                stores.remove(item);
            }
        }
        LOG.debug("{} of {} pieces lie with their new owners and make room", safe.size(), pieces.size());
    }

    /**
     * The pieces that all their owners say they hold.
     *
     * @param silent owners that did not answer and are not asked again; more are added
     */
    private Set<Long> safe(Placement placement, List<Long> pieces, Set<MemberId> silent) throws InterruptedException {
        Set<Long> safe = new HashSet<>(pieces);
        Map<MemberId, List<Long>> byOwner = new HashMap<>();
        for (long piece : pieces) {
            for (MemberId owner : placement.holders(piece)) {
                if (!owner.equals(member.id())) {
                    byOwner.computeIfAbsent(owner, _ -> new ArrayList<>()).add(piece);
                } else if (!stores.holdsAll(share.items(piece))
                        || share.items(piece).isEmpty()) {
                    safe.remove(piece);
                }
            }
        }
        for (var entry : byOwner.entrySet()) {
            if (silent.contains(entry.getKey())) {
                safe.removeAll(entry.getValue());
            } else {
                safe.removeAll(missingAt(entry.getKey(), placement.map().epoch(), entry.getValue(), silent));
            }
        }
        return safe;
    }

    private Set<Long> missingAt(MemberId owner, long epoch, List<Long> pieces, Set<MemberId> silent)
            throws InterruptedException {
        Set<Long> missing = new HashSet<>(pieces);
        Optional<PeerAddress> peer = member.address(owner);
        if (peer.isEmpty()) {
            return missing;
        }
        try {
            byte[] held = member.client()
                    .ask(
                            peer.get(),
                            new DataRequest.Holdings(
                                    epoch,
                                    pieces.stream().mapToLong(Long::longValue).toArray()),
                            RequestOptions.within(DEADLINE),
                            BATCH / Byte.SIZE);
            for (int i = 0; i < pieces.size() && i / Byte.SIZE < held.length; i++) {
                if ((held[i / Byte.SIZE] >> i % Byte.SIZE & 1) != 0) {
                    missing.remove(pieces.get(i));
                }
            }
        } catch (DataPlaneException e) {
            LOG.debug("{} did not say what it holds: {}", owner, e.getMessage());
            silent.add(owner);
        }
        return missing;
    }
}

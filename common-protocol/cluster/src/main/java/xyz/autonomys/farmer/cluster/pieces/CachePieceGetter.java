package xyz.autonomys.farmer.cluster.pieces;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import xyz.autonomys.farmer.cluster.control.CacheMaps;
import xyz.autonomys.farmer.cluster.control.Member;
import xyz.autonomys.farmer.cluster.control.MemberId;
import xyz.autonomys.farmer.cluster.control.MemberRole;
import xyz.autonomys.farmer.cluster.data.DataPlaneException;
import xyz.autonomys.farmer.cluster.data.DataRequest;
import xyz.autonomys.farmer.cluster.data.ItemType;
import xyz.autonomys.farmer.cluster.data.PeerAddress;
import xyz.autonomys.farmer.cluster.data.PieceAnswer;
import xyz.autonomys.farmer.cluster.data.RequestOptions;
import xyz.autonomys.farmer.cluster.member.ClusterMember;
import xyz.autonomys.farmer.primitives.Piece;
import xyz.autonomys.farmer.sector.plot.PieceGetter;

/**
 * Gets pieces from the cluster, source after source, each asked only for what the ones before did not give. All peers of
 * one kind are asked at the same time. Thread-safe.
 */
public final class CachePieceGetter implements PieceGetter {
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    private final ClusterMember member;
    private final CacheMaps maps;
    private final boolean priority;

    /**
     * A getter.
     *
     * @param priority whether caches should keep room for these requests before others
     */
    public CachePieceGetter(ClusterMember member, CacheMaps maps, boolean priority) {
        this.member = member;
        this.maps = maps;
        this.priority = priority;
    }

    @Override
    public void get(Set<Long> pieceIndexes, Receiver receiver) throws InterruptedException {
        Request request = new Request(pieceIndexes, receiver);
        int replicas =
                maps.current().map(placement -> placement.map().replicas()).orElse(0);
        for (int replica = 0; replica < replicas && !request.open.isEmpty(); replica++) {
            request.askAll(holders(request.open, replica), false);
        }
        for (Member cache : member.nearestFirst(MemberRole.FULL_PIECE_CACHE)) {
            request.askAll(everythingFrom(cache, request.open), false);
        }
        for (Member controller : member.nearestFirst(MemberRole.CONTROLLER)) {
            request.askAll(everythingFrom(controller, request.open), true);
        }
        for (long index : request.open) {
            receiver.failed(
                    index, request.reasons.getOrDefault(index, "no cache, full-piece cache or controller is there"));
        }
    }

    /** The pieces to ask each holder for; those on this host come first for each piece. */
    private Map<PeerAddress, List<Long>> holders(Set<Long> open, int replica) {
        Map<PeerAddress, List<Long>> byPeer = new HashMap<>();
        Map<MemberId, Member> present = new HashMap<>();
        member.membership().present(MemberRole.SHARDED_CACHE).forEach(cache -> present.put(cache.id(), cache));
        for (long index : open) {
            List<Member> holders = new ArrayList<>();
            for (MemberId id : maps.current().orElseThrow().holders(index)) {
                if (present.containsKey(id)) {
                    holders.add(present.get(id));
                }
            }
            holders.sort((a, b) ->
                    Boolean.compare(b.host().equals(member.host()), a.host().equals(member.host())));
            if (replica < holders.size()) {
                ClusterMember.address(holders.get(replica))
                        .ifPresent(peer -> byPeer.computeIfAbsent(peer, _ -> new ArrayList<>())
                                .add(index));
            }
        }
        return byPeer;
    }

    private static Map<PeerAddress, List<Long>> everythingFrom(Member peer, Set<Long> open) {
        Map<PeerAddress, List<Long>> all = new LinkedHashMap<>();
        if (!open.isEmpty()) {
            ClusterMember.address(peer).ifPresent(address -> all.put(address, List.copyOf(open)));
        }
        return all;
    }

    /** One call's state. */
    private final class Request {
        private final Set<Long> open = ConcurrentHashMap.newKeySet();
        private final Map<Long, String> reasons = new ConcurrentHashMap<>();
        private final Receiver receiver;

        Request(Set<Long> indexes, Receiver receiver) {
            this.open.addAll(indexes);
            this.receiver = receiver;
        }

        void askAll(Map<PeerAddress, List<Long>> byPeer, boolean fresh) throws InterruptedException {
            if (byPeer.isEmpty()) {
                return;
            }
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                List<Future<?>> asked = new ArrayList<>();
                byPeer.forEach((peer, indexes) -> asked.add(threads.submit(() -> {
                    ask(peer, indexes, fresh);
                    return null;
                })));
                try {
                    for (Future<?> future : asked) {
                        future.get();
                    }
                } catch (ExecutionException e) {
                    throw new IllegalStateException("asking for pieces failed", e.getCause());
                } finally {
                    asked.forEach(future -> future.cancel(true));
                }
            }
        }

        private void ask(PeerAddress peer, List<Long> indexes, boolean fresh) throws InterruptedException {
            long[] wanted = indexes.stream().mapToLong(Long::longValue).toArray();
            DataRequest request = fresh
                    ? new DataRequest.FreshPieces(wanted)
                    : new DataRequest.Pieces(ItemType.PIECE, priority, wanted);
            RequestOptions defaults = member.client().defaultOptions();
            // A controller may have to ask its node, which builds the genesis segment first.
            RequestOptions options = fresh
                    ? RequestOptions.within(DEADLINE)
                    : new RequestOptions(defaults.firstByte(), defaults.progress(), DEADLINE);
            Set<Long> unanswered = new HashSet<>(indexes);
            try {
                member.client().pieces(peer, request, options, answer -> {
                    unanswered.remove(answer.index());
                    switch (answer) {
                        case PieceAnswer.Found(long index, Piece piece) -> {
                            if (open.remove(index)) {
                                receiver.found(index, piece);
                            }
                        }
                        case PieceAnswer.Missing(long index) -> reasons.put(index, peer + " does not have it");
                        case PieceAnswer.Damaged(long index, String why) -> reasons.put(index, peer + ": " + why);
                    }
                });
            } catch (DataPlaneException e) {
                unanswered.forEach(index -> reasons.put(index, e.getMessage()));
            }
        }
    }
}

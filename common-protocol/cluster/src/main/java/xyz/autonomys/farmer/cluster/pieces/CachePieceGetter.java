package xyz.autonomys.farmer.cluster.pieces;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.LongFunction;
import xyz.autonomys.farmer.cluster.control.CacheMaps;
import xyz.autonomys.farmer.cluster.control.Member;
import xyz.autonomys.farmer.cluster.control.MemberId;
import xyz.autonomys.farmer.cluster.control.MemberRole;
import xyz.autonomys.farmer.cluster.control.Placement;
import xyz.autonomys.farmer.cluster.data.DataPlaneException;
import xyz.autonomys.farmer.cluster.data.DataRequest;
import xyz.autonomys.farmer.cluster.data.ItemType;
import xyz.autonomys.farmer.cluster.data.PeerAddress;
import xyz.autonomys.farmer.cluster.data.PieceAnswer;
import xyz.autonomys.farmer.cluster.data.RequestOptions;
import xyz.autonomys.farmer.cluster.member.ClusterMember;
import xyz.autonomys.farmer.cluster.parity.FragmentSet;
import xyz.autonomys.farmer.primitives.Piece;
import xyz.autonomys.farmer.sector.plot.PieceGetter;

/**
 * Gets pieces from the cluster, source after source, each asked only for what the ones before did not give: the caches
 * that hold a piece or its fragments by the cache map, those that held it by the maps before that are not retired,
 * full-piece caches, controllers, and at last
 * every other cache, since after several changes of the map a piece can lie with an owner of long ago. All caches of one
 * kind are asked at the same time; among equals those on this host come first, and those that failed lately last.
 * Thread-safe.
 */
public final class CachePieceGetter implements PieceGetter {
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final double SICK = 0.5;

    private final ClusterMember member;
    private final CacheMaps maps;
    private final boolean priority;
    private final Optional<String> onlyCaches;
    private final HedgeDelay hedge = new HedgeDelay();

    /** Takes the answers of {@link #getFrom}, from any thread. */
    public interface SourcedReceiver {
        /** The piece with this index, and the peer that gave it. */
        void found(long pieceIndex, Piece piece, PeerAddress source);

        /** No piece this time; {@code reason} says who was asked and what went wrong. */
        void failed(long pieceIndex, String reason);

        /** Whether this peer must not be asked for this piece, since what it gave before was wrong. */
        boolean avoids(long pieceIndex, PeerAddress source);
    }

    /**
     * A getter.
     *
     * @param priority whether caches should keep room for these requests before others
     */
    public CachePieceGetter(ClusterMember member, CacheMaps maps, boolean priority) {
        this(member, maps, priority, Optional.empty());
    }

    private CachePieceGetter(ClusterMember member, CacheMaps maps, boolean priority, Optional<String> onlyCaches) {
        this.member = member;
        this.maps = maps;
        this.priority = priority;
        this.onlyCaches = onlyCaches;
    }

    /** A getter that asks nobody but the holders by cache maps with this item type, to see what caches can do. */
    public static CachePieceGetter fromCachesOnly(ClusterMember member, CacheMaps maps, String itemType) {
        return new CachePieceGetter(member, maps, false, Optional.of(itemType));
    }

    @Override
    public void get(Set<Long> pieceIndexes, Receiver receiver) throws InterruptedException {
        getFrom(pieceIndexes, new SourcedReceiver() {
            @Override
            public void found(long pieceIndex, Piece piece, PeerAddress source) {
                receiver.found(pieceIndex, piece);
            }

            @Override
            public void failed(long pieceIndex, String reason) {
                receiver.failed(pieceIndex, reason);
            }

            @Override
            public boolean avoids(long pieceIndex, PeerAddress source) {
                return false;
            }
        });
    }

    /** The same as {@link #get} for a caller that wants to know who gave what. */
    public void getFrom(Set<Long> pieceIndexes, SourcedReceiver receiver) throws InterruptedException {
        Request request = new Request(pieceIndexes, receiver);
        for (Placement placement : maps.alive()) {
            if (onlyCaches.isPresent() && !placement.map().itemType().equals(onlyCaches.get())) {
                continue;
            }
            if (placement.layout().isSplit()) {
                request.gather(placement.layout().dataFragments(), index -> candidates(placement, index));
                continue;
            }
            int replicas = placement.map().replicas();
            for (int replica = 0; replica < replicas && !request.open.isEmpty(); replica++) {
                request.askAll(holders(placement, request.open, replica), false);
            }
        }
        if (onlyCaches.isEmpty()) {
            askOthers(request);
        }
        for (long index : request.open) {
            receiver.failed(
                    index, request.reasons.getOrDefault(index, "no cache, full-piece cache or controller is there"));
        }
    }

    private void askOthers(Request request) throws InterruptedException {
        for (Member cache : others(MemberRole.FULL_PIECE_CACHE)) {
            request.askAll(everythingFrom(cache, request.open), false);
        }
        for (Member controller : others(MemberRole.CONTROLLER)) {
            request.askAll(everythingFrom(controller, request.open), true);
        }
        List<Member> caches = others(MemberRole.SHARDED_CACHE);
        request.askAll(everythingFromAll(caches, request.open), false);
        Set<Integer> splits = new HashSet<>();
        for (Placement placement : maps.alive()) {
            if (placement.layout().isSplit() && splits.add(placement.layout().dataFragments())) {
                List<FragmentGathering.Candidate> all = caches.stream()
                        .flatMap(cache -> ClusterMember.address(cache).stream())
                        .map(peer -> new FragmentGathering.Candidate(peer, 1))
                        .toList();
                request.gather(placement.layout().dataFragments(), _ -> all);
            }
        }
    }

    /** The holders of fragments of a piece that are there, those with data before those with parity among equals. */
    private List<FragmentGathering.Candidate> candidates(Placement placement, long index) {
        Map<MemberId, Integer> fragments = new LinkedHashMap<>();
        Map<MemberId, Integer> smallest = new HashMap<>();
        for (Placement.Share share : placement.shares(index)) {
            fragments.merge(share.holder(), 1, Integer::sum);
            smallest.merge(share.holder(), share.fragment(), Math::min);
        }
        int data = placement.layout().dataFragments();
        return fragments.keySet().stream()
                .flatMap(id -> member.membership().find(id).stream())
                .filter(holder -> !holder.id().equals(member.id()))
                .sorted(order().thenComparing(holder -> smallest.get(holder.id()) >= data))
                .flatMap(holder -> ClusterMember.address(holder).stream()
                        .map(peer -> new FragmentGathering.Candidate(peer, fragments.get(holder.id()))))
                .toList();
    }

    /** Members of a role but this one, in the order to ask them. */
    private List<Member> others(MemberRole role) {
        return member.membership().present(role).stream()
                .filter(other -> !other.id().equals(member.id()))
                .sorted(order())
                .toList();
    }

    private Comparator<Member> order() {
        return Comparator.comparing((Member peer) -> isSick(peer))
                .thenComparing(peer -> !peer.host().equals(member.host()));
    }

    private boolean isSick(Member peer) {
        return ClusterMember.address(peer)
                .map(address -> member.client().score(address) < SICK)
                .orElse(true);
    }

    /** The pieces to ask each holder for. */
    private Map<PeerAddress, List<Long>> holders(Placement placement, Set<Long> open, int replica) {
        Map<PeerAddress, List<Long>> byPeer = new HashMap<>();
        Map<MemberId, Member> present = new HashMap<>();
        others(MemberRole.SHARDED_CACHE).forEach(cache -> present.put(cache.id(), cache));
        Comparator<Member> order = order();
        for (long index : open) {
            List<Member> holders = new ArrayList<>();
            for (MemberId id : placement.holders(index)) {
                if (present.containsKey(id)) {
                    holders.add(present.get(id));
                }
            }
            holders.sort(order);
            if (replica < holders.size()) {
                ClusterMember.address(holders.get(replica))
                        .ifPresent(peer -> byPeer.computeIfAbsent(peer, _ -> new ArrayList<>())
                                .add(index));
            }
        }
        return byPeer;
    }

    private static Map<PeerAddress, List<Long>> everythingFrom(Member peer, Set<Long> open) {
        return everythingFromAll(List.of(peer), open);
    }

    private static Map<PeerAddress, List<Long>> everythingFromAll(List<Member> peers, Set<Long> open) {
        Map<PeerAddress, List<Long>> all = new LinkedHashMap<>();
        List<Long> indexes = List.copyOf(open);
        if (!indexes.isEmpty()) {
            for (Member peer : peers) {
                ClusterMember.address(peer).ifPresent(address -> all.put(address, indexes));
            }
        }
        return all;
    }

    /** One call's state. */
    private final class Request {
        private final Set<Long> open = ConcurrentHashMap.newKeySet();
        private final Map<Long, String> reasons = new ConcurrentHashMap<>();
        private final Set<Asked> asked = ConcurrentHashMap.newKeySet();
        private final SourcedReceiver receiver;
        private final Map<Long, FragmentSet> fragments = new HashMap<>();
        private final Set<Asked> askedForFragments = new HashSet<>();

        private record Asked(long index, PeerAddress peer) {}

        Request(Set<Long> indexes, SourcedReceiver receiver) {
            this.open.addAll(indexes);
            this.receiver = receiver;
        }

        void askAll(Map<PeerAddress, List<Long>> byPeer, boolean fresh) throws InterruptedException {
            if (byPeer.isEmpty()) {
                return;
            }
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                List<Future<?>> running = new ArrayList<>();
                byPeer.forEach((peer, indexes) -> running.add(threads.submit(() -> {
                    ask(peer, indexes, fresh);
                    return null;
                })));
                try {
                    for (Future<?> future : running) {
                        future.get();
                    }
                } catch (ExecutionException e) {
                    throw new IllegalStateException("asking for pieces failed", e.getCause());
                } finally {
                    running.forEach(future -> future.cancel(true));
                }
            }
        }

        /** Gathers fragments of what is open; those that came before count as well. */
        void gather(int dataFragments, LongFunction<List<FragmentGathering.Candidate>> candidates)
                throws InterruptedException {
            FragmentGathering gathering =
                    new FragmentGathering(member.client(), priority, DEADLINE, hedge, new FragmentGathering.Answers() {
                        @Override
                        public void rebuilt(long index, Piece piece, PeerAddress last) {
                            if (open.remove(index)) {
                                receiver.found(index, piece, last);
                            }
                        }

                        @Override
                        public void refused(long index, String reason) {
                            Request.this.refused(index, reason);
                        }
                    });
            for (long index : open) {
                List<FragmentGathering.Candidate> fresh = candidates.apply(index).stream()
                        .filter(candidate -> !receiver.avoids(index, candidate.peer())
                                && askedForFragments.add(new Asked(index, candidate.peer())))
                        .toList();
                gathering.want(index, fragments.computeIfAbsent(index, _ -> new FragmentSet()), dataFragments, fresh);
            }
            gathering.run();
        }

        private void ask(PeerAddress peer, List<Long> indexes, boolean fresh) throws InterruptedException {
            long[] wanted = indexes.stream()
                    .filter(index -> !receiver.avoids(index, peer) && asked.add(new Asked(index, peer)))
                    .mapToLong(Long::longValue)
                    .toArray();
            if (wanted.length == 0) {
                return;
            }
            DataRequest request = fresh
                    ? new DataRequest.FreshPieces(wanted)
                    : new DataRequest.Pieces(ItemType.PIECE, priority, wanted);
            RequestOptions defaults = member.client().defaultOptions();
            // A controller may have to ask its node, which builds the genesis segment first.
            RequestOptions options = fresh
                    ? RequestOptions.within(DEADLINE)
                    : new RequestOptions(defaults.firstByte(), defaults.progress(), DEADLINE);
            Set<Long> unanswered = new HashSet<>();
            for (long index : wanted) {
                unanswered.add(index);
            }
            try {
                member.client().pieces(peer, request, options, answer -> {
                    unanswered.remove(answer.index());
                    switch (answer) {
                        case PieceAnswer.Found(long index, Piece piece) -> {
                            if (open.remove(index)) {
                                receiver.found(index, piece, peer);
                            }
                        }
                        case PieceAnswer.Missing(long index) -> refused(index, peer + " does not have it");
                        case PieceAnswer.Damaged(long index, String why) -> refused(index, peer + ": " + why);
                    }
                });
            } catch (DataPlaneException e) {
                unanswered.forEach(index -> refused(index, e.getMessage()));
            }
        }

        private void refused(long index, String reason) {
            reasons.merge(index, reason, (before, more) -> before + "; " + more);
        }
    }
}

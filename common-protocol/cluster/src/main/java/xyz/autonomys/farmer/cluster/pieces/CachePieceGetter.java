package xyz.autonomys.farmer.cluster.pieces;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Timer;
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
import java.util.function.LongFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import xyz.autonomys.farmer.cluster.control.CacheMaps;
import xyz.autonomys.farmer.cluster.control.Member;
import xyz.autonomys.farmer.cluster.control.MemberId;
import xyz.autonomys.farmer.cluster.control.MemberRole;
import xyz.autonomys.farmer.cluster.control.Placement;
import xyz.autonomys.farmer.cluster.data.PeerAddress;
import xyz.autonomys.farmer.cluster.member.ClusterMember;
import xyz.autonomys.farmer.cluster.parity.FragmentSet;
import xyz.autonomys.farmer.cluster.parity.PieceFragment;
import xyz.autonomys.farmer.primitives.Piece;
import xyz.autonomys.farmer.sector.plot.PieceGetter;
import xyz.autonomys.farmer.telemetry.Meters;

/**
 * Gets pieces from the cluster, source after source, each asked only for what the ones before did not give, or are slow to
 * give: the caches that hold a piece or its fragments by the cache map, those that held it by the maps before that are not
 * retired, full-piece caches, controllers, and at last every other cache, since after several changes of the map a piece
 * can lie with an owner of long ago. What the asker itself holds comes first of all. Among equals those on this host come first, and those that failed lately last.
 * Thread-safe.
 */
public final class CachePieceGetter implements PieceGetter {
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final Duration SHORTEST_BATCH = Duration.ofMillis(4);
    private static final double SICK = 0.5;

    private final ClusterMember member;
    private final CacheMaps maps;
    private final boolean priority;
    private final Optional<String> onlyCaches;
    private final Optional<Own> own;
    private final HedgeDelay hedge = new HedgeDelay();
    private final HedgeDelay fragmentHedge = new HedgeDelay();
    private final Counter hits;
    private final Counter misses;
    private final Timer times;

    /** Takes the answers of {@link #getFrom}, from any thread. */
    public interface SourcedReceiver {
        /** The piece with this index, and the peer that gave it. */
        void found(long pieceIndex, Piece piece, PeerAddress source);

        /** No piece this time; {@code reason} says who was asked and what went wrong. */
        void failed(long pieceIndex, String reason);

        /** Whether this peer must not be asked for this piece, since what it gave before was wrong. */
        boolean avoids(long pieceIndex, PeerAddress source);
    }

    /** What the asker holds itself, of this map or of those before. */
    public interface Own {
        /** The piece, checked. */
        Optional<Piece> piece(long pieceIndex);

        /** Fragments of the piece, checked. */
        List<PieceFragment> fragments(long pieceIndex);
    }

    /**
     * A getter.
     *
     * @param priority whether caches should keep room for these requests before others
     */
    public CachePieceGetter(ClusterMember member, CacheMaps maps, boolean priority) {
        this(member, maps, priority, Optional.empty(), Optional.empty());
    }

    private CachePieceGetter(
            ClusterMember member, CacheMaps maps, boolean priority, Optional<String> onlyCaches, Optional<Own> own) {
        this.own = own;
        this.member = member;
        this.maps = maps;
        this.priority = priority;
        this.onlyCaches = onlyCaches;
        Meters meters = member.meters();
        this.hits = meters.counter(
                "subspace_farmer_farmer_cache_cache_get_hit_Requests",
                "Pieces that sharded caches gave when they were asked for.");
        this.misses = meters.counter(
                "subspace_farmer_farmer_cache_cache_get_miss_Requests",
                "Pieces that were asked for and that no sharded cache gave.");
        this.times =
                meters.timer("autonomys_farmer_piece_get", "Time of a request for a batch of pieces.", SHORTEST_BATCH);
    }

    /** A getter that asks nobody but the holders by cache maps with this item type, to see what caches can do. */
    public static CachePieceGetter fromCachesOnly(ClusterMember member, CacheMaps maps, String itemType) {
        return new CachePieceGetter(member, maps, false, Optional.of(itemType), Optional.empty());
    }

    /** A getter for a cache, which may hold what it looks for in the form that another map asked for. */
    public static CachePieceGetter forCache(ClusterMember member, CacheMaps maps, Own own) {
        return new CachePieceGetter(member, maps, false, Optional.empty(), Optional.of(own));
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
        long start = System.nanoTime();
        Request request = new Request(pieceIndexes, receiver);
        request.takeOwn();
        List<Placement> whole = new ArrayList<>();
        List<Placement> placements = maps.alive().stream()
                .filter(placement ->
                        onlyCaches.isEmpty() || placement.map().itemType().equals(onlyCaches.get()))
                .toList();
        for (Placement placement : placements) {
            if (!placement.layout().isSplit()) {
                whole.add(placement);
                continue;
            }
            request.ask(holders(whole), List.of());
            whole.clear();
            request.gather(placement.layout().dataFragments(), index -> candidates(placement, index));
        }
        request.ask(holders(whole), onlyCaches.isEmpty() ? otherSources() : List.of());
        if (onlyCaches.isEmpty()) {
            askAllCachesForFragments(request, placements);
        }
        hits.increment(request.fromCaches);
        misses.increment(pieceIndexes.size() - request.fromCaches);
        times.record(Duration.ofNanos(System.nanoTime() - start));
        for (long index : request.open) {
            receiver.failed(
                    index, request.reasons.getOrDefault(index, "no cache, full-piece cache or controller is there"));
        }
    }

    /** Full-piece caches and controllers, one after the other, then all caches together. */
    private List<List<WholePieceGathering.Source>> otherSources() {
        List<List<WholePieceGathering.Source>> steps = new ArrayList<>();
        sources(others(MemberRole.FULL_PIECE_CACHE), false).forEach(source -> steps.add(List.of(source)));
        sources(others(MemberRole.CONTROLLER), true).forEach(source -> steps.add(List.of(source)));
        steps.add(sources(others(MemberRole.SHARDED_CACHE), false));
        return steps;
    }

    private static List<WholePieceGathering.Source> sources(List<Member> members, boolean controllers) {
        return members.stream()
                .flatMap(peer -> ClusterMember.address(peer).stream())
                .map(peer -> new WholePieceGathering.Source(peer, controllers))
                .toList();
    }

    private void askAllCachesForFragments(Request request, List<Placement> placements) throws InterruptedException {
        List<FragmentGathering.Candidate> all = others(MemberRole.SHARDED_CACHE).stream()
                .flatMap(cache -> ClusterMember.address(cache).stream())
                .map(peer -> new FragmentGathering.Candidate(peer, 1))
                .toList();
        Set<Integer> splits = new HashSet<>();
        for (Placement placement : placements) {
            if (placement.layout().isSplit() && splits.add(placement.layout().dataFragments())) {
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

    /** The holders of a whole piece that are there, map after map. */
    private LongFunction<List<List<WholePieceGathering.Source>>> holders(List<Placement> placements) {
        List<Placement> fixed = List.copyOf(placements);
        List<Member> ordered = others(MemberRole.SHARDED_CACHE);
        return index -> {
            List<List<WholePieceGathering.Source>> steps = new ArrayList<>();
            for (Placement placement : fixed) {
                Set<MemberId> holders = Set.copyOf(placement.holders(index));
                sources(
                                ordered.stream()
                                        .filter(cache -> holders.contains(cache.id()))
                                        .toList(),
                                false)
                        .forEach(source -> steps.add(List.of(source)));
            }
            return steps;
        };
    }

    /** One call's state. */
    private final class Request {
        private final Set<Long> open;
        private final Map<Long, String> reasons = new HashMap<>();
        private final Set<Asked> asked = new HashSet<>();
        private final SourcedReceiver receiver;
        private final Map<Long, FragmentSet> fragments = new HashMap<>();
        private final Set<Asked> askedForFragments = new HashSet<>();
        private final Set<PeerAddress> caches = member.membership().present(MemberRole.SHARDED_CACHE).stream()
                .flatMap(cache -> ClusterMember.address(cache).stream())
                .collect(Collectors.toSet());
        private int fromCaches;

        private record Asked(long index, PeerAddress peer) {}

        Request(Set<Long> indexes, SourcedReceiver receiver) {
            this.open = new HashSet<>(indexes);
            this.receiver = receiver;
        }

        /** Takes what the asker holds itself. */
        void takeOwn() {
            Optional<PeerAddress> self = member.address(member.id());
            if (own.isEmpty() || self.isEmpty()) {
                return;
            }
            for (long index : List.copyOf(open)) {
                if (receiver.avoids(index, self.get())) {
                    continue;
                }
                Optional<Piece> piece = own.get().piece(index);
                for (PieceFragment fragment :
                        piece.isPresent() ? List.<PieceFragment>of() : own.get().fragments(index)) {
                    if (piece.isEmpty()) {
                        piece = fragments
                                .computeIfAbsent(index, _ -> new FragmentSet())
                                .add(fragment);
                    }
                }
                if (piece.isPresent()) {
                    open.remove(index);
                    give(index, piece.get(), self.get());
                }
            }
        }

        /** Asks for what is open: its holders, then the others. */
        void ask(
                LongFunction<List<List<WholePieceGathering.Source>>> holders,
                List<List<WholePieceGathering.Source>> others)
                throws InterruptedException {
            WholePieceGathering gathering = new WholePieceGathering(
                    member.client(), priority, DEADLINE, hedge, new WholePieceGathering.Answers() {
                        @Override
                        public void found(long index, Piece piece, PeerAddress source) {
                            open.remove(index);
                            give(index, piece, source);
                        }

                        @Override
                        public void refused(long index, String reason) {
                            Request.this.refused(index, reason);
                        }
                    });
            for (long index : open) {
                gathering.want(
                        index,
                        Stream.concat(holders.apply(index).stream(), others.stream())
                                .map(step -> step.stream()
                                        .filter(source -> !receiver.avoids(index, source.peer())
                                                && asked.add(new Asked(index, source.peer())))
                                        .toList())
                                .filter(step -> !step.isEmpty())
                                .toList());
            }
            gathering.run();
        }

        /** Gathers fragments of what is open; those that came before count as well. */
        void gather(int dataFragments, LongFunction<List<FragmentGathering.Candidate>> candidates)
                throws InterruptedException {
            FragmentGathering gathering = new FragmentGathering(
                    member.client(), priority, DEADLINE, fragmentHedge, new FragmentGathering.Answers() {
                        @Override
                        public void rebuilt(long index, Piece piece, PeerAddress last) {
                            if (open.remove(index)) {
                                give(index, piece, last);
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

        private void give(long index, Piece piece, PeerAddress source) {
            if (caches.contains(source)) {
                fromCaches++;
            }
            receiver.found(index, piece, source);
        }

        private void refused(long index, String reason) {
            reasons.merge(index, reason, (before, more) -> before + "; " + more);
        }
    }
}

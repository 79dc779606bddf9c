package xyz.autonomys.farmer.cluster.pieces;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import xyz.autonomys.farmer.cluster.control.CacheLayout;
import xyz.autonomys.farmer.cluster.control.CacheMap;
import xyz.autonomys.farmer.cluster.control.CacheMaps;
import xyz.autonomys.farmer.cluster.control.ChainInfo;
import xyz.autonomys.farmer.cluster.control.ChainInfos;
import xyz.autonomys.farmer.cluster.control.ControlException;
import xyz.autonomys.farmer.cluster.control.Member;
import xyz.autonomys.farmer.cluster.control.MemberId;
import xyz.autonomys.farmer.cluster.control.MemberRole;
import xyz.autonomys.farmer.cluster.control.NatsSettings;
import xyz.autonomys.farmer.cluster.control.SegmentLedger;
import xyz.autonomys.farmer.cluster.control.Subjects;
import xyz.autonomys.farmer.cluster.data.DataRequest;
import xyz.autonomys.farmer.cluster.member.ClusterMember;
import xyz.autonomys.farmer.cluster.member.MemberOptions;
import xyz.autonomys.farmer.cluster.member.MemberStatus;
import xyz.autonomys.farmer.primitives.Blake3Hash;
import xyz.autonomys.farmer.primitives.FarmerProtocolInfo;
import xyz.autonomys.farmer.primitives.hash.Blake3;

/**
 * A controller of {@link TestHistory}: a real member that records headers, puts every cache that it sees into the cache
 * map, and serves fresh pieces, some of them wrong or not at all if a test wants that.
 */
public final class TestController implements AutoCloseable {
    /** Genesis hash of the test chain. */
    public static final Blake3Hash GENESIS = Blake3Hash.of(new byte[Blake3Hash.SIZE]);

    private final ClusterMember member;
    private final SegmentLedger ledger;
    private final CacheMaps maps;
    private final ChainInfos chain;
    private final Map<MemberId, Long> weights = new ConcurrentHashMap<>();
    private final Set<MemberId> forgotten = ConcurrentHashMap.newKeySet();
    private final Set<Long> wrong = ConcurrentHashMap.newKeySet();
    private final Set<Long> withheld = ConcurrentHashMap.newKeySet();
    private volatile CacheLayout layout = CacheLayout.pieces(1);
    private final AtomicLong served = new AtomicLong();
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("test-controller").factory());

    /** Starts a controller that knows this many segments. */
    public TestController(String natsUrl, String cluster, int segments) throws Exception {
        this.member = ClusterMember.establish(options(natsUrl, cluster, MemberRole.CONTROLLER), GENESIS);
        this.ledger = new SegmentLedger(member.control(), _ -> {});
        this.maps = new CacheMaps(member.control(), _ -> {});
        member.server().register(DataRequest.FreshPieces.class, (request, answer) -> {
            for (long index : request.indices()) {
                if (withheld.contains(index)) {
                    answer.missing(index);
                    continue;
                }
                byte[] bytes = TestHistory.piece(wrong.contains(index) ? index + 2 : index)
                        .array();
                answer.item(index, bytes, Blake3.hash(bytes));
                served.incrementAndGet();
            }
        });
        this.chain = new ChainInfos(member.control());
        chain.publish(new ChainInfo(new FarmerProtocolInfo(segments, 1000, 5, 1, 10, 4), 4000));
        member.announce(() -> MemberStatus.working(0, List.of()));
        grow(0, segments);
        clock.scheduleWithFixedDelay(this::propose, 0, 100, TimeUnit.MILLISECONDS);
    }

    /** Options of a member on this machine that has a random identity. */
    public static MemberOptions options(String natsUrl, String cluster, MemberRole role) {
        return new MemberOptions(
                role,
                MemberId.random(),
                NatsSettings.of(List.of(natsUrl)),
                new Subjects(cluster),
                0,
                Optional.of("127.0.0.1"),
                "test");
    }

    private void propose() {
        for (Member cache : member.membership().present(MemberRole.SHARDED_CACHE)) {
            if (!forgotten.contains(cache.id())) {
                weights.put(cache.id(), cache.capacityBytes());
            }
        }
        Optional<CacheMap> newest = maps.newest();
        if (weights.isEmpty()
                || newest.filter(map ->
                                map.weights().equals(weights) && map.layout().equals(layout))
                        .isPresent()) {
            return;
        }
        try {
            maps.announce(CacheMap.after(newest, layout, weights, System.currentTimeMillis()));
        } catch (ControlException e) {
            // NATS is away for a moment; the next round proposes again.
            return;
        }
    }

    /** From now on the caches keep pieces in this form. */
    public void keep(CacheLayout newLayout) {
        layout = newLayout;
    }

    /** From now on maps are without this cache. */
    public void forget(MemberId cache) {
        weights.remove(cache);
        forgotten.add(cache);
    }

    /** History grows from one number of segments to another. */
    public void grow(int from, int to) throws Exception {
        for (int segment = from; segment < to; segment++) {
            ledger.record(TestHistory.header(segment));
        }
    }

    /** From now on gives another piece for this index. */
    public void lieAbout(long index) {
        wrong.add(index);
    }

    /** From now on tells the truth about this index. */
    public void repent(long index) {
        wrong.remove(index);
    }

    /** From now on does not have the piece. */
    public void withhold(long index) {
        withheld.add(index);
    }

    /** Has the piece again. */
    public void release(long index) {
        withheld.remove(index);
    }

    /** Pieces given so far. */
    public long served() {
        return served.get();
    }

    /** Its place in the cluster. */
    public ClusterMember member() {
        return member;
    }

    /** The cache maps it publishes. */
    public CacheMaps maps() {
        return maps;
    }

    @Override
    public void close() {
        clock.shutdownNow();
        maps.close();
        chain.close();
        ledger.close();
        member.close();
    }
}

package xyz.autonomys.farmer.cache.sharded;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import xyz.autonomys.farmer.archiving.Parallelism;
import xyz.autonomys.farmer.archiving.PieceVerifier;
import xyz.autonomys.farmer.cluster.control.CacheMaps;
import xyz.autonomys.farmer.cluster.control.ControlException;
import xyz.autonomys.farmer.cluster.control.ControlFormatException;
import xyz.autonomys.farmer.cluster.control.Member;
import xyz.autonomys.farmer.cluster.control.MemberId;
import xyz.autonomys.farmer.cluster.control.MemberRole;
import xyz.autonomys.farmer.cluster.control.Placement;
import xyz.autonomys.farmer.cluster.control.SegmentLedger;
import xyz.autonomys.farmer.cluster.data.DataRequest;
import xyz.autonomys.farmer.cluster.member.ClusterMember;
import xyz.autonomys.farmer.cluster.member.MemberStatus;
import xyz.autonomys.farmer.cluster.pieces.CachePieceGetter;
import xyz.autonomys.farmer.cluster.pieces.FillProgress;
import xyz.autonomys.farmer.cluster.pieces.LedgerPieceCheck;
import xyz.autonomys.farmer.cluster.pieces.PieceFiller;
import xyz.autonomys.farmer.cluster.pieces.PieceServing;
import xyz.autonomys.farmer.kzg.Kzg;

/**
 * The role. Everyone computes from the cache map which pieces lie here; this cache does the same, fetches those that it
 * lacks, and serves whatever it has. When history grows or the map changes, it fetches what is new; a piece that is not
 * its own any more stays until its slot is needed.
 */
public final class ShardedCache implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ShardedCache.class);
    private static final Duration REPORT_EVERY = Duration.ofSeconds(10);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(2);

    private final SlotStores stores;
    private final ClusterMember member;
    private final SegmentLedger ledger;
    private final CacheMaps maps;
    private final CacheShare share;
    private final PieceFiller filler;
    private final PieceServing serving;
    /** Follows maps and headers, in the order they come. */
    private final ExecutorService planner = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("cache-share").factory());

    private final ScheduledExecutorService reporter = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("cache-report").factory());
    private String lastReport = "";
    private volatile boolean begun;
    /** Whether the share changes just now, so that what is lacking is not known to the end. */
    private volatile boolean planning;

    private ShardedCache(ShardedCacheSettings settings, SlotStores stores, ClusterMember member, Kzg kzg)
            throws ControlException, InterruptedException {
        this.stores = stores;
        this.member = member;
        this.share = new CacheShare(member.id(), stores.slots());
        this.ledger = new SegmentLedger(member.control(), _ -> plan(this::grow));
        this.maps = new CacheMaps(member.control(), placement -> plan(() -> place(placement)));
        this.filler = new PieceFiller(
                settings.fill(),
                new CachePieceGetter(member, maps, false),
                new LedgerPieceCheck(new PieceVerifier(kzg, Parallelism.allCores()), ledger),
                pieces -> stores.put(pieces, share::contains));
        this.serving = new PieceServing(stores::read, this::lost);
        LOG.info("{}; {}", settings.fill().memoryBudget(), serving.memoryBudget());
    }

    /**
     * Opens the directories, joins the cluster, waiting for NATS and a controller as long as it takes, and begins to
     * fill and serve.
     *
     * @param kzg checks pieces; must be open on the setup of the chain
     * @throws IOException if a directory cannot be used, holds pieces of another chain, or the port is taken
     * @throws ControlException if the cluster refuses this process for good
     */
    public static ShardedCache start(ShardedCacheSettings settings, Kzg kzg)
            throws IOException, ControlException, ControlFormatException, InterruptedException {
        SlotStores stores = SlotStores.open(settings.paths());
        ClusterMember member = null;
        boolean started = false;
        try {
            member = ClusterMember.join(settings.member().as(MemberRole.SHARDED_CACHE, stores.memberId()));
            stores.checkChain(member.identity().genesisHash());
            ShardedCache cache = new ShardedCache(settings, stores, member, kzg);
            cache.begin();
            started = true;
            return cache;
        } finally {
            if (!started) {
                if (member != null) {
                    member.close();
                }
                stores.close();
            }
        }
    }

    private void begin() {
        begun = true;
        plan(this::grow);
        maps.current().ifPresent(placement -> plan(() -> place(placement)));
        member.server().register(DataRequest.Pieces.class, serving);
        member.announce(this::status);
        reporter.scheduleWithFixedDelay(
                this::report, REPORT_EVERY.toMillis(), REPORT_EVERY.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** What comes before the beginning is taken into account by the beginning itself. */
    private void plan(Runnable step) {
        if (!begun) {
            return;
        }
        try {
            planner.execute(() -> {
                planning = true;
                try {
                    step.run();
                } catch (RuntimeException e) {
                    LOG.error("The cache's share could not be computed", e);
                } finally {
                    planning = false;
                }
            });
        } catch (RejectedExecutionException e) {
            LOG.debug("A change came while the cache closes");
        }
    }

    private void place(Placement placement) {
        share.place(placement);
        filler.retain(share::contains);
        wantLacking();
        LOG.info(
                "Cache map {}: this cache holds {} of the pieces so far, {} are lacking",
                Long.toUnsignedString(placement.map().epoch()),
                share.pieces().size(),
                filler.lacking());
        warnOfSize();
    }

    private void grow() {
        share.grow(ledger.contiguousSegments());
        wantLacking();
        warnOfSize();
    }

    private void wantLacking() {
        for (long index : share.pieces()) {
            if (!stores.contains(index)) {
                filler.want(index);
            }
        }
    }

    private void warnOfSize() {
        if (share.beyondSlots() > 0) {
            LOG.warn(
                    "{} pieces of this cache's share have no slot; give it a larger size or add caches",
                    share.beyondSlots());
        }
    }

    private void lost(long index) {
        if (share.contains(index)) {
            filler.want(index);
        }
    }

    private MemberStatus status() {
        FillProgress progress = progress();
        return new MemberStatus(
                stores.capacityBytes(),
                stores.usedBytes(),
                serving.load(),
                share.beyondSlots() == 0,
                progress.waitingFor(),
                List.of(
                        new Member.Detail("pieces stored", Long.toString(progress.stored())),
                        new Member.Detail("pieces wanted", Long.toString(progress.wanted())),
                        new Member.Detail("pieces per second", String.format("%.1f", progress.piecesPerSecond())),
                        new Member.Detail("pieces served", Long.toString(serving.served())),
                        new Member.Detail("pieces damaged", Long.toString(serving.damaged())),
                        new Member.Detail("pieces rejected", Long.toString(progress.rejected()))));
    }

    private void report() {
        FillProgress progress = progress();
        String report = progress.describe();
        if (!report.equals(lastReport)) {
            LOG.info("Sharded cache: {}", report);
            lastReport = report;
        }
    }

    /** How far the cache is. */
    public FillProgress progress() {
        long wanted = share.pieces().size();
        long lacking = Math.min(wanted, planning ? Math.max(1, filler.lacking()) : filler.lacking());
        String waitingFor = filler.waitingFor();
        if (maps.current().isEmpty()) {
            waitingFor = "a cache map from a controller";
        } else if (ledger.contiguousSegments() == 0) {
            waitingFor = "the first segment of history";
        }
        return new FillProgress(wanted - lacking, wanted, filler.piecesPerSecond(), filler.rejected(), waitingFor);
    }

    /** Identity of this cache in the cluster. */
    public MemberId id() {
        return member.id();
    }

    /** Where peers reach it. */
    public String dataAddress() {
        return member.dataAddress();
    }

    /** Pieces given to peers since the start. */
    public long served() {
        return serving.served();
    }

    /** Stops filling and serving and leaves the cluster, within 10 seconds; what is stored stays. */
    @Override
    public void close() {
        reporter.shutdownNow();
        maps.close();
        ledger.close();
        planner.shutdownNow();
        try {
            planner.awaitTermination(STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        filler.close();
        member.close();
        stores.close();
    }
}

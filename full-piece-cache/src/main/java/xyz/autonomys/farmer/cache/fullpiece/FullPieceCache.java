package xyz.autonomys.farmer.cache.fullpiece;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import xyz.autonomys.farmer.archiving.Parallelism;
import xyz.autonomys.farmer.archiving.PieceIndexes;
import xyz.autonomys.farmer.archiving.PieceVerifier;
import xyz.autonomys.farmer.cluster.control.CacheMaps;
import xyz.autonomys.farmer.cluster.control.ControlException;
import xyz.autonomys.farmer.cluster.control.ControlFormatException;
import xyz.autonomys.farmer.cluster.control.Member;
import xyz.autonomys.farmer.cluster.control.MemberId;
import xyz.autonomys.farmer.cluster.control.MemberRole;
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
import xyz.autonomys.farmer.primitives.ProtocolSizes;
import xyz.autonomys.farmer.primitives.SegmentHeader;
import xyz.autonomys.farmer.store.PieceReading;
import xyz.autonomys.farmer.store.SegmentLabel;
import xyz.autonomys.farmer.telemetry.StandingWait;

/**
 * The role. It wants every piece of history, segment after segment, fetches those it lacks from caches and controllers,
 * and serves whatever it has.
 */
public final class FullPieceCache implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FullPieceCache.class);
    private static final Duration REPORT_EVERY = Duration.ofSeconds(10);
    private static final String OWNER = "full-piece-cache";
    private static final Duration HISTORY_PATIENCE = Duration.ofSeconds(60);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(2);

    private final SegmentDirectories directories;
    private final ClusterMember member;
    private final SegmentLedger ledger;
    private final CacheMaps maps;
    private final PieceFiller filler;
    private final PieceServing serving;
    private final StandingWait history;
    /** Segments whose files here contradict the cluster. */
    private final Set<Long> foreign = ConcurrentHashMap.newKeySet();
    /** Follows headers, one after the other. */
    private final ExecutorService planner = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("full-piece-plan").factory());

    private final ScheduledExecutorService reporter = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("full-piece-report").factory());
    private volatile long segments;
    private String lastReport = "";
    private volatile boolean begun;

    private FullPieceCache(
            FullPieceCacheSettings settings, SegmentDirectories directories, ClusterMember member, Kzg kzg)
            throws ControlException, InterruptedException {
        this.directories = directories;
        this.member = member;
        this.ledger = new SegmentLedger(member.control(), _ -> planGrowth());
        this.maps = new CacheMaps(member.control(), _ -> {});
        this.filler = new PieceFiller(
                settings.fill(),
                new CachePieceGetter(member, maps, false),
                new LedgerPieceCheck(new PieceVerifier(kzg, Parallelism.allCores()), ledger),
                pieces -> directories.put(pieces, this::label),
                OWNER,
                member.waits());
        this.history = new StandingWait(
                member.waits(),
                OWNER,
                "the first segment of history",
                HISTORY_PATIENCE,
                "look at the controllers' logs: one of them has to be connected to its node");
        this.serving = new PieceServing(this::read, filler::want);
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
    public static FullPieceCache start(FullPieceCacheSettings settings, Kzg kzg)
            throws IOException, ControlException, ControlFormatException, InterruptedException {
        SegmentDirectories directories = SegmentDirectories.open(settings.paths(), settings.temporary());
        ClusterMember member = null;
        boolean started = false;
        try {
            member = ClusterMember.join(settings.member().as(MemberRole.FULL_PIECE_CACHE, directories.memberId()));
            directories.checkChain(member.identity().genesisHash());
            FullPieceCache cache = new FullPieceCache(settings, directories, member, kzg);
            cache.begin();
            started = true;
            return cache;
        } finally {
            if (!started) {
                if (member != null) {
                    member.close();
                }
                directories.close();
            }
        }
    }

    private void begin() {
        begun = true;
        history.lacks("no controller has recorded one");
        planGrowth();
        member.server().register(DataRequest.Pieces.class, serving);
        serving.observe(
                member.meters(),
                member.id(),
                filler::stored,
                () -> progress().stored() + directories.freeBytes() / ProtocolSizes.PIECE_BYTES,
                () -> progress().stored());
        member.announce(this::status);
        reporter.scheduleWithFixedDelay(
                this::report, REPORT_EVERY.toMillis(), REPORT_EVERY.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void planGrowth() {
        if (!begun) {
            return;
        }
        try {
            planner.execute(this::grow);
        } catch (RejectedExecutionException e) {
            LOG.debug("A header came while the cache closes");
        }
    }

    private void grow() {
        long known = ledger.contiguousSegments();
        for (long segment = segments; segment < known; segment++) {
            SegmentLabel held = directories.label(segment);
            if (held != null && !held.equals(label(segment))) {
                foreign.add(segment);
                LOG.error("A file here has {}, the cluster has {}; it is not used, remove it", held, label(segment));
                continue;
            }
            Optional<String> fault = directories.fault(segment);
            if (fault.isPresent()) {
                foreign.add(segment);
                LOG.error("Segment {} is not served: {}", Long.toUnsignedString(segment), fault.get());
                continue;
            }
            for (int position = 0; position < ProtocolSizes.SEGMENT_PIECES; position++) {
                long index = PieceIndexes.of(segment, position);
                if (!directories.contains(index)) {
                    filler.want(index);
                }
            }
        }
        segments = known;
        if (known > 0) {
            history.over();
        }
    }

    private SegmentLabel label(long segment) {
        SegmentHeader header = ledger.header(segment).orElseThrow();
        return new SegmentLabel(segment, member.identity().genesisHash(), header.segmentCommitment());
    }

    private PieceReading read(long index) {
        return foreign.contains(PieceIndexes.segmentIndex(index)) ? new PieceReading.Absent() : directories.read(index);
    }

    private MemberStatus status() {
        FillProgress progress = progress();
        long used = progress.stored() * ProtocolSizes.PIECE_BYTES;
        return new MemberStatus(
                used + directories.freeBytes(),
                used,
                serving.load(),
                foreign.isEmpty(),
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
        String report = progress().describe();
        if (!report.equals(lastReport)) {
            LOG.info("Full-piece cache: {}", report);
            lastReport = report;
        }
    }

    /** How far the cache is. */
    public FillProgress progress() {
        long wanted = (segments - foreign.size()) * ProtocolSizes.SEGMENT_PIECES;
        long lacking = Math.min(wanted, filler.lacking());
        String waitingFor = segments == 0 ? "the first segment of history" : filler.waitingFor();
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

    /** Stops filling and serving and leaves the cluster, within 10 seconds; what is temporary is discarded. */
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
        directories.close();
    }
}

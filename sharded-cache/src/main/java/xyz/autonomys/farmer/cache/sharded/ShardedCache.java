package xyz.autonomys.farmer.cache.sharded;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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
import xyz.autonomys.farmer.cluster.data.Answer;
import xyz.autonomys.farmer.cluster.data.DataClient;
import xyz.autonomys.farmer.cluster.data.DataRequest;
import xyz.autonomys.farmer.cluster.member.ClusterMember;
import xyz.autonomys.farmer.cluster.member.MemberStatus;
import xyz.autonomys.farmer.cluster.parity.PieceFragment;
import xyz.autonomys.farmer.cluster.pieces.CachePieceGetter;
import xyz.autonomys.farmer.cluster.pieces.CacheStatus;
import xyz.autonomys.farmer.cluster.pieces.FillProgress;
import xyz.autonomys.farmer.cluster.pieces.LedgerPieceCheck;
import xyz.autonomys.farmer.cluster.pieces.PieceFiller;
import xyz.autonomys.farmer.cluster.pieces.PieceServing;
import xyz.autonomys.farmer.cluster.pieces.VerifiedPiece;
import xyz.autonomys.farmer.kzg.Kzg;
import xyz.autonomys.farmer.primitives.Blake3Hash;
import xyz.autonomys.farmer.primitives.Piece;
import xyz.autonomys.farmer.primitives.hash.Blake3;
import xyz.autonomys.farmer.store.PieceReading;
import xyz.autonomys.farmer.telemetry.StandingWait;

/**
 * The role. Everyone computes from the cache map which pieces lie here; this cache does the same, fetches those that it
 * lacks, and serves whatever it has. When history grows or the map changes, it fetches what is new; a piece that is not
 * its own any more stays until its slot is needed.
 */
public final class ShardedCache implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ShardedCache.class);
    private static final Duration REPORT_EVERY = Duration.ofSeconds(10);
    private static final String OWNER = "sharded-cache";
    private static final Duration CONTROLLER_PATIENCE = Duration.ofSeconds(60);
    /** A share that has no room while a map changes is no news. */
    private static final Duration ROOM_PATIENCE = Duration.ofSeconds(60);

    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(2);

    private final SlotStores stores;
    private final ClusterMember member;
    private final SegmentLedger ledger;
    private final CacheMaps maps;
    private final CacheShare share;
    private final PieceFiller filler;
    private final PieceServing serving;
    private final Eviction eviction;
    private final long scrubBytesPerSecond;
    private final StandingWait cacheMap;
    private final StandingWait history;
    private final StandingWait room;
    private Scrub scrub;
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
        this.scrubBytesPerSecond = settings.scrubBytesPerSecond();
        this.share = new CacheShare(member.id(), stores.slots());
        this.ledger = new SegmentLedger(member.control(), _ -> plan(this::grow));
        this.maps = new CacheMaps(member.control(), placement -> plan(() -> place(placement)));
        this.filler = new PieceFiller(
                settings.fill(),
                CachePieceGetter.forCache(member, maps, new OwnItems()),
                new LedgerPieceCheck(new PieceVerifier(kzg, Parallelism.allCores()), ledger),
                this::store,
                OWNER,
                member.waits());
        this.cacheMap = new StandingWait(
                member.waits(),
                OWNER,
                "a cache map from a controller",
                CONTROLLER_PATIENCE,
                "start a controller; see util members whether this cache is in the cluster that the controllers are in");
        this.history = new StandingWait(
                member.waits(),
                OWNER,
                "the first segment of history",
                CONTROLLER_PATIENCE,
                "look at the controllers' logs: one of them has to be connected to its node");
        this.room = new StandingWait(
                member.waits(),
                OWNER,
                "room for its share of pieces",
                ROOM_PATIENCE,
                "give this cache a larger size= or another path=, or start further caches");
        this.serving = new PieceServing(this::readPiece, this::readFragments, this::lost);
        this.eviction = new Eviction(member, share, stores);
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
        cacheMap.lacks("none was announced");
        history.lacks("no controller has recorded one");
        plan(this::grow);
        maps.current().ifPresent(placement -> plan(() -> place(placement)));
        member.server().register(DataRequest.Pieces.class, serving);
        member.server().register(DataRequest.Holdings.class, this::tellHoldings);
        serving.observe(member.meters(), member.id(), filler::stored, stores::slots, stores::count);
        member.announce(this::status);
        if (scrubBytesPerSecond > 0) {
            scrub = new Scrub(stores, scrubBytesPerSecond, this::foundDamaged);
        }
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
        cacheMap.over();
        share.place(placement);
        filler.retain(this::lacks);
        wantLacking();
        LOG.info(
                "New {}; of {} pieces of this cache's share {} are lacking",
                placement.map().describe(),
                share.size(),
                filler.lacking());
        noteRoom();
    }

    private void grow() {
        long segments = ledger.contiguousSegments();
        if (segments > 0) {
            history.over();
        }
        share.grow(segments);
        wantLacking();
        noteRoom();
    }

    private void wantLacking() {
        share.forEach(index -> {
            if (lacks(index)) {
                filler.want(index);
            }
        });
    }

    private boolean lacks(long index) {
        return share.contains(index) && !stores.holdsAll(share.items(index));
    }

    /** Stores of verified pieces what this cache should hold of them. */
    private void store(List<VerifiedPiece> pieces) throws IOException {
        List<CacheItem.Content> contents = new ArrayList<>();
        for (VerifiedPiece piece : pieces) {
            Blake3Hash checksum = null;
            for (CacheItem item : share.items(piece.index())) {
                if (stores.holds(item)) {
                    continue;
                }
                byte[] bytes = piece.piece().array();
                if (item.parts() > 1) {
                    checksum = checksum == null ? Blake3.hash(bytes) : checksum;
                    bytes = PieceFragment.cut(piece.piece(), checksum, item.parts(), item.number())
                            .bytes();
                }
                contents.add(new CacheItem.Content(item, bytes));
            }
        }
        if (contents.isEmpty()) {
            return;
        }
        int parts = contents.getFirst().item().parts();
        // The map may have changed between two pieces; what is of the other form is wanted again.
        contents.removeIf(content -> content.item().parts() != parts);
        try {
            eviction.makeRoom(contents.size(), parts);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("the cache closes", e);
        }
        stores.put(contents);
    }

    private PieceReading readPiece(long index) throws IOException {
        SlotStore.Reading reading = stores.read(CacheItem.whole(index));
        if (!reading.fault().isEmpty()) {
            return new PieceReading.Corrupt(reading.fault());
        }
        return reading.bytes() == null
                ? new PieceReading.Absent()
                : new PieceReading.Found(Piece.wrap(reading.bytes()), reading.checksum());
    }

    private List<PieceFragment> readFragments(long index) throws IOException {
        List<PieceFragment> fragments = new ArrayList<>(1);
        int bytes = 0;
        for (CacheItem item : stores.itemsOf(index)) {
            if (item.parts() == 1 || bytes + CacheItem.bytesOf(item.parts()) > DataClient.MAX_FRAGMENTS_BYTES) {
                continue;
            }
            SlotStore.Reading reading = stores.read(item);
            if (!reading.fault().isEmpty()) {
                foundDamaged(index, reading.fault());
            } else if (reading.bytes() != null) {
                fragments.add(PieceFragment.decode(reading.bytes()));
                bytes += reading.bytes().length;
            }
        }
        return fragments;
    }

    /** What the filler finds here, in the form of a map before. */
    private final class OwnItems implements CachePieceGetter.Own {
        @Override
        public Optional<Piece> piece(long index) {
            try {
                return readPiece(index) instanceof PieceReading.Found found
                        ? Optional.of(found.piece())
                        : Optional.empty();
            } catch (IOException e) {
                LOG.debug("Piece {} is not read: {}", Long.toUnsignedString(index), e.getMessage());
                return Optional.empty();
            }
        }

        @Override
        public List<PieceFragment> fragments(long index) {
            try {
                return readFragments(index);
            } catch (IOException e) {
                LOG.debug("Fragments of piece {} are not read: {}", Long.toUnsignedString(index), e.getMessage());
                return List.of();
            }
        }
    }

    private void foundDamaged(long index, String what) {
        LOG.error("{}; it is dropped and made again", what);
        serving.foundDamaged();
        lost(index);
    }

    /** Says which pieces of its share this cache holds. */
    private void tellHoldings(DataRequest.Holdings request, Answer answer) throws IOException, InterruptedException {
        if (planning || share.epoch() != request.epoch()) {
            answer.missing(0);
            return;
        }
        long[] indices = request.indices();
        byte[] bits = new byte[Math.ceilDiv(indices.length, Byte.SIZE)];
        for (int i = 0; i < indices.length; i++) {
            List<CacheItem> items = share.items(indices[i]);
            if (!items.isEmpty() && stores.holdsAll(items)) {
                bits[i / Byte.SIZE] |= (byte) (1 << i % Byte.SIZE);
            }
        }
        answer.item(0, bits, Blake3.hash(bits));
    }

    private void noteRoom() {
        long beyond = share.beyondSlots();
        if (beyond > 0) {
            room.lacks(beyond + " of " + (beyond + share.size()) + " pieces have no slot")
                    .item("(" + beyond + " pieces)");
        } else {
            room.over();
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
                details(progress));
    }

    private List<Member.Detail> details(FillProgress progress) {
        List<Member.Detail> details = new ArrayList<>(new CacheStatus(
                        epoch(),
                        progress.stored(),
                        progress.wanted(),
                        progress.piecesPerSecond(),
                        stores.count(),
                        stores.contents().toString())
                .details());
        details.add(new Member.Detail("pieces served", Long.toString(serving.served())));
        details.add(new Member.Detail("pieces damaged", Long.toString(serving.damaged())));
        details.add(new Member.Detail("pieces rejected", Long.toString(progress.rejected())));
        details.add(new Member.Detail("items scrubbed", Long.toString(scrub == null ? 0 : scrub.checked())));
        return details;
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
        long wanted = share.size();
        long lacking = Math.min(wanted, planning ? Math.max(1, filler.lacking()) : filler.lacking());
        String waitingFor = filler.waitingFor();
        if (maps.current().isEmpty()) {
            waitingFor = "a cache map from a controller";
        } else if (ledger.contiguousSegments() == 0) {
            waitingFor = "the first segment of history";
        }
        return new FillProgress(wanted - lacking, wanted, filler.piecesPerSecond(), filler.rejected(), waitingFor);
    }

    /** Number of the cache map by which it has placed its share, 0 if none yet (u64). */
    public long epoch() {
        return planning ? 0 : share.epoch();
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
        if (scrub != null) {
            scrub.close();
        }
        member.close();
        stores.close();
    }
}

package xyz.autonomys.farmer.plotserver;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import xyz.autonomys.farmer.archiving.Parallelism;
import xyz.autonomys.farmer.archiving.PieceVerifier;
import xyz.autonomys.farmer.cluster.control.CacheMaps;
import xyz.autonomys.farmer.cluster.control.ControlException;
import xyz.autonomys.farmer.cluster.control.ControlFormatException;
import xyz.autonomys.farmer.cluster.control.Member;
import xyz.autonomys.farmer.cluster.control.PlotProgress;
import xyz.autonomys.farmer.cluster.control.PlotTask;
import xyz.autonomys.farmer.cluster.control.PlottingQueue;
import xyz.autonomys.farmer.cluster.control.SegmentLedger;
import xyz.autonomys.farmer.cluster.control.StagedSector;
import xyz.autonomys.farmer.cluster.control.StagedSectors;
import xyz.autonomys.farmer.cluster.data.Answer;
import xyz.autonomys.farmer.cluster.data.DataRequest;
import xyz.autonomys.farmer.cluster.member.ClusterMember;
import xyz.autonomys.farmer.cluster.member.MemberStatus;
import xyz.autonomys.farmer.cluster.pieces.CachePieceGetter;
import xyz.autonomys.farmer.cluster.pieces.LedgerPieceCheck;
import xyz.autonomys.farmer.kzg.Kzg;
import xyz.autonomys.farmer.pos.PosTables;
import xyz.autonomys.farmer.sector.plot.PieceRetries;
import xyz.autonomys.farmer.sector.plot.PlotListener;
import xyz.autonomys.farmer.sector.plot.PlotRequest;
import xyz.autonomys.farmer.sector.plot.PlottedSector;
import xyz.autonomys.farmer.sector.plot.PlottingException;
import xyz.autonomys.farmer.sector.plot.SectorPlotter;

/**
 * The role. A task leaves the queue only when its sector lies durably on the staging disk; a staged sector goes only when
 * its owner says that it has it. So a death at any moment costs at most the sectors in work.
 */
public final class PlotServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PlotServer.class);
    private static final Duration PULL_PATIENCE = Duration.ofSeconds(5);
    private static final Duration ROOM_CHECK = Duration.ofMillis(500);
    private static final Duration RETRY = Duration.ofSeconds(5);
    private static final Duration PROGRESS = Duration.ofSeconds(1);
    private static final Duration STILL_AT_IT = Duration.ofSeconds(10);
    private static final PieceRetries PIECES = new PieceRetries(8, Duration.ofSeconds(1), Duration.ofSeconds(30));

    private final PlotServerSettings settings;
    private final ClusterMember member;
    private final SegmentLedger ledger;
    private final CacheMaps cacheMaps;
    private final StagingDirectory staging;
    private final StagedSectors announcements;
    private final PlottingQueue queue;
    private final SectorPlotter plotter;
    private final CachePieceGetter pieces;
    private final LedgerPieceCheck check;
    private final Semaphore room;
    private final Map<String, InWork> inWork = new ConcurrentHashMap<>();
    private final AtomicLong plotted = new AtomicLong();
    private final ExecutorService workers = Executors.newCachedThreadPool(
            Thread.ofPlatform().daemon().name("sector-", 0).factory());
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("plot-progress").factory());
    private volatile String waitingFor = "";
    private volatile boolean closing;

    private record InWork(PlottingQueue.Pulled pulled, Progress progress) {}

    private PlotServer(PlotServerSettings settings, Kzg kzg)
            throws IOException, ControlException, ControlFormatException, InterruptedException {
        this.settings = settings;
        this.staging = new StagingDirectory(settings.staging());
        this.room = new Semaphore(settings.sectors());
        this.member = ClusterMember.join(settings.member());
        this.ledger = new SegmentLedger(member.control(), header -> {});
        this.cacheMaps = new CacheMaps(member.control(), placement -> {});
        this.pieces = new CachePieceGetter(member, cacheMaps, settings.priorityCache());
        this.check = new LedgerPieceCheck(new PieceVerifier(kzg, Parallelism.allCores()), ledger);
        this.plotter = new SectorPlotter(settings.encodingThreads(), PosTables::newBuilder, PIECES);
        this.queue = new PlottingQueue(member.control());
        this.announcements = new StagedSectors(member.control(), sector -> {}, this::taken);
        member.server().register(DataRequest.FileRange.class, this::serve);
    }

    /**
     * Joins the cluster and begins to plot. Waits for NATS and a controller.
     *
     * @throws IOException if the staging directory or the port cannot be used
     * @throws ControlException if the cluster refuses this process for good
     */
    public static PlotServer start(PlotServerSettings settings, Kzg kzg)
            throws IOException, ControlException, ControlFormatException, InterruptedException {
        PlotServer server = new PlotServer(settings, kzg);
        server.begin();
        return server;
    }

    private void begin() throws ControlException {
        LOG.info(
                "Plot-server: {} sectors at a time, {} encoding threads, {}; up to {} MiB staged in {}",
                settings.sectors(),
                settings.encodingThreads(),
                PosTables.describe(),
                settings.stagingLimitBytes() >> 20,
                settings.staging());
        for (StagedSector sector : staging.all()) {
            if (sector.holder().equals(member.id())) {
                announcements.stage(sector);
                LOG.info(
                        "Sector {} is still staged and waits for its owner",
                        sector.task().taskId());
            } else {
                staging.remove(sector.task().taskId());
            }
        }
        member.announce(this::status);
        clock.scheduleWithFixedDelay(
                this::sayProgress, PROGRESS.toMillis(), PROGRESS.toMillis(), TimeUnit.MILLISECONDS);
        clock.scheduleWithFixedDelay(
                () -> inWork.values().forEach(work -> work.pulled.stillAtIt()),
                STILL_AT_IT.toMillis(),
                STILL_AT_IT.toMillis(),
                TimeUnit.MILLISECONDS);
        Thread.ofPlatform().daemon().name("plot-tasks").start(this::pull);
    }

    private void pull() {
        while (!closing) {
            try {
                PlottingQueue.Puller puller = queue.puller();
                while (!closing) {
                    pullOne(puller);
                }
            } catch (InterruptedException e) {
                return;
            } catch (ControlException e) {
                if (closing) {
                    return;
                }
                waitingFor = "plotting tasks from JetStream: " + e.getMessage();
                LOG.warn("No plotting task could be pulled, trying again: {}", e.getMessage());
                sleep(RETRY);
            } catch (RuntimeException e) {
                if (closing) {
                    return;
                }
                LOG.error("Pulling plotting tasks failed, trying again", e);
                sleep(RETRY);
            }
        }
    }

    private void pullOne(PlottingQueue.Puller puller) throws ControlException, InterruptedException {
        if (staging.bytes() >= settings.stagingLimitBytes()) {
            waitingFor = "plot-clients to take " + staging.all().size() + " staged sectors";
            Thread.sleep(ROOM_CHECK.toMillis());
            return;
        }
        if (!room.tryAcquire(ROOM_CHECK.toMillis(), TimeUnit.MILLISECONDS)) {
            waitingFor = "";
            return;
        }
        boolean handedOn = false;
        try {
            waitingFor = inWork.isEmpty() ? "plotting tasks" : "";
            var pulled = puller.next(PULL_PATIENCE);
            if (pulled.isPresent()) {
                waitingFor = "";
                workers.execute(() -> work(pulled.get()));
                handedOn = true;
            }
        } finally {
            if (!handedOn) {
                room.release();
            }
        }
    }

    private void work(PlottingQueue.Pulled pulled) {
        PlotTask task = pulled.task();
        Progress progress = new Progress(task);
        inWork.put(task.taskId(), new InWork(pulled, progress));
        try {
            if (staging.find(task.taskId()) == null) {
                plot(task, progress);
            }
            announcements.stage(staging.find(task.taskId()));
            pulled.done();
            plotted.incrementAndGet();
        } catch (InterruptedException e) {
            pulled.giveBack(Duration.ZERO);
        } catch (PlottingException | IOException | ControlException e) {
            LOG.warn("Sector {} could not be made and is handed back: {}", task.taskId(), e.getMessage());
            pulled.giveBack(RETRY);
        } catch (RuntimeException e) {
            LOG.error("Sector {} could not be made and is handed back", task.taskId(), e);
            pulled.giveBack(RETRY);
        } finally {
            inWork.remove(task.taskId());
            room.release();
        }
    }

    private void plot(PlotTask task, Progress progress) throws PlottingException, IOException, InterruptedException {
        long start = System.nanoTime();
        String taskId = task.taskId();
        boolean committed = false;
        try (FileChannel file = staging.create(taskId)) {
            HashingChannel out = new HashingChannel(file);
            PlottedSector sector = plotter.plot(
                    new PlotRequest(task.publicKey(), task.sectorIndex(), task.protocolInfo(), task.piecesInSector()),
                    pieces,
                    check,
                    out,
                    progress);
            ByteBuffer metadata = ByteBuffer.wrap(sector.metadata().encode());
            while (metadata.hasRemaining()) {
                out.write(metadata);
            }
            staging.commit(new StagedSector(task, member.id(), taskId, out.length(), out.checksum()));
            committed = true;
            LOG.info(
                    "Sector {} of farm {} is staged after {} s: {} pieces, history size {}",
                    task.sectorIndex(),
                    task.farmId(),
                    String.format("%.1f", (System.nanoTime() - start) / 1e9),
                    task.piecesInSector(),
                    Long.toUnsignedString(task.protocolInfo().historySize()));
        } finally {
            if (!committed) {
                staging.remove(taskId);
            }
        }
    }

    private void serve(DataRequest.FileRange request, Answer answer) throws IOException, InterruptedException {
        StagedSector sector = staging.find(request.fileId());
        if (sector == null || request.offset() >= sector.length()) {
            answer.missing(0);
            return;
        }
        try (FileChannel file = staging.open(request.fileId())) {
            answer.file(
                    0,
                    file,
                    0,
                    sector.length(),
                    request.offset(),
                    Math.min(request.length(), sector.length() - request.offset()),
                    sector.checksum());
        }
    }

    private void taken(String taskId) {
        if (staging.find(taskId) != null) {
            staging.remove(taskId);
            LOG.info("Sector {} is with its owner, its staging file is gone", taskId);
        }
    }

    private void sayProgress() {
        for (InWork work : inWork.values()) {
            member.control()
                    .publish(
                            member.control()
                                    .subjects()
                                    .plotProgress(work.pulled.task().taskId()),
                            work.progress.message(member.id()));
        }
    }

    private MemberStatus status() {
        return new MemberStatus(
                0,
                staging.bytes(),
                1000 * inWork.size() / settings.sectors(),
                true,
                waitingFor,
                List.of(
                        new Member.Detail("sectors plotted", Long.toString(plotted.get())),
                        new Member.Detail("sectors in work", Integer.toString(inWork.size())),
                        new Member.Detail(
                                "sectors staged", Integer.toString(staging.all().size()))));
    }

    /** Sectors finished since the start. */
    public long sectorsPlotted() {
        return plotted.get();
    }

    private static void sleep(Duration time) {
        try {
            Thread.sleep(time.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Gives tasks in work back and leaves the cluster; staged sectors stay on disk. */
    @Override
    public void close() {
        closing = true;
        clock.shutdownNow();
        workers.shutdownNow();
        try {
            workers.awaitTermination(RETRY.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        plotter.close();
        announcements.close();
        cacheMaps.close();
        ledger.close();
        member.close();
    }

    /** What is known of a sector in work. */
    private static final class Progress implements PlotListener {
        private final PlotTask task;
        private volatile int piecesArrived;
        private volatile int recordsEncoded;

        Progress(PlotTask task) {
            this.task = task;
        }

        @Override
        public void piecesArrived(int arrived, int all) {
            piecesArrived = arrived;
        }

        @Override
        public void piecesMissing(int missing, int attempt, String reason) {
            LOG.warn(
                    "Sector {}: {} pieces are missing after attempt {}, the last reason: {}",
                    task.taskId(),
                    missing,
                    attempt,
                    reason);
        }

        @Override
        public void recordsEncoded(int encoded, int all) {
            recordsEncoded = encoded;
        }

        PlotProgress message(xyz.autonomys.farmer.cluster.control.MemberId server) {
            return new PlotProgress(
                    server, task.farmId(), task.sectorIndex(), task.piecesInSector(), piecesArrived, recordsEncoded);
        }
    }
}

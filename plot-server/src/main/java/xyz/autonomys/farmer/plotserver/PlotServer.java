package xyz.autonomys.farmer.plotserver;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
import xyz.autonomys.farmer.sector.SectorLayout;
import xyz.autonomys.farmer.sector.SectorMetadata;
import xyz.autonomys.farmer.sector.plot.CpuSectorEncoder;
import xyz.autonomys.farmer.sector.plot.PieceRetries;
import xyz.autonomys.farmer.sector.plot.SectorEncoder;
import xyz.autonomys.farmer.sector.plot.SectorPlotter;
import xyz.autonomys.farmer.telemetry.RepeatedLog;
import xyz.autonomys.farmer.telemetry.StandingWait;

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
    private static final Duration LOOK = Duration.ofMillis(250);
    private static final Duration STILL_AT_IT = Duration.ofSeconds(10);
    private static final String STAGING_FULL = "staging: ";
    private static final String OWNER = "plot-server";
    private static final Duration STAGING_PATIENCE = Duration.ofMinutes(5);
    private static final Duration JETSTREAM_PATIENCE = Duration.ofSeconds(20);
    /** A GPU tells of its progress more rarely than a processor; none is silent for that long. */
    private static final Duration ENCODER_PATIENCE = Duration.ofMinutes(5);

    private static final Duration QUIET = Duration.ofMinutes(1);
    private static final Duration OWNER_AWAY = Duration.ofSeconds(30);
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
    private final StagedWaits stagedWaits;
    private final StandingWait stagingRoom;
    private final StandingWait jetStream;
    private final StandingWait encoding;
    private final PlotterFigures figures;
    private long encodedBefore;
    private final Map<String, SectorJob> inWork = new ConcurrentHashMap<>();
    private final AtomicLong plotted = new AtomicLong();
    private final ExecutorService workers = Executors.newCachedThreadPool(
            Thread.ofPlatform().daemon().name("sector-", 0).factory());
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("plot-progress").factory());
    private final RepeatedLog faults = new RepeatedLog(LOG, QUIET);
    private volatile String waitingFor = "";
    private final EncoderTimes times;
    private volatile boolean stagingIsFull;
    private volatile long sectorBytes;
    private volatile boolean closing;
    private Thread pulling;

    private PlotServer(PlotServerSettings settings, Kzg kzg, SectorEncoder encoder)
            throws IOException, ControlException, ControlFormatException, InterruptedException {
        this.settings = settings;
        this.staging = new StagingDirectory(settings.staging());
        this.room = new Semaphore(settings.sectors());
        this.member = ClusterMember.join(settings.member());
        this.stagedWaits = new StagedWaits(member.waits());
        member.server().register(DataRequest.FileRange.class, this::serve);
        this.ledger = new SegmentLedger(member.control(), header -> {});
        this.cacheMaps = new CacheMaps(member.control(), placement -> {});
        this.pieces = new CachePieceGetter(member, cacheMaps, settings.priorityCache());
        this.check = new LedgerPieceCheck(new PieceVerifier(kzg, Parallelism.allCores()), ledger);
        this.plotter = new SectorPlotter(encoder, PIECES);
        this.queue = new PlottingQueue(member.control());
        this.stagingRoom = new StandingWait(
                member.waits(),
                OWNER,
                "room in its staging directory",
                STAGING_PATIENCE,
                "see that plot-clients run and store what is staged; free space on the disk, or raise --staging-limit");
        this.jetStream = new StandingWait(
                member.waits(),
                OWNER,
                "JetStream",
                JETSTREAM_PATIENCE,
                "see whether most NATS servers are up and have room in store_dir");
        this.encoding = new StandingWait(
                member.waits(),
                OWNER,
                "its encoder",
                ENCODER_PATIENCE,
                "see nvidia-smi and dmesg for a GPU that hangs, or the load of this host; then start this plot-server anew,"
                        + " its task goes to another meanwhile");
        this.times = new EncoderTimes(encoder, member.meters());
        this.figures = new PlotterFigures(member.meters(), plotter.encoderKind());
        PlotterFigures.observeCapacity(member.meters(), plotter.encoderKind(), settings.sectors(), inWork::size);
        this.announcements = new StagedSectors(member.control(), sector -> {}, this::taken);
    }

    /**
     * Joins the cluster and begins to plot. Waits for NATS and a controller.
     *
     * @throws IOException if the staging directory or the port cannot be used
     * @throws ControlException if the cluster refuses this process for good
     */
    public static PlotServer start(PlotServerSettings settings, Kzg kzg)
            throws IOException, ControlException, ControlFormatException, InterruptedException {
        return start(settings, kzg, new CpuSectorEncoder(settings.encodingThreads(), PosTables::newBuilder));
    }

    /**
     * The same with another encoder, such as one that uses GPUs.
     *
     * @param encoder makes the sectors' bytes; the server closes it
     */
    public static PlotServer start(PlotServerSettings settings, Kzg kzg, SectorEncoder encoder)
            throws IOException, ControlException, ControlFormatException, InterruptedException {
        PlotServer server = new PlotServer(settings, kzg, encoder);
        server.begin();
        return server;
    }

    private void begin() {
        LOG.info(
                "Plot-server: {} sectors at a time, encoded by {}; up to {} MiB staged in {}",
                settings.sectors(),
                plotter.describeEncoder(),
                settings.stagingLimitBytes() >> 20,
                settings.staging());
        member.announce(this::status);
        repeat(PROGRESS, "telling of the progress", this::sayProgress);
        repeat(LOOK, "looking what keeps the encoder", this::lookWhatKeepsUs);
        repeat(STILL_AT_IT, "telling that the work goes on", () -> inWork.values()
                .forEach(job -> Thread.startVirtualThread(job::stillAtIt)));
        pulling = Thread.ofPlatform().daemon().name("plot-tasks").start(() -> {
            try {
                pull();
            } catch (InterruptedException e) {
                LOG.debug("No more tasks are pulled");
            }
        });
    }

    /** Does something again and again; a fault that nobody expected does not end it. */
    private void repeat(Duration delay, String what, Runnable action) {
        clock.scheduleWithFixedDelay(
                () -> {
                    try {
                        action.run();
                    } catch (RuntimeException e) {
                        faults.warn(what, "A fault while {}, which goes on: {}", what, e.toString());
                    }
                },
                delay.toMillis(),
                delay.toMillis(),
                TimeUnit.MILLISECONDS);
    }

    /** Tells of the sectors that an earlier process staged. What its owner has by now, it will say. */
    private void announceStaged() throws InterruptedException {
        for (StagedSector sector : staging.all()) {
            String taskId = sector.task().taskId();
            boolean told = false;
            while (!told && !closing) {
                try {
                    if (sector.holder().equals(member.id()) && announcements.stage(sector)) {
                        LOG.info("Sector {} is still staged and waits for its owner", taskId);
                    } else {
                        staging.remove(taskId);
                    }
                    told = true;
                } catch (ControlException e) {
                    jetStream.lacks(e.getMessage()).item("to take note of staged sector " + taskId);
                    waitingFor = "NATS to announce staged sector " + taskId + ": " + e.getMessage();
                    Thread.sleep(RETRY.toMillis());
                } catch (ControlFormatException e) {
                    LOG.warn("The entry of staged sector {} cannot be read: {}", taskId, e.getMessage());
                    told = true;
                }
            }
        }
    }

    private void pull() throws InterruptedException {
        boolean announced = false;
        while (!closing) {
            try {
                if (!announced) {
                    announceStaged();
                    announced = true;
                }
                PlottingQueue.Puller puller = queue.puller(member.id());
                while (!closing) {
                    pullOne(puller);
                }
            } catch (ControlException e) {
                jetStream.lacks(e.getMessage()).item("to hand out plotting tasks");
                waitingFor = "plotting tasks from JetStream: " + e.getMessage();
                Thread.sleep(RETRY.toMillis());
            } catch (RuntimeException e) {
                if (closing) {
                    return;
                }
                LOG.error("Announcing staged sectors or pulling plotting tasks failed, trying again", e);
                Thread.sleep(RETRY.toMillis());
            }
        }
    }

    private void pullOne(PlottingQueue.Puller puller) throws ControlException, InterruptedException {
        if (!room.tryAcquire(ROOM_CHECK.toMillis(), TimeUnit.MILLISECONDS)) {
            waitingFor = "";
            stagingIsFull = false;
            return;
        }
        boolean handedOn = false;
        try {
            Optional<String> full = staging.whyFull(settings.stagingLimitBytes(), inWork.size() + 1, sectorBytes);
            stagingIsFull = full.isPresent();
            if (full.isPresent()) {
                stagingRoom
                        .lacks("no sector is begun before there are " + full.get())
                        .item(settings.staging());
                waitingFor = STAGING_FULL + full.get();
                Thread.sleep(ROOM_CHECK.toMillis());
                return;
            }
            stagingRoom.over();
            waitingFor = inWork.isEmpty() ? "plotting tasks" : "";
            Optional<PlottingQueue.Pulled> pulled = puller.next(PULL_PATIENCE);
            jetStream.over();
            if (pulled.isPresent()) {
                PlotTask task = pulled.get().task();
                if (member.membership().find(task.owner()).isEmpty()) {
                    LOG.info("The owner of sector {} is not there, its task waits", task.taskId());
                    pulled.get().giveBack(OWNER_AWAY);
                    return;
                }
                sectorBytes = new SectorLayout(task.piecesInSector()).sectorBytes() + SectorMetadata.ENCODED_BYTES;
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
        try {
            Optional<SectorJob> fresh = begin(pulled);
            if (fresh.isPresent()) {
                run(fresh.get());
            } else if (closing) {
                pulled.giveBack(Duration.ZERO);
            }
        } catch (InterruptedException e) {
            pulled.giveBack(Duration.ZERO);
        } finally {
            room.release();
        }
    }

    /**
     * A new job, or nothing if the one that makes the sector goes on: JetStream, when it does not hear from this server
     * for a while, may hand the task out to it again, and two jobs would write one file.
     */
    private Optional<SectorJob> begin(PlottingQueue.Pulled pulled) throws InterruptedException {
        String taskId = pulled.task().taskId();
        SectorJob fresh = new SectorJob(pulled, member.id(), staging, member.waits(), figures);
        while (true) {
            SectorJob running = inWork.putIfAbsent(taskId, fresh);
            if (running == null) {
                return Optional.of(fresh);
            }
            if (running.goOnUnder(pulled)) {
                LOG.info("Sector {} was handed out to this server again and goes on", taskId);
                return Optional.empty();
            }
            running.awaitEnd();
        }
    }

    private void run(SectorJob job) {
        try {
            // Closing hands back what it sees in work; what came at the same moment must not be missed.
            if (closing) {
                job.handBack(Duration.ZERO);
            } else if (job.run(plotter, pieces, check, announcements)) {
                plotted.incrementAndGet();
            }
        } finally {
            inWork.remove(job.task().taskId(), job);
            job.end();
        }
    }

    private void serve(DataRequest.FileRange request, Answer answer) throws IOException, InterruptedException {
        StagedSector sector = staging.find(request.fileId());
        if (sector == null || request.offset() >= sector.length()) {
            answer.missing(0);
            return;
        }
        stagedWaits.fetched(request.fileId());
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
        stagedWaits.look(staging.all());
        for (SectorJob job : inWork.values()) {
            member.control()
                    .publish(member.control().subjects().plotProgress(job.task().farmId()), job.progress());
        }
    }

    private void lookWhatKeepsUs() {
        IdleTimes.State state = times.look(inWork.values(), stagingIsFull);
        long encoded = plotted.get()
                + inWork.values().stream().mapToLong(SectorJob::encoded).sum();
        if (state == IdleTimes.State.ENCODING) {
            encoding.lacks(plotter.describeEncoder());
            if (encoded != encodedBefore) {
                encoding.progress();
            }
        } else {
            encoding.over();
        }
        encodedBefore = encoded;
    }

    private MemberStatus status() {
        List<Member.Detail> details = new ArrayList<>(List.of(
                new Member.Detail("sectors plotted", Long.toString(plotted.get())),
                new Member.Detail("sectors in work", Integer.toString(inWork.size())),
                new Member.Detail(
                        "sectors staged", Integer.toString(staging.all().size()))));
        details.addAll(times.details());
        return new MemberStatus(
                0, staging.bytes(), 1000 * inWork.size() / settings.sectors(), true, waitingFor(), details);
    }

    private String waitingFor() {
        for (SectorJob job : inWork.values()) {
            if (!job.waitingFor().isEmpty()) {
                return job.waitingFor();
            }
        }
        return waitingFor;
    }

    /** Sectors finished since the start. */
    public long sectorsPlotted() {
        return plotted.get();
    }

    /** Gives tasks in work back and leaves the cluster; staged sectors stay on disk. */
    @Override
    public void close() {
        closing = true;
        clock.shutdownNow();
        if (pulling != null) {
            pulling.interrupt();
        }
        // First of all, so that other servers get the tasks at once; the threads finish their record meanwhile.
        inWork.values().forEach(job -> job.handBack(Duration.ZERO));
        workers.shutdownNow();
        try {
            workers.awaitTermination(RETRY.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        plotter.close();
        stagedWaits.close();
        stagingRoom.close();
        jetStream.close();
        encoding.close();
        announcements.close();
        cacheMaps.close();
        ledger.close();
        member.close();
        try {
            staging.close();
        } catch (IOException e) {
            LOG.debug("The lock of the staging directory could not be closed: {}", e.getMessage());
        }
    }
}

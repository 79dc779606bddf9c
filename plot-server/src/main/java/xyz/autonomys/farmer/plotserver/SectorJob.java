package xyz.autonomys.farmer.plotserver;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import xyz.autonomys.farmer.cluster.control.ControlException;
import xyz.autonomys.farmer.cluster.control.ControlFormatException;
import xyz.autonomys.farmer.cluster.control.MemberId;
import xyz.autonomys.farmer.cluster.control.PlotProgress;
import xyz.autonomys.farmer.cluster.control.PlotTask;
import xyz.autonomys.farmer.cluster.control.PlottingQueue;
import xyz.autonomys.farmer.cluster.control.StagedSector;
import xyz.autonomys.farmer.cluster.control.StagedSectors;
import xyz.autonomys.farmer.sector.plot.PieceCheck;
import xyz.autonomys.farmer.sector.plot.PieceGetter;
import xyz.autonomys.farmer.sector.plot.PlotListener;
import xyz.autonomys.farmer.sector.plot.PlotRequest;
import xyz.autonomys.farmer.sector.plot.PlottedSector;
import xyz.autonomys.farmer.sector.plot.PlottingException;
import xyz.autonomys.farmer.sector.plot.SectorPlotter;

/**
 * One sector in the making: gathered, encoded, staged, announced, acknowledged, in this order. Staged and announced only
 * while the task is this server's; while NATS is away, that is waited for, with the sector safe on the disk.
 */
final class SectorJob implements PlotListener {
    private static final Logger LOG = LoggerFactory.getLogger(SectorJob.class);
    private static final Duration RETRY = Duration.ofSeconds(2);

    private final PlottingQueue.Pulled pulled;
    private final PlotTask task;
    private final MemberId self;
    private final StagingDirectory staging;
    private final AtomicBoolean handedBack = new AtomicBoolean();
    private volatile Thread worker;
    private volatile boolean notOurs;
    private volatile int piecesArrived;
    private volatile int recordsEncoded;
    private volatile String waitingFor = "";

    SectorJob(PlottingQueue.Pulled pulled, MemberId self, StagingDirectory staging) {
        this.pulled = pulled;
        this.task = pulled.task();
        this.self = self;
        this.staging = staging;
    }

    PlotTask task() {
        return task;
    }

    /** What it waits for beside its work, in words; empty if for nothing. */
    String waitingFor() {
        return waitingFor;
    }

    /** What keeps the encoding threads from this sector, or that nothing does. */
    IdleTimes.State state() {
        if (recordsEncoded == task.piecesInSector()) {
            return IdleTimes.State.STAGING_DISK;
        }
        return piecesArrived == task.piecesInSector() || recordsEncoded > 0
                ? IdleTimes.State.ENCODING
                : IdleTimes.State.PIECES;
    }

    PlotProgress progress() {
        return new PlotProgress(
                self, task.farmId(), task.sectorIndex(), task.piecesInSector(), piecesArrived, recordsEncoded);
    }

    /**
     * Makes and stages the sector.
     *
     * @return whether it was staged and its task is done
     */
    boolean run(SectorPlotter plotter, PieceGetter pieces, PieceCheck check, StagedSectors announcements) {
        worker = Thread.currentThread();
        String taskId = task.taskId();
        boolean ours = false;
        try {
            if (staging.find(taskId) == null) {
                plot(plotter, pieces, check);
            }
            ours = announce(announcements);
            if (ours) {
                acknowledge();
            }
            return ours;
        } catch (InterruptedException e) {
            if (notOurs) {
                LOG.warn("Sector {} is made by another plot-server by now, it is given up here", taskId);
                staging.remove(taskId);
            } else {
                handBack(Duration.ZERO);
            }
        } catch (PlottingException | IOException | ControlFormatException e) {
            LOG.warn("Sector {} could not be made and is handed back: {}", taskId, e.getMessage());
            handBack(RETRY);
        } catch (RuntimeException e) {
            LOG.error("Sector {} could not be made and is handed back", taskId, e);
            handBack(RETRY);
        } finally {
            synchronized (this) {
                worker = null;
                // An interrupt that came too late must not reach the next sector on this thread.
                Thread.interrupted();
            }
        }
        return false;
    }

    private void plot(SectorPlotter plotter, PieceGetter pieces, PieceCheck check)
            throws PlottingException, IOException, InterruptedException {
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
                    this);
            ByteBuffer metadata = ByteBuffer.wrap(sector.metadata().encode());
            while (metadata.hasRemaining()) {
                out.write(metadata);
            }
            awaitClaim();
            staging.commit(new StagedSector(task, self, taskId, out.length(), out.checksum()));
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

    /** Goes on only when the task is certainly this server's. */
    private void awaitClaim() throws InterruptedException {
        while (true) {
            try {
                if (!pulled.stillAtIt()) {
                    notOurs = true;
                    throw new InterruptedException("another plot-server has the task");
                }
                waitingFor = "";
                return;
            } catch (ControlException e) {
                waitFor("NATS to confirm that sector " + task.taskId() + " is still this server's: " + e.getMessage());
            }
        }
    }

    private boolean announce(StagedSectors announcements) throws ControlFormatException, InterruptedException {
        StagedSector sector = staging.find(task.taskId());
        while (true) {
            try {
                if (announcements.stage(sector)) {
                    waitingFor = "";
                    return true;
                }
                LOG.warn("Sector {} was staged by another plot-server before, it is dropped here", task.taskId());
                staging.remove(task.taskId());
                acknowledge();
                return false;
            } catch (ControlException e) {
                waitFor("NATS to announce staged sector " + task.taskId() + ": " + e.getMessage());
            }
        }
    }

    private void acknowledge() throws InterruptedException {
        while (true) {
            try {
                pulled.done();
                waitingFor = "";
                return;
            } catch (ControlException e) {
                waitFor("NATS to take task " + task.taskId() + " off the queue: " + e.getMessage());
            }
        }
    }

    private void waitFor(String what) throws InterruptedException {
        if (waitingFor.isEmpty()) {
            LOG.warn("Waiting for {}", what);
        }
        waitingFor = what;
        Thread.sleep(RETRY.toMillis());
    }

    /** Tells JetStream that the work goes on, and gives it up when the task is another's by now. */
    void stillAtIt() {
        try {
            if (!pulled.stillAtIt()) {
                notOurs = true;
                interrupt();
            }
        } catch (ControlException e) {
            LOG.debug("Whether task {} is still ours is not known: {}", task.taskId(), e.getMessage());
        }
    }

    /** Hands the task back, once, so that another server gets it after {@code delay}. */
    void handBack(Duration delay) {
        if (handedBack.compareAndSet(false, true)) {
            pulled.giveBack(delay);
        }
    }

    private synchronized void interrupt() {
        if (worker != null) {
            worker.interrupt();
        }
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
}

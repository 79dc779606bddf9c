package xyz.autonomys.farmer.plotserver;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
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
import xyz.autonomys.farmer.telemetry.StandingWait;
import xyz.autonomys.farmer.telemetry.Wait;
import xyz.autonomys.farmer.telemetry.WaitRegister;

/**
 * One sector in the making: gathered, encoded, staged, announced, acknowledged, in this order. Staged and announced only
 * while the task is this server's; while NATS is away, that is waited for, with the sector safe on the disk.
 */
final class SectorJob implements PlotListener {
    private static final Logger LOG = LoggerFactory.getLogger(SectorJob.class);
    private static final Duration RETRY = Duration.ofSeconds(2);
    private static final String OWNER = "plot-server";
    private static final Duration PIECES_PATIENCE = Duration.ofSeconds(60);
    private static final String PIECES_REMEDY = "see in util members whether the caches are there, filled and can be"
            + " reached; pieces that none of them has are made anew by util export-piece";
    private static final Duration JETSTREAM_PATIENCE = Duration.ofSeconds(20);

    private final PlotTask task;
    private final MemberId self;
    private final StagingDirectory staging;
    private final AtomicBoolean handedBack = new AtomicBoolean();
    private final CountDownLatch ended = new CountDownLatch(1);
    /** The last delivery of the task to this server. */
    private volatile PlottingQueue.Pulled pulled;

    private volatile Thread worker;
    private volatile boolean notOurs;
    /** Whether the sector is on its way to be announced: from then on JetStream's note decides whose sector counts. */
    private boolean staged;

    private boolean over;
    private volatile int piecesArrived;
    private volatile int recordsEncoded;
    private volatile String waitingFor = "";
    private final WaitRegister waits;
    private final StandingWait jetStream;
    private final PlotterFigures figures;
    private volatile Wait gathering;
    private volatile PlotterFigures.Sector measured;

    /**
     * A sector.
     *
     * @param waits where it registers its waits for pieces and for JetStream
     */
    SectorJob(
            PlottingQueue.Pulled pulled,
            MemberId self,
            StagingDirectory staging,
            WaitRegister waits,
            PlotterFigures figures) {
        this.pulled = pulled;
        this.task = pulled.task();
        this.self = self;
        this.staging = staging;
        this.waits = waits;
        this.figures = figures;
        this.jetStream = new StandingWait(
                waits,
                OWNER,
                "JetStream",
                JETSTREAM_PATIENCE,
                "the sector is safe on the staging disk; see whether most NATS servers are up and have room in store_dir");
    }

    PlotTask task() {
        return task;
    }

    /**
     * Goes on under a new delivery of its task to this server.
     *
     * @return false if the work is over or given up
     */
    synchronized boolean goOnUnder(PlottingQueue.Pulled delivery) {
        if (over || notOurs || handedBack.get()) {
            return false;
        }
        if (delivery.deliveries() > pulled.deliveries()) {
            pulled = delivery;
        }
        return true;
    }

    /** Says that this server has put the job away. */
    void end() {
        ended.countDown();
    }

    void awaitEnd() throws InterruptedException {
        ended.await();
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

    /** Records encoded so far. */
    int encoded() {
        return recordsEncoded;
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
            } else {
                decide();
            }
            ours = announce(announcements);
            if (ours) {
                acknowledge();
            }
            return ours;
        } catch (InterruptedException e) {
            if (!isGivenUp()) {
                handBack(Duration.ZERO);
            }
        } catch (PlottingException | IOException | ControlFormatException e) {
            // An interrupt closes the file that is written, which is a fault of the file by then.
            if (!isGivenUp()) {
                LOG.warn("Sector {} could not be made and is handed back: {}", taskId, e.toString());
                noteFailure();
                handBackIfOurs();
            }
        } catch (RuntimeException e) {
            if (!isGivenUp()) {
                LOG.error("Sector {} could not be made and is handed back", taskId, e);
                noteFailure();
                handBackIfOurs();
            }
        } finally {
            jetStream.close();
            synchronized (this) {
                over = true;
                worker = null;
                // An interrupt that came too late must not reach the next sector on this thread.
                Thread.interrupted();
            }
        }
        return false;
    }

    private boolean isGivenUp() {
        if (notOurs) {
            LOG.warn("Sector {} is made by another plot-server by now, it is given up here", task.taskId());
        }
        return notOurs;
    }

    private void noteFailure() {
        PlotterFigures.Sector figured = measured;
        if (figured != null) {
            figured.failed();
        }
    }

    private void plot(SectorPlotter plotter, PieceGetter pieces, PieceCheck check)
            throws PlottingException, IOException, InterruptedException {
        long start = System.nanoTime();
        String taskId = task.taskId();
        boolean committed = false;
        PlotterFigures.Sector figured = figures.begin();
        measured = figured;
        try (FileChannel file = staging.create(taskId);
                Wait wait = waits.begin(OWNER, "pieces of sector", PIECES_PATIENCE, PIECES_REMEDY)
                        .item(taskId)) {
            gathering = wait;
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
            figured.encoded();
            awaitClaim();
            decide();
            staging.commit(new StagedSector(task, self, taskId, out.length(), out.checksum()));
            committed = true;
            figured.plotted();
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
            PlottingQueue.Pulled delivery = pulled;
            try {
                if (delivery.stillAtIt()) {
                    goOn();
                    return;
                }
                loseWith(delivery);
                if (notOurs) {
                    throw new InterruptedException("another plot-server has the task");
                }
            } catch (ControlException e) {
                waitFor("NATS to confirm that sector " + task.taskId() + " is still this server's: " + e.getMessage());
            }
        }
    }

    /** From now on the sector is announced whoever else makes it, unless it was given up before. */
    private synchronized void decide() throws InterruptedException {
        if (notOurs) {
            throw new InterruptedException("another plot-server has the task");
        }
        staged = true;
    }

    /** Gives the work up if it is done for a delivery that another server has by now. */
    private synchronized void loseWith(PlottingQueue.Pulled delivery) {
        if (pulled == delivery && !staged) {
            notOurs = true;
            if (worker != null) {
                worker.interrupt();
            }
        }
    }

    private boolean announce(StagedSectors announcements) throws ControlFormatException, InterruptedException {
        StagedSector sector = staging.find(task.taskId());
        while (true) {
            try {
                if (announcements.stage(sector)) {
                    goOn();
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
                goOn();
                return;
            } catch (ControlException e) {
                waitFor("NATS to take task " + task.taskId() + " off the queue: " + e.getMessage());
            }
        }
    }

    private void waitFor(String what) throws InterruptedException {
        waitingFor = what;
        jetStream.lacks(what).item("to take sector " + task.taskId());
        Thread.sleep(RETRY.toMillis());
    }

    private void goOn() {
        waitingFor = "";
        jetStream.over();
    }

    /** Tells JetStream that the work goes on, and gives it up when the task is another's by now. */
    void stillAtIt() {
        PlottingQueue.Pulled delivery = pulled;
        try {
            if (!delivery.stillAtIt()) {
                loseWith(delivery);
            }
        } catch (ControlException e) {
            LOG.debug("Whether task {} is still ours is not known: {}", task.taskId(), e.getMessage());
        }
    }

    /** Hands the task back, once, so that another server gets it after {@code delay}. */
    void handBack(Duration delay) {
        if (!notOurs && handedBack.compareAndSet(false, true)) {
            pulled.giveBack(delay);
        }
    }

    /** The same after a fault; JetStream would take the task also from another server that has it by now. */
    private void handBackIfOurs() {
        try {
            if (pulled.stillAtIt()) {
                handBack(RETRY);
            }
        } catch (ControlException e) {
            LOG.debug("Task {} is not handed back: {}", task.taskId(), e.getMessage());
        }
    }

    @Override
    public void piecesArrived(int arrived, int all) {
        piecesArrived = arrived;
        Wait wait = gathering;
        PlotterFigures.Sector figured = measured;
        if (wait == null || figured == null) {
            return;
        }
        wait.progress();
        if (arrived == all) {
            wait.close();
            figured.gathered();
        }
    }

    @Override
    public void piecesMissing(int missing, int attempt, String reason) {
        Wait wait = gathering;
        if (wait != null) {
            wait.cause(missing + " pieces are missing after attempt " + attempt + ", the last reason: " + reason);
        }
    }

    @Override
    public void recordsEncoded(int encoded, int all) {
        recordsEncoded = encoded;
    }
}

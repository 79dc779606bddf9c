package xyz.autonomys.farmer.plotclient;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import xyz.autonomys.farmer.cluster.control.ChainInfo;
import xyz.autonomys.farmer.cluster.control.ControlException;
import xyz.autonomys.farmer.cluster.control.PlotProgress;
import xyz.autonomys.farmer.cluster.control.PlotTask;
import xyz.autonomys.farmer.cluster.control.PlottingQueue;
import xyz.autonomys.farmer.cluster.control.StagedSector;
import xyz.autonomys.farmer.cluster.control.StagedSectors;
import xyz.autonomys.farmer.cluster.data.DataPlaneException;
import xyz.autonomys.farmer.cluster.data.FailureKind;
import xyz.autonomys.farmer.cluster.data.PeerAddress;
import xyz.autonomys.farmer.cluster.member.ClusterMember;
import xyz.autonomys.farmer.farm.Farm;
import xyz.autonomys.farmer.farm.FarmException;
import xyz.autonomys.farmer.farm.SectorSummary;
import xyz.autonomys.farmer.primitives.FarmerProtocolInfo;
import xyz.autonomys.farmer.telemetry.RepeatedLog;
import xyz.autonomys.farmer.telemetry.Wait;

/**
 * Keeps one farm full: asks for sectors that are missing and for those that expire, in turns while there are both, takes
 * the finished ones from their plot-servers and stores them. How many are asked for at a time is up to the {@link Disk}.
 *
 * <p>A task of which nothing is heard is looked for in the queue and among the staged sectors; when it is in neither, it
 * is asked for again under a new number. What then comes twice is dropped.
 */
final class FarmPlotting {
    private static final Logger LOG = LoggerFactory.getLogger(FarmPlotting.class);
    private static final Duration SILENCE = Duration.ofMinutes(1);
    private static final Duration HOLDER_GONE_AFTER = Duration.ofMinutes(10);
    /** A plot-server that is there has the sector for certain, so it is given more time to become reachable. */
    private static final Duration HOLDER_UNREACHABLE_AFTER = Duration.ofMinutes(30);
    /** How long a sector that does not come may keep others from the disk. */
    private static final Duration OTHERS_WAIT = Duration.ofSeconds(15);

    private static final Duration RETRY = Duration.ofSeconds(3);
    /** A sector that came damaged so often is damaged where it lies. */
    private static final int DAMAGED_COPIES = 2;
    /** A plot-server that failed so often to read a sector will not read it. */
    private static final int REFUSALS = 10;

    private static final Duration SCHEDULE_EVERY = Duration.ofSeconds(30);

    private final Farm farm;
    private final Disk disk;
    private final ClusterMember member;
    private final PlottingQueue queue;
    private final SegmentView segments;
    private final OptionalInt limit;
    private final OutstandingTasks outstanding;
    private final IncomingNote note;
    private final ClientWaits waits;
    private final FarmFigures figures;
    private final Map<String, StagedSector> staged = new ConcurrentHashMap<>();
    /** Sectors whose transfer was begun, by task. */
    private final Map<String, Attempts> attempts = new ConcurrentHashMap<>();

    private final RepeatedLog faults = new RepeatedLog(LOG, SILENCE);

    private final ReplotSchedule schedule = new ReplotSchedule();
    private final PlottingPace pace = new PlottingPace();
    private final AtomicLong stored = new AtomicLong();
    private volatile int dueForReplotting;
    private volatile int aboutToExpire;
    private volatile int expired;
    private long lookedAt = System.nanoTime();
    private volatile String taking = "";
    private volatile boolean closing;
    private StagedSectors announcements;
    private long scheduledAt;
    private long scheduledFor;
    private boolean replottingNext;

    /**
     * A farm that is being filled.
     *
     * @param limit sectors asked for at a time, if not as many as the disk can store
     * @param stateDirectory beside the farm, for what must outlive the process
     */
    FarmPlotting(
            Farm farm,
            Disk disk,
            ClusterMember member,
            PlottingQueue queue,
            SegmentView segments,
            OptionalInt limit,
            Path stateDirectory,
            ClientWaits waits,
            FarmFigures figures)
            throws IOException {
        this.farm = farm;
        this.disk = disk;
        this.member = member;
        this.queue = queue;
        this.segments = segments;
        this.limit = limit;
        this.waits = waits;
        this.figures = figures;
        Files.createDirectories(stateDirectory);
        this.note = new IncomingNote(stateDirectory.resolve("incoming.json"));
        this.outstanding = new OutstandingTasks(stateDirectory.resolve("tasks.json"));
        disk.add(outstanding::size);
        figures.observeSectors(farm::sectorsTotal, farm::sectorsPlotted, () -> aboutToExpire, () -> expired);
    }

    Farm farm() {
        return farm;
    }

    /** Sectors stored since the start. */
    long sectorsStored() {
        return stored.get();
    }

    /** Sectors asked for and not stored yet. */
    int outstanding() {
        return outstanding.size();
    }

    /** Sectors asked for that no plot-server has made yet. */
    int unmade() {
        return Math.max(0, outstanding.size() - staged.size());
    }

    /** Sectors that have to be plotted again now. */
    int dueForReplotting() {
        return dueForReplotting;
    }

    /** What is being taken and from whom, in words; empty if nothing is. */
    String taking() {
        return taking;
    }

    /** Names the bucket in which finished sectors are announced; to be called once. */
    void follow(StagedSectors all) {
        this.announcements = all;
        all.all().values().forEach(this::staged);
    }

    /** A sector was staged somewhere; if it is ours, it is taken. */
    void staged(StagedSector sector) {
        if (announcements == null || !sector.task().farmId().equals(farm.id().toString())) {
            return;
        }
        if (staged.putIfAbsent(sector.task().taskId(), sector) == null) {
            waits.sectorCameOn();
            outstanding
                    .find(sector.task().sectorIndex())
                    .filter(task -> task.begunNanos() != 0)
                    .ifPresent(task -> disk.made(Duration.ofNanos(System.nanoTime() - task.begunNanos())));
            outstanding.sign(sector.task().sectorIndex());
            disk.store(() -> take(sector));
        }
    }

    /** A plot-server told how far a sector is. */
    void progress(PlotProgress progress) {
        outstanding.inWork(progress.sectorIndex());
        waits.sectorCameOn();
    }

    /** Looks after the tasks that are out; to be called every second or so. */
    void lookAfter() throws ControlException {
        takeWhatWasLeft();
        for (int index : outstanding.silentFor(SILENCE)) {
            Optional<OutstandingTasks.Task> task = outstanding.find(index);
            if (task.isEmpty()) {
                continue;
            }
            String taskId =
                    PlotTask.taskId(farm.id().toString(), index, task.get().generation());
            if (staged.containsKey(taskId) || queue.has(taskId)) {
                outstanding.sign(index);
            } else if (!announcements.all().containsKey(taskId)) {
                LOG.warn(
                        "The task for sector {} of farm {} is neither in the queue nor staged, it is asked for again",
                        index,
                        farm.id());
                figures.askedForAgain();
                outstanding.remove(index, task.get().generation());
            }
        }
    }

    /** What could not be taken, or was announced while this process could not hear it, is tried again now and then. */
    private void takeWhatWasLeft() {
        long now = System.nanoTime();
        if (announcements != null && now - lookedAt > SILENCE.toNanos()) {
            lookedAt = now;
            announcements.all().values().forEach(this::staged);
        }
    }

    /** Asks for one more sector if one is wanted and there is room; whether it did. */
    boolean askForOne(ChainInfo chain) throws ControlException, IOException {
        boolean full = limit.isPresent() ? outstanding.size() >= limit.getAsInt() : !disk.hasRoom();
        long historySize = segments.historySize();
        if (full || historySize == 0 || farm.sectorsTotal() == 0) {
            return false;
        }
        pace.history(historySize, System.nanoTime());
        planReplotting(historySize, chain.protocolInfo());
        int first = firstMissing();
        int again = schedule.next(index -> outstanding.find(index).isEmpty()
                && farm.sector(index)
                        .map(sector -> sector.historySize() < historySize)
                        .orElse(false));
        int index = first >= 0 && (again < 0 || !replottingNext) ? first : again;
        if (index < 0) {
            return false;
        }
        replottingNext = index == first;
        post(index, historySize, chain.protocolInfo());
        return true;
    }

    private int firstMissing() {
        for (int index = 0; index < farm.sectorsTotal(); index++) {
            if (farm.sector(index).isEmpty() && outstanding.find(index).isEmpty()) {
                return index;
            }
        }
        return -1;
    }

    private void planReplotting(long historySize, FarmerProtocolInfo protocol) {
        long now = System.nanoTime();
        if (scheduledFor == historySize && now - scheduledAt < SCHEDULE_EVERY.toNanos()) {
            return;
        }
        scheduledFor = historySize;
        scheduledAt = now;
        List<ReplotSchedule.Expiring> expiring = new ArrayList<>();
        for (int index = 0; index < farm.sectorsTotal(); index++) {
            Optional<SectorSummary> sector = farm.sector(index);
            if (sector.isPresent()) {
                int at = index;
                long plotted = sector.get().historySize();
                segments.expires(sector.get().sectorId(), plotted, protocol)
                        .ifPresent(expires -> expiring.add(new ReplotSchedule.Expiring(at, plotted, expires)));
            }
        }
        expired = (int) expiring.stream()
                .filter(sector -> sector.expires() <= historySize)
                .count();
        aboutToExpire = (int) expiring.stream()
                .filter(sector -> sector.expires() == historySize + 1)
                .count();
        schedule.update(expiring, historySize, pace.sectorsPerSegment());
        dueForReplotting = schedule.due();
    }

    private void post(int index, long historySize, FarmerProtocolInfo protocol) throws ControlException, IOException {
        long generation = outstanding.add(index);
        boolean posted = false;
        try {
            queue.post(new PlotTask(
                    member.id(),
                    farm.id().toString(),
                    farm.publicKey(),
                    index,
                    generation,
                    farm.layout().piecesInSector(),
                    new FarmerProtocolInfo(
                            historySize,
                            protocol.maxPiecesInSector(),
                            protocol.recentSegments(),
                            protocol.recentHistoryNumerator(),
                            protocol.recentHistoryDenominator(),
                            protocol.minSectorLifetime())));
            posted = true;
            figures.askedFor();
        } finally {
            if (!posted) {
                // It may have arrived all the same; then its sector is taken if it is still missing.
                outstanding.remove(index, generation);
            }
        }
    }

    private void take(StagedSector sector) {
        String taskId = sector.task().taskId();
        boolean again = false;
        try {
            if (!isWanted(sector)) {
                LOG.info("Staged sector {} is not wanted any more", taskId);
                note.clear();
                tellTaken(sector);
                return;
            }
            taking = "sector " + taskId + " from plot-server " + sector.holder();
            long start = System.nanoTime();
            transfer(sector, attempts.computeIfAbsent(taskId, _ -> new Attempts(sector)));
            pace.stored(System.nanoTime());
            stored.incrementAndGet();
            LOG.info(
                    "Sector {} of farm {} is stored after {} s: {} of {} sectors are plotted",
                    sector.task().sectorIndex(),
                    farm.id(),
                    String.format("%.1f", (System.nanoTime() - start) / 1e9),
                    farm.sectorsPlotted(),
                    farm.sectorsTotal());
            tellTaken(sector);
        } catch (SectorGoneException e) {
            LOG.warn("{}; sector {} is asked for again", e.getMessage(), taskId);
            figures.askedForAgain();
            forget(sector);
        } catch (OthersFirstException e) {
            LOG.debug("Sector {} is taken after others: {}", taskId, e.getMessage());
            again = true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException | RuntimeException e) {
            if (!closing) {
                LOG.error(
                        "Sector {} could not be taken and is tried again: {}", taskId, String.valueOf(e.getMessage()));
                LOG.debug("Sector {} could not be taken", taskId, e);
            }
        } finally {
            taking = "";
            if (!again) {
                staged.remove(taskId);
                Optional.ofNullable(attempts.remove(taskId)).ifPresent(Attempts::close);
            }
        }
        if (again && !closing) {
            disk.store(() -> take(sector));
        }
    }

    /** Missing, or asked for to replace an older one. Everything else comes from a task that was given up. */
    private boolean isWanted(StagedSector sector) {
        PlotTask task = sector.task();
        if (task.sectorIndex() >= farm.sectorsTotal()
                || sector.length() != farm.stagedBytes()
                || task.piecesInSector() != farm.layout().piecesInSector()
                || !task.publicKey().equals(farm.publicKey())) {
            LOG.warn("A staged sector does not fit farm {}: {}", farm.id(), task.taskId());
            return false;
        }
        Optional<SectorSummary> there = farm.sector(task.sectorIndex());
        return there.isEmpty()
                || outstanding
                                .find(task.sectorIndex())
                                .map(asked -> asked.generation() == task.generation())
                                .orElse(false)
                        && there.get().historySize() < task.protocolInfo().historySize();
    }

    private void transfer(StagedSector sector, Attempts attempt)
            throws IOException, InterruptedException, SectorGoneException, OthersFirstException {
        long start = System.nanoTime();
        attempt.begin();
        figures.writingBegins();
        try (SectorTransfer transfer = new SectorTransfer(farm, sector, member.client(), note, attempt::progress)) {
            while (true) {
                try {
                    Optional<PeerAddress> holder = member.address(sector.holder());
                    if (holder.isEmpty()) {
                        throw new IOException("plot-server " + sector.holder() + ", which has it, is not there");
                    }
                    transfer.continueFrom(holder.get());
                    long asked = outstanding
                            .find(sector.task().sectorIndex())
                            .map(OutstandingTasks.Task::askedNanos)
                            .orElse(start);
                    figures.stored(transfer.writing(), Duration.ofNanos(System.nanoTime() - asked));
                    disk.stored(Duration.ofNanos(System.nanoTime() - start), transfer.writing(), sector.length());
                    return;
                } catch (IOException e) {
                    if (closing) {
                        throw e;
                    }
                    LOG.debug(
                            "Sector {} could not be taken yet: {}",
                            sector.task().taskId(),
                            e.getMessage());
                    attempt.failed(e);
                    if (transfer.isBroken()) {
                        Thread.sleep(RETRY.toMillis());
                        throw new OthersFirstException(e);
                    }
                }
                Thread.sleep(RETRY.toMillis());
            }
        }
    }

    /** All attempts to take one sector: what went wrong, and what follows from it. */
    private final class Attempts {
        private final StagedSector sector;
        private final Wait wait;
        /** Since when nothing came from its plot-server; 0 if something did. */
        private long silentSince;

        private long failingSince;
        private long furthest;
        private int damaged;
        private int refusals;

        Attempts(StagedSector sector) {
            this.sector = sector;
            this.wait = waits.transfer(sector.task().taskId(), sector.holder());
        }

        void begin() {
            failingSince = 0;
        }

        /** More has come than ever before; the same bytes again are no progress. */
        void progress(long position) {
            if (position <= furthest) {
                return;
            }
            furthest = position;
            wait.progress();
            failingSince = 0;
            silentSince = 0;
        }

        void close() {
            wait.close();
        }

        void failed(IOException e) throws SectorGoneException, OthersFirstException {
            wait.cause(e.getMessage());
            Optional<FailureKind> kind =
                    e instanceof DataPlaneException failure ? Optional.of(failure.kind()) : Optional.empty();
            if (kind.equals(Optional.of(FailureKind.MISSING))) {
                throw new SectorGoneException("Plot-server " + sector.holder() + " has lost it", e);
            }
            damaged += isDamaged(e) ? 1 : 0;
            refusals += kind.equals(Optional.of(FailureKind.REMOTE)) ? 1 : 0;
            if (damaged == DAMAGED_COPIES || refusals == REFUSALS) {
                throw new SectorGoneException(
                        "Plot-server " + sector.holder() + " has a damaged one or cannot read it", e);
            }
            long now = System.nanoTime();
            if (failingSince == 0) {
                failingSince = now;
            }
            boolean isThere = member.membership().find(sector.holder()).isPresent();
            if (!member.control().isConnected()) {
                // Who is there cannot be known.
                silentSince = 0;
            } else if (isThere && kind.isEmpty()) {
                silentSince = 0;
                faults.warn(
                        "disk",
                        "Sector {} cannot be written at {}, trying again: {}; see dmesg, and whether the disk is full or"
                                + " mounted read-only",
                        sector.task().taskId(),
                        farm.directory(),
                        e.toString());
            } else {
                silentSince = silentSince == 0 ? now : silentSince;
                Duration silence = Duration.ofNanos(now - silentSince);
                if (silence.compareTo(isThere ? HOLDER_UNREACHABLE_AFTER : HOLDER_GONE_AFTER) > 0) {
                    throw new SectorGoneException(
                            "Plot-server " + sector.holder() + (isThere ? " cannot be reached" : " is gone with it"),
                            e);
                }
            }
            if (now - failingSince > OTHERS_WAIT.toNanos() && disk.isWaitedFor()) {
                throw new OthersFirstException(e);
            }
        }
    }

    private static boolean isDamaged(IOException e) {
        return e instanceof DataPlaneException failure && failure.kind() == FailureKind.CHECKSUM
                || e instanceof FarmException fault && fault.reason() == FarmException.Reason.BAD_SECTOR;
    }

    /** The sector does not come, and others wait for the disk. */
    private static final class OthersFirstException extends Exception {
        private static final long serialVersionUID = 1L;

        OthersFirstException(IOException cause) {
            super(cause.getMessage(), cause);
        }
    }

    /** Nobody has the sector any more. */
    private static final class SectorGoneException extends Exception {
        private static final long serialVersionUID = 1L;

        SectorGoneException(String message, Throwable cause) {
            super(message, cause);
        }
    }

    private void tellTaken(StagedSector sector) throws InterruptedException {
        outstanding.remove(sector.task().sectorIndex(), sector.task().generation());
        try (Wait wait = waits.telling(sector.task().taskId())) {
            while (!closing) {
                try {
                    announcements.taken(sector.task().taskId());
                    return;
                } catch (ControlException e) {
                    wait.cause(e.getMessage());
                }
                Thread.sleep(RETRY.toMillis());
            }
        }
    }

    private void forget(StagedSector sector) {
        try {
            announcements.taken(sector.task().taskId());
        } catch (ControlException e) {
            LOG.debug("The entry of sector {} stays for now: {}", sector.task().taskId(), e.getMessage());
        }
        outstanding.remove(sector.task().sectorIndex(), sector.task().generation());
    }

    /** What fails from now on fails because the process stops. */
    void closing() {
        closing = true;
    }
}

package xyz.autonomys.farmer.plotclient;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
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
import xyz.autonomys.farmer.cluster.data.FileDownload;
import xyz.autonomys.farmer.cluster.data.PeerAddress;
import xyz.autonomys.farmer.cluster.member.ClusterMember;
import xyz.autonomys.farmer.farm.Farm;
import xyz.autonomys.farmer.farm.SectorSummary;
import xyz.autonomys.farmer.primitives.FarmerProtocolInfo;

/**
 * Keeps one farm full: asks for sectors that are missing, then for those that expire, takes the finished ones from their
 * plot-servers and stores them. One sector is taken at a time; a download that was cut goes on where it was, also after a
 * restart. A task of which nothing is heard for long is asked for again under a new number.
 */
final class FarmPlotting implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FarmPlotting.class);
    private static final Duration LOST_AFTER = Duration.ofMinutes(20);
    private static final Duration HOLDER_GONE_AFTER = Duration.ofMinutes(5);
    private static final Duration RETRY = Duration.ofSeconds(3);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

    private final Farm farm;
    private final ClusterMember member;
    private final PlottingQueue queue;
    private final SegmentView segments;
    private final int limit;
    private final OutstandingTasks outstanding;
    private final Path incoming;
    private final Map<String, StagedSector> staged = new ConcurrentHashMap<>();
    private final ExecutorService taker = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("take-sectors").factory());
    private final AtomicLong stored = new AtomicLong();
    private StagedSectors announcements;

    FarmPlotting(
            Farm farm, ClusterMember member, PlottingQueue queue, SegmentView segments, int limit, Path stateDirectory)
            throws IOException {
        this.farm = farm;
        this.member = member;
        this.queue = queue;
        this.segments = segments;
        this.limit = limit;
        this.incoming = Files.createDirectories(stateDirectory.resolve("incoming"));
        this.outstanding = new OutstandingTasks(stateDirectory.resolve("tasks.json"));
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

    /** Names the bucket in which finished sectors are announced; to be called once. */
    void follow(StagedSectors all) {
        this.announcements = all;
        all.all().values().forEach(this::staged);
    }

    /** A sector was staged somewhere; if it is ours, it is taken. */
    void staged(StagedSector sector) {
        if (!sector.task().farmId().equals(farm.id().toString())) {
            return;
        }
        outstanding.sign(sector.task().sectorIndex());
        if (staged.putIfAbsent(sector.task().taskId(), sector) == null) {
            taker.execute(() -> take(sector));
        }
    }

    /** A plot-server told how far a sector is. */
    void progress(PlotProgress progress) {
        if (progress.farmId().equals(farm.id().toString())) {
            outstanding.sign(progress.sectorIndex());
        }
    }

    /** Asks for sectors while there is room; to be called every second or so. */
    void look(ChainInfo chain) throws ControlException, IOException {
        for (int index = 0; index < farm.sectorsTotal() && outstanding.size() < limit; index++) {
            Optional<OutstandingTasks.Task> task = outstanding.find(index);
            if (task.isPresent()) {
                if (System.nanoTime() - task.get().signNanos() > LOST_AFTER.toNanos()) {
                    LOG.warn(
                            "Nothing was heard of sector {} of farm {} for {} minutes, it is asked for again",
                            index,
                            farm.id(),
                            LOST_AFTER.toMinutes());
                    outstanding.remove(index);
                }
            } else if (isWanted(index, chain.protocolInfo())) {
                post(index, chain.protocolInfo());
            }
        }
    }

    private boolean isWanted(int index, FarmerProtocolInfo protocol) {
        Optional<SectorSummary> sector = farm.sector(index);
        return sector.isEmpty()
                || segments.isExpiring(sector.get().sectorId(), sector.get().historySize(), protocol);
    }

    private void post(int index, FarmerProtocolInfo protocol) throws ControlException, IOException {
        long historySize = segments.historySize();
        if (historySize == 0) {
            return;
        }
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
        } finally {
            if (!posted) {
                // It may have arrived all the same; then its sector is taken as one more.
                outstanding.remove(index);
            }
        }
    }

    private void take(StagedSector sector) {
        String taskId = sector.task().taskId();
        long giveUpAt = System.nanoTime() + HOLDER_GONE_AFTER.toNanos();
        Path file = incoming.resolve(taskId + ".part");
        try {
            while (!Thread.currentThread().isInterrupted()) {
                try {
                    if (sector.task().sectorIndex() >= farm.sectorsTotal() || sector.length() != farm.stagedBytes()) {
                        LOG.warn("A staged sector does not fit farm {} and is not taken: {}", farm.id(), taskId);
                    } else if (!isStored(sector)) {
                        download(sector, file);
                        farm.writeSector(sector.task().sectorIndex(), file);
                        stored.incrementAndGet();
                        LOG.info(
                                "Sector {} of farm {} is stored: {} of {} sectors are plotted",
                                sector.task().sectorIndex(),
                                farm.id(),
                                farm.sectorsPlotted(),
                                farm.sectorsTotal());
                    }
                    announcements.taken(taskId);
                    outstanding.remove(sector.task().sectorIndex());
                    Files.deleteIfExists(file);
                    return;
                } catch (ControlException e) {
                    LOG.debug("Sector {} is stored, its plot-server will hear it later: {}", taskId, e.getMessage());
                } catch (IOException e) {
                    LOG.warn("Sector {} could not be taken yet: {}", taskId, e.getMessage());
                    if (e instanceof DataPlaneException failure && failure.kind() == FailureKind.NOT_SERVED) {
                        LOG.warn("Plot-server {} lost sector {}, which is asked for again", sector.holder(), taskId);
                        forget(sector, file);
                        return;
                    }
                    if (System.nanoTime() > giveUpAt
                            && member.membership().find(sector.holder()).isEmpty()) {
                        LOG.warn(
                                "Plot-server {} is gone with sector {}, which is asked for again",
                                sector.holder(),
                                taskId);
                        forget(sector, file);
                        return;
                    }
                }
                Thread.sleep(RETRY.toMillis());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException | RuntimeException e) {
            LOG.error("Sector {} could not be taken", taskId, e);
        } finally {
            staged.remove(taskId);
        }
    }

    private void forget(StagedSector sector, Path file) throws IOException {
        try {
            announcements.taken(sector.task().taskId());
        } catch (ControlException e) {
            LOG.debug("The entry of sector {} stays for now: {}", sector.task().taskId(), e.getMessage());
        }
        outstanding.remove(sector.task().sectorIndex());
        Files.deleteIfExists(file);
    }

    /** Whether the farm has this very sector already: the process died between storing it and saying so. */
    private boolean isStored(StagedSector sector) {
        return farm.sector(sector.task().sectorIndex())
                .map(stored ->
                        stored.historySize() == sector.task().protocolInfo().historySize())
                .orElse(false);
    }

    private void download(StagedSector sector, Path file) throws IOException, InterruptedException {
        Optional<PeerAddress> holder = member.address(sector.holder());
        if (holder.isEmpty()) {
            throw new IOException("plot-server " + sector.holder() + ", which has it, is not there");
        }
        try (FileChannel out = FileChannel.open(
                        file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
                FileDownload download =
                        new FileDownload(member.client(), sector.fileId(), sector.length(), (bytes, offset) -> {
                            long at = offset;
                            while (bytes.hasRemaining()) {
                                at += out.write(bytes, at);
                            }
                        })) {
            long had = Math.min(out.size(), sector.length());
            // Only whole blocks can be gone on from.
            had -= had % FileDownload.BLOCK_BYTES;
            if (had > 0) {
                download.adopt(out, 0, had);
            }
            download.continueFrom(holder.get(), member.client().defaultOptions());
            if (!download.isComplete()) {
                throw new IOException("the transfer from " + holder.get() + " ended at byte " + download.position()
                        + " of " + sector.length());
            }
            out.force(false);
        } catch (IOException e) {
            if (e instanceof DataPlaneException failure && failure.kind() == FailureKind.CHECKSUM) {
                Files.deleteIfExists(file);
            }
            throw e;
        }
    }

    @Override
    public void close() {
        taker.shutdownNow();
        try {
            taker.awaitTermination(CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

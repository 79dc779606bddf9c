package xyz.autonomys.farmer.plotclient;

import io.micrometer.core.instrument.Timer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import xyz.autonomys.farmer.cluster.control.SlotAnnouncement;
import xyz.autonomys.farmer.cluster.control.SubmissionAnswer;
import xyz.autonomys.farmer.farm.Farm;
import xyz.autonomys.farmer.farm.FarmAudit;
import xyz.autonomys.farmer.farm.FarmAuditor;
import xyz.autonomys.farmer.farm.SectorSummary;
import xyz.autonomys.farmer.primitives.PublicKey;
import xyz.autonomys.farmer.primitives.SlotInfo;
import xyz.autonomys.farmer.primitives.SolutionResponse;
import xyz.autonomys.farmer.sector.ReadAt;
import xyz.autonomys.farmer.sector.SectorContentsMap;
import xyz.autonomys.farmer.sector.SectorMetadata;
import xyz.autonomys.farmer.sector.prove.ChunkProof;
import xyz.autonomys.farmer.sector.prove.SectorCandidates;
import xyz.autonomys.farmer.sector.prove.SolutionCandidate;
import xyz.autonomys.farmer.sector.read.ReadMode;
import xyz.autonomys.farmer.sector.read.ReadingException;
import xyz.autonomys.farmer.sector.read.RecordReader;
import xyz.autonomys.farmer.sector.read.StoredRecord;
import xyz.autonomys.farmer.telemetry.Meters;

/**
 * What is done with a slot: all farms are audited, the sectors with winning chunks are proven best first, and each proof
 * is submitted. The audit of a slot never waits for the proofs of the one before; one whose time is up is dropped.
 */
final class Farming implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Farming.class);
    /** Kept between the deadline of a proof and the end of the slot's window, for the way to the node. */
    private static final Duration SUBMISSION_MARGIN = Duration.ofMillis(400);
    /** A node takes ten solutions of a slot at most. */
    private static final int SOLUTIONS_PER_SLOT = 8;

    /** While a node makes a block, slots queue up there and then come two or three at once. */
    private static final int SLOTS_WAITING = 2;

    private static final int READ_THREADS = 16;
    private static final Duration FIRST_BUCKET = Duration.ofMillis(1);

    private final List<Farm> farms;
    private final Map<Farm, FarmFigures> figures;
    private final Predicate<Farm> mayFarm;
    private final Predicate<SectorSummary> expired;
    private final PublicKey rewardAddress;
    private final FarmAuditor auditor;
    private final RecordReader reader = new RecordReader(ReadMode.CONCURRENT_CHUNKS, READ_THREADS);
    private final ProofClient proofs;
    private final SolutionSubmitter submitter;
    private final BlockingQueue<Slot> handOver = new ArrayBlockingQueue<>(SLOTS_WAITING);
    private final ExecutorService proving = Executors.newFixedThreadPool(
            2, Thread.ofPlatform().daemon().name("proving-", 0).factory());
    private final Thread auditing;
    private final LongAdder audits = new LongAdder();
    private final LongAdder missed = new LongAdder();
    private final TimesHistogram auditTimes = new TimesHistogram();
    private final TimesHistogram submissionTimes = new TimesHistogram();
    private final Timer solutionTimer;
    private volatile long lastSlot;

    private record Slot(SlotAnnouncement announcement, long arrived, long deadline) {}

    Farming(
            Map<Farm, FarmFigures> farms,
            Predicate<Farm> mayFarm,
            Predicate<SectorSummary> expired,
            PublicKey rewardAddress,
            int auditThreads,
            ProofClient proofs,
            SolutionSubmitter submitter,
            Meters meters) {
        this.farms = List.copyOf(farms.keySet());
        this.figures = Map.copyOf(farms);
        this.mayFarm = mayFarm;
        this.expired = expired;
        this.rewardAddress = rewardAddress;
        this.auditor = new FarmAuditor(auditThreads);
        this.proofs = proofs;
        this.submitter = submitter;
        this.solutionTimer = meters.timer(
                "autonomys_farmer_slot_to_solution",
                "Time from a slot's arrival until a solution of it was submitted.",
                FIRST_BUCKET);
        this.auditing = Thread.ofPlatform().daemon().name("auditing").start(this::audit);
    }

    /** Slots audited. */
    long audits() {
        return audits.sum();
    }

    /** Slots that were dropped since audits of slots before them took too long. */
    long missed() {
        return missed.sum();
    }

    /** Times of audits. */
    TimesHistogram auditTimes() {
        return auditTimes;
    }

    /** Times from a slot's arrival until its solutions were submitted. */
    TimesHistogram submissionTimes() {
        return submissionTimes;
    }

    /** The slot audited last. */
    long lastSlot() {
        return lastSlot;
    }

    /** A new slot. Returns at once. */
    void slot(SlotAnnouncement announcement) {
        long now = System.nanoTime();
        long deadline = now + TimeUnit.MILLISECONDS.toNanos(announcement.farmingTimeoutMillis()) - margin(announcement);
        Slot slot = new Slot(announcement, now, deadline);
        if (!handOver.offer(slot)) {
            miss(slot);
        }
    }

    private void miss(Slot slot) {
        missed.increment();
        figures.values().forEach(FarmFigures::skippedSlot);
        LOG.warn(
                "Slot {} is not audited: audits before it take too long; audits so far: {}",
                slot.announcement.slot().slotNumber(),
                auditTimes);
    }

    private static long margin(SlotAnnouncement announcement) {
        return TimeUnit.MILLISECONDS.toNanos(
                Math.min(SUBMISSION_MARGIN.toMillis(), announcement.farmingTimeoutMillis() / 4));
    }

    private void audit() {
        while (!Thread.currentThread().isInterrupted()) {
            try {
                audit(handOver.take());
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) {
                LOG.error("An audit failed", e);
            }
        }
    }

    private void audit(Slot slot) throws InterruptedException {
        SlotInfo info = slot.announcement.slot();
        long start = System.nanoTime();
        if (start - slot.arrived > slot.deadline - start) {
            // Half its time is gone: the next one has a better chance to be proven in time.
            miss(slot);
            return;
        }
        List<Win> wins = new ArrayList<>();
        for (Farm farm : farms) {
            if (!mayFarm.test(farm)) {
                continue;
            }
            long began = System.nanoTime();
            try {
                FarmAudit audit = auditor.audit(
                        farm,
                        info.globalChallenge(),
                        info.votingSolutionRange(),
                        Duration.ofNanos(Math.max(1, slot.deadline - System.nanoTime())));
                figures.get(farm).audited(Duration.ofNanos(System.nanoTime() - began));
                audit.hits().stream()
                        .filter(hit -> !expired.test(hit.sector()))
                        .forEach(hit -> wins.add(new Win(farm, hit)));
                for (FarmAudit.Failure failure : audit.failures()) {
                    figures.get(farm).failed(FarmFigures.Fault.AUDITING);
                    LOG.warn(
                            "Sector {} of farm {} could not be audited: {}; check the disk with util scrub",
                            failure.sectorIndex(),
                            farm.id(),
                            failure.reason());
                }
            } catch (TimeoutException e) {
                figures.get(farm).skippedSlot();
                LOG.warn("{}", e.getMessage());
            }
        }
        audits.increment();
        auditTimes.add(Duration.ofNanos(System.nanoTime() - start));
        lastSlot = info.slotNumber();
        if (!wins.isEmpty()) {
            wins.sort((a, b) -> Long.compareUnsigned(a.hit.bestDistance(), b.hit.bestDistance()));
            proving.execute(() -> prove(slot, wins));
        }
    }

    private record Win(Farm farm, FarmAudit.Hit hit) {}

    private void prove(Slot slot, List<Win> wins) {
        int left = SOLUTIONS_PER_SLOT;
        try {
            for (Win win : wins) {
                left -= prove(slot, win, left);
                if (left <= 0 || System.nanoTime() - slot.deadline > 0) {
                    return;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.error("Proving for slot {} failed", slot.announcement.slot().slotNumber(), e);
        }
    }

    /** Proves the winning chunks of a sector and submits them; how many. One that is replaced meanwhile wins no more. */
    private int prove(Slot slot, Win win, int limit) throws InterruptedException {
        int index = win.hit.sector().sectorIndex();
        int submitted = 0;
        FarmFigures figured = figures.get(win.farm);
        long began = System.nanoTime();
        try {
            SectorMetadata metadata = win.farm.readMetadata(index);
            ReadAt sector = win.farm.sectorReader(index);
            SectorContentsMap map = RecordReader.contentsMap(sector, metadata.piecesInSector());
            Optional<SectorCandidates> candidates = SectorCandidates.of(win.hit.audit(), map);
            if (candidates.isEmpty() || !win.farm.isStillThere(win.hit.sector())) {
                return 0;
            }
            for (SolutionCandidate candidate : candidates.get().candidates()) {
                if (submitted == limit || System.nanoTime() - slot.deadline > 0) {
                    break;
                }
                began = System.nanoTime();
                StoredRecord record =
                        reader.read(sector, win.hit.sector().sectorId(), metadata, map, candidate.pieceOffset());
                if (!win.farm.isStillThere(win.hit.sector())) {
                    break;
                }
                Optional<ChunkProof> proof =
                        proofs.prove(record, candidates.get().sBucket(), slot.deadline);
                if (proof.isEmpty()) {
                    figured.proved(FarmFigures.Proving.TIMEOUT, Duration.ofNanos(System.nanoTime() - began));
                }
                // The lease may have been lost while the proof was made.
                if (proof.isPresent() && mayFarm.test(win.farm)) {
                    SlotAnnouncement announcement = slot.announcement;
                    Optional<SubmissionAnswer.Outcome> outcome = submitter.submit(
                            new SolutionResponse(
                                    announcement.slot().slotNumber(),
                                    proof.get().solution(win.farm.publicKey(), rewardAddress, metadata, record)),
                            slot.deadline + margin(announcement));
                    Duration sinceSlot = Duration.ofNanos(System.nanoTime() - slot.arrived);
                    submissionTimes.add(sinceSlot);
                    solutionTimer.record(sinceSlot);
                    if (outcome.isPresent()) {
                        figured.proved(
                                outcome.get() == SubmissionAnswer.Outcome.ACCEPTED
                                        ? FarmFigures.Proving.SUCCESS
                                        : FarmFigures.Proving.REJECTED,
                                Duration.ofNanos(System.nanoTime() - began));
                    }
                    submitted++;
                }
            }
        } catch (IOException | ReadingException e) {
            if (!win.farm.isStillThere(win.hit.sector())) {
                LOG.debug("Sector {} of farm {} was replaced before its proof", index, win.farm.id(), e);
                return submitted;
            }
            figured.failed(e instanceof IOException ? FarmFigures.Fault.IO : FarmFigures.Fault.PROVING);
            figured.proved(FarmFigures.Proving.FAILED, Duration.ofNanos(System.nanoTime() - began));
            LOG.warn(
                    "Sector {} of farm {} could not be read for a proof: {}; check it with util scrub",
                    index,
                    win.farm.id(),
                    e.getMessage());
        }
        return submitted;
    }

    @Override
    public void close() {
        auditing.interrupt();
        proving.shutdownNow();
        try {
            auditing.join(Duration.ofSeconds(2));
            proving.awaitTermination(2, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        auditor.close();
        reader.close();
    }
}

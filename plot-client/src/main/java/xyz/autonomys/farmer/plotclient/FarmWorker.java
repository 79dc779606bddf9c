package xyz.autonomys.farmer.plotclient;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
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
import xyz.autonomys.farmer.telemetry.RepeatedLog;

/**
 * What one farm does with a slot: it is audited, its sectors with winning chunks are proven best first, and each proof is
 * submitted. Every farm has threads of its own, so that a disk that hangs stops its own farm and no other.
 *
 * <p>The audit of a slot never waits for the proofs of the one before; one whose time is up is dropped.
 */
final class FarmWorker implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FarmWorker.class);
    private static final Duration QUIET = Duration.ofSeconds(30);
    private static final Duration STOP = Duration.ofSeconds(2);

    /** While a node makes a block, slots queue up there and then come two or three at once. */
    private static final int SLOTS_WAITING = 2;

    private static final int PROVING_THREADS = 2;
    private static final int READ_THREADS = 16;

    private final Farm farm;
    private final FarmFigures figures;
    private final FarmingRules rules;
    private final ProofClient proofs;
    private final SolutionSubmitter submitter;
    private final FarmingTimes times;
    private final FarmAuditor auditor;
    private final RecordReader reader = new RecordReader(ReadMode.CONCURRENT_CHUNKS, READ_THREADS);
    private final BlockingQueue<FarmingSlot> handOver = new ArrayBlockingQueue<>(SLOTS_WAITING);
    private final RepeatedLog failures = new RepeatedLog(LOG, QUIET);
    private final LongAdder audits = new LongAdder();
    private final LongAdder missed = new LongAdder();
    private final ExecutorService proving;
    private final Thread auditing;

    /**
     * What a farm has to know to farm.
     *
     * @param mayFarm whether a farm is this process's to farm now
     * @param expired whether a sector is worthless by now
     * @param rewardAddress who is rewarded
     * @param auditThreads reads of a farm's disk that run at once in an audit
     */
    record FarmingRules(
            Predicate<Farm> mayFarm, Predicate<SectorSummary> expired, PublicKey rewardAddress, int auditThreads) {}

    FarmWorker(
            Farm farm,
            FarmFigures figures,
            FarmingRules rules,
            ProofClient proofs,
            SolutionSubmitter submitter,
            FarmingTimes times) {
        this.farm = farm;
        this.figures = figures;
        this.rules = rules;
        this.proofs = proofs;
        this.submitter = submitter;
        this.times = times;
        this.auditor = new FarmAuditor(rules.auditThreads());
        this.proving = Executors.newFixedThreadPool(
                PROVING_THREADS,
                Thread.ofPlatform()
                        .daemon()
                        .name("proving-" + farm.id() + "-", 0)
                        .factory());
        this.auditing =
                Thread.ofPlatform().daemon().name("auditing-" + farm.id()).start(this::audit);
    }

    /** Slots audited. */
    long audits() {
        return audits.sum();
    }

    /** Slots dropped since audits of slots before them took too long. */
    long missed() {
        return missed.sum();
    }

    /** A new slot. Returns at once. */
    void slot(FarmingSlot slot) {
        if (!handOver.offer(slot)) {
            miss(slot);
        }
    }

    private void miss(FarmingSlot slot) {
        missed.increment();
        figures.skippedSlot();
        failures.warn(
                "missed",
                "Slot {} is not audited in farm {}: audits before it take too long; audits so far: {}",
                slot.number(),
                farm.id(),
                times.audits());
    }

    private void audit() {
        while (!Thread.currentThread().isInterrupted()) {
            try {
                FarmingSlot slot = handOver.take();
                if (slot.isHalfOver()) {
                    // The next one has a better chance to be proven in time.
                    miss(slot);
                } else {
                    audit(slot);
                }
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) {
                LOG.error("An audit of farm {} failed", farm.id(), e);
            }
        }
    }

    private void audit(FarmingSlot slot) throws InterruptedException {
        if (!rules.mayFarm().test(farm)) {
            return;
        }
        SlotInfo info = slot.info();
        long began = System.nanoTime();
        List<FarmAudit.Hit> wins;
        try {
            FarmAudit audit =
                    auditor.audit(farm, info.globalChallenge(), info.votingSolutionRange(), slot.untilDeadline());
            Duration took = Duration.ofNanos(System.nanoTime() - began);
            figures.audited(took);
            times.audits().add(took);
            tellOf(audit.failures());
            wins = audit.hits().stream()
                    .filter(hit -> !rules.expired().test(hit.sector()))
                    .toList();
        } catch (TimeoutException e) {
            figures.skippedSlot();
            failures.warn("timeout", "{}", e.getMessage());
            return;
        }
        audits.increment();
        if (!wins.isEmpty()) {
            proving.execute(() -> prove(slot, wins));
        }
    }

    private void tellOf(List<FarmAudit.Failure> sectors) {
        for (FarmAudit.Failure failure : sectors) {
            figures.failed(FarmFigures.Fault.AUDITING);
            failures.warn(
                    "audit",
                    "Sector {} of farm {} could not be audited: {}; check the disk with util scrub",
                    failure.sectorIndex(),
                    farm.id(),
                    failure.reason());
        }
    }

    private void prove(FarmingSlot slot, List<FarmAudit.Hit> wins) {
        for (FarmAudit.Hit win : wins) {
            if (slot.isOver()) {
                return;
            }
            try {
                prove(slot, win);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            } catch (RuntimeException e) {
                LOG.error(
                        "Proving for slot {} failed at sector {} of farm {}",
                        slot.number(),
                        win.sector().sectorIndex(),
                        farm.id(),
                        e);
            }
        }
    }

    /** Proves the winning chunks of a sector and submits them. One that is replaced meanwhile wins no more. */
    private void prove(FarmingSlot slot, FarmAudit.Hit win) throws InterruptedException {
        int index = win.sector().sectorIndex();
        long began = System.nanoTime();
        try {
            SectorMetadata metadata = farm.readMetadata(index);
            ReadAt sector = farm.sectorReader(index);
            SectorContentsMap map = RecordReader.contentsMap(sector, metadata.piecesInSector());
            Optional<SectorCandidates> candidates = SectorCandidates.of(win.audit(), map);
            if (candidates.isEmpty()) {
                return;
            }
            for (SolutionCandidate candidate : candidates.get().candidates()) {
                if (slot.isOver() || !farm.isStillThere(win.sector())) {
                    return;
                }
                began = System.nanoTime();
                try {
                    StoredRecord record =
                            reader.read(sector, win.sector().sectorId(), metadata, map, candidate.pieceOffset());
                    if (farm.isStillThere(win.sector())) {
                        prove(slot, record, candidates.get().sBucket(), metadata, began);
                    }
                } catch (IOException | ReadingException e) {
                    notRead(win, e, began);
                }
            }
        } catch (IOException | ReadingException e) {
            notRead(win, e, began);
        }
    }

    private void prove(FarmingSlot slot, StoredRecord record, int sBucket, SectorMetadata metadata, long began)
            throws InterruptedException {
        Optional<ChunkProof> proof = proofs.prove(record, sBucket, slot.deadline());
        if (proof.isEmpty()) {
            figures.proved(FarmFigures.Proving.TIMEOUT, Duration.ofNanos(System.nanoTime() - began));
        } else {
            submit(slot, proof.get(), metadata, record, began);
        }
    }

    private void notRead(FarmAudit.Hit win, Exception e, long began) {
        int index = win.sector().sectorIndex();
        if (!farm.isStillThere(win.sector())) {
            LOG.debug("Sector {} of farm {} was replaced before its proof", index, farm.id(), e);
            return;
        }
        figures.failed(e instanceof IOException ? FarmFigures.Fault.IO : FarmFigures.Fault.PROVING);
        figures.proved(FarmFigures.Proving.FAILED, Duration.ofNanos(System.nanoTime() - began));
        LOG.warn(
                "Sector {} of farm {} could not be read for a proof: {}; check it with util scrub",
                index,
                farm.id(),
                e.getMessage());
    }

    private void submit(FarmingSlot slot, ChunkProof proof, SectorMetadata metadata, StoredRecord record, long began)
            throws InterruptedException {
        // The lease may have been lost while the proof was made.
        if (!rules.mayFarm().test(farm) || !slot.takePlace()) {
            return;
        }
        Optional<SubmissionAnswer.Outcome> outcome = submitter.submit(
                new SolutionResponse(
                        slot.info().slotNumber(),
                        proof.solution(farm.publicKey(), rules.rewardAddress(), metadata, record)),
                slot.end());
        times.submitted(slot.sinceArrival());
        if (outcome.isPresent()) {
            figures.proved(
                    outcome.get() == SubmissionAnswer.Outcome.ACCEPTED
                            ? FarmFigures.Proving.SUCCESS
                            : FarmFigures.Proving.REJECTED,
                    Duration.ofNanos(System.nanoTime() - began));
        }
    }

    /** Asks the threads to end. */
    void closing() {
        auditing.interrupt();
        proving.shutdownNow();
    }

    /** Waits a moment for the threads, which a disk that hangs may hold. */
    @Override
    public void close() {
        closing();
        try {
            auditing.join(STOP);
            proving.awaitTermination(STOP.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        auditor.close();
        reader.close();
    }
}

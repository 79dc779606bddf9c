package xyz.autonomys.farmer.farm;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import xyz.autonomys.farmer.primitives.Blake3Hash;
import xyz.autonomys.farmer.sector.SectorIds;
import xyz.autonomys.farmer.sector.audit.ChunkCandidate;
import xyz.autonomys.farmer.sector.audit.SectorAudit;
import xyz.autonomys.farmer.sector.audit.SectorAuditor;

/**
 * Audits all sectors of a farm on a pool of threads. Each sector costs a read of 128 bytes of its record, which the page
 * cache mostly answers, and one of an s-bucket of the plot, about 16 KiB in a sector of 1000 pieces.
 *
 * <p>One auditor may serve many farms; audits that are asked for at the same time share the threads.
 */
public final class FarmAuditor implements AutoCloseable {
    /** Sectors a thread takes at a time. */
    private static final int BATCH = 16;

    private final int threads;
    private final ExecutorService pool;

    /**
     * An auditor with its own threads.
     *
     * @param threads reads of the disk that run at once, with the hashing of what they brought
     */
    public FarmAuditor(int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("an audit needs at least one thread, got " + threads);
        }
        this.threads = threads;
        this.pool = Executors.newFixedThreadPool(
                threads, Thread.ofPlatform().name("audit-", 0).daemon().factory());
    }

    /**
     * Audits every plotted sector.
     *
     * @param votingRange the wider of the slot's two ranges, unsigned
     * @param patience how long to wait for slow disks
     * @throws TimeoutException if the audit takes longer
     */
    public FarmAudit audit(Farm farm, Blake3Hash globalChallenge, long votingRange, Duration patience)
            throws InterruptedException, TimeoutException {
        AtomicInteger next = new AtomicInteger();
        AtomicBoolean abandoned = new AtomicBoolean();
        int workers = Math.min(threads, (farm.sectorsTotal() + BATCH - 1) / BATCH);
        List<Future<Part>> running = new ArrayList<>(workers);
        long deadline = System.nanoTime() + patience.toNanos();
        for (int worker = 0; worker < workers; worker++) {
            running.add(pool.submit(() -> auditPart(farm, globalChallenge, votingRange, next, abandoned)));
        }
        Part all = new Part();
        try {
            for (Future<Part> part : running) {
                all.add(part.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS));
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("audit of " + farm.directory() + " failed", e.getCause());
        } catch (TimeoutException e) {
            TimeoutException named = new TimeoutException("audit of " + farm.directory() + " with "
                    + farm.sectorsPlotted() + " sectors has not ended within " + patience.toMillis() + " ms");
            named.initCause(e);
            throw named;
        } finally {
            abandoned.set(true);
        }
        all.hits.sort((a, b) -> {
            int byDistance = Long.compareUnsigned(a.bestDistance(), b.bestDistance());
            return byDistance != 0
                    ? byDistance
                    : Integer.compare(a.sector().sectorIndex(), b.sector().sectorIndex());
        });
        return new FarmAudit(all.hits, all.audited, all.failures);
    }

    private static Part auditPart(
            Farm farm, Blake3Hash globalChallenge, long votingRange, AtomicInteger next, AtomicBoolean abandoned) {
        Part part = new Part();
        SectorAuditor auditor = new SectorAuditor();
        SectorStore.Bucket bucket = new SectorStore.Bucket();
        while (!abandoned.get()) {
            int from = next.getAndAdd(BATCH);
            if (from >= farm.sectorsTotal()) {
                break;
            }
            int to = Math.min(from + BATCH, farm.sectorsTotal());
            for (int index = from; index < to; index++) {
                Optional<SectorSummary> sector = farm.sectors().summary(index);
                if (sector.isPresent()) {
                    auditSector(farm, sector.get(), globalChallenge, votingRange, auditor, bucket, part);
                }
            }
        }
        return part;
    }

    private static void auditSector(
            Farm farm,
            SectorSummary sector,
            Blake3Hash globalChallenge,
            long votingRange,
            SectorAuditor auditor,
            SectorStore.Bucket bucket,
            Part part) {
        Blake3Hash challenge = SectorIds.sectorSlotChallenge(sector.sectorId(), globalChallenge);
        int sBucket = SectorIds.sBucket(challenge);
        try {
            farm.sectors().readBucket(sector, sBucket, bucket);
        } catch (IOException e) {
            part.failures.add(new FarmAudit.Failure(sector.sectorIndex(), e.getMessage()));
            return;
        }
        part.audited++;
        List<ChunkCandidate> candidates =
                auditor.candidates(globalChallenge, challenge, votingRange, bucket.chunks(), 0, bucket.count());
        // A sector that was replaced meanwhile gave a mixture.
        if (!candidates.isEmpty() && farm.isStillThere(sector)) {
            part.hits.add(
                    new FarmAudit.Hit(sector, new SectorAudit(sector.sectorId(), challenge, sBucket, candidates)));
        }
    }

    /** What one thread found. */
    private static final class Part {
        private final List<FarmAudit.Hit> hits = new ArrayList<>();
        private final List<FarmAudit.Failure> failures = new ArrayList<>();
        private int audited;

        private void add(Part other) {
            hits.addAll(other.hits);
            failures.addAll(other.failures);
            audited += other.audited;
        }
    }

    /** Ends the threads; audits that still run are cut short. */
    @Override
    public void close() {
        pool.shutdownNow();
    }
}

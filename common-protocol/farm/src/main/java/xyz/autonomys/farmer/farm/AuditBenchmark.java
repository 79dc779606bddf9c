package xyz.autonomys.farmer.farm;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.lang.ref.Reference;
import java.time.Duration;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.TimeoutException;
import xyz.autonomys.farmer.primitives.Blake3Hash;
import xyz.autonomys.farmer.primitives.ProtocolSizes;
import xyz.autonomys.farmer.primitives.SectorId;
import xyz.autonomys.farmer.primitives.hash.Blake3;
import xyz.autonomys.farmer.sector.ReadAt;
import xyz.autonomys.farmer.sector.SectorMetadata;
import xyz.autonomys.farmer.sector.audit.SectorAuditor;

/** How fast sectors are audited: by a core with everything in memory, and on the disk of a farm. */
public final class AuditBenchmark {
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final int WARM_UP = 3;
    private static final int WARM_UP_SECTORS = 20_000;
    private static final int CHUNKS_IN_MEMORY = 1 << 20;
    private static final int MEASURED_SECTORS = 10_000;
    private static final double NANOS_PER_MICRO = 1000;

    /**
     * A measurement of a farm.
     *
     * @param sectors plotted sectors, each of which every run reads
     * @param millis duration of each run, shortest first
     */
    public record OnDisk(int sectors, double[] millis) {
        /** Median duration of a run in milliseconds. */
        public double median() {
            return millis[millis.length / 2];
        }

        /** Microseconds per sector in the median run, by all threads together. */
        public double microsPerSector() {
            return median() * 1000 / sectors;
        }
    }

    private AuditBenchmark() {}

    /**
     * Audits made-up sectors that lie in memory on this thread.
     *
     * @param piecesInSector pieces of a sector
     * @return microseconds of processor time per sector, median of {@code runs}
     */
    public static double inMemory(int piecesInSector, int runs) throws IOException {
        SplittableRandom random = new SplittableRandom(1);
        SectorMetadata metadata = madeUp(piecesInSector, random);
        byte[] chunks = new byte[CHUNKS_IN_MEMORY * ProtocolSizes.CHUNK_BYTES];
        random.nextBytes(chunks);
        MemorySegment memory = MemorySegment.ofArray(chunks);
        int window = chunks.length - piecesInSector * ProtocolSizes.CHUNK_BYTES;
        ReadAt sector = (offset, target, targetOffset, length) -> MemorySegment.copy(
                memory,
                java.lang.foreign.ValueLayout.JAVA_BYTE,
                offset % window / ProtocolSizes.CHUNK_BYTES * ProtocolSizes.CHUNK_BYTES,
                target,
                targetOffset,
                length);
        SectorAuditor auditor = new SectorAuditor();
        SectorId[] ids = new SectorId[MEASURED_SECTORS];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = SectorId.of(
                    Blake3.hash(new byte[] {(byte) i, (byte) (i >> 8)}).toBytes());
        }
        Blake3Hash challenge = Blake3.hash(new byte[] {1});
        for (int i = 0; i < WARM_UP_SECTORS; i++) {
            auditor.audit(ids[i % ids.length], challenge, 0, metadata, sector);
        }
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        double[] micros = new double[runs];
        for (int run = 0; run < runs; run++) {
            challenge = Blake3.hash(new byte[] {(byte) run, 1});
            long start = threads.getCurrentThreadCpuTime();
            for (SectorId id : ids) {
                auditor.audit(id, challenge, 0, metadata, sector);
            }
            micros[run] = (threads.getCurrentThreadCpuTime() - start) / NANOS_PER_MICRO / ids.length;
        }
        Arrays.sort(micros);
        return micros[runs / 2];
    }

    /** Heap in bytes that a farm keeps for a plotted sector while nothing happens: the mean of many. */
    public static long idleSectorBytes() {
        SectorMetadata metadata = madeUp(1000, new SplittableRandom(1));
        SectorId id = SectorId.of(Blake3.hash(new byte[] {1}).toBytes());
        SectorSummary[] kept = new SectorSummary[MEASURED_SECTORS];
        long before = usedHeap();
        for (int i = 0; i < kept.length; i++) {
            kept[i] = new SectorSummary(id, metadata);
        }
        long after = usedHeap();
        Reference.reachabilityFence(kept);
        return (after - before) / kept.length;
    }

    private static long usedHeap() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    /** A sector in which every record has a chunk in half of the s-buckets. */
    private static SectorMetadata madeUp(int piecesInSector, SplittableRandom random) {
        char[] sizes = new char[ProtocolSizes.S_BUCKETS];
        for (int sBucket = 0; sBucket < sizes.length; sBucket++) {
            for (int word = 0; word < piecesInSector; word += Long.SIZE) {
                long present = random.nextLong();
                int records = Math.min(Long.SIZE, piecesInSector - word);
                sizes[sBucket] += (char) Long.bitCount(present >>> Long.SIZE - records);
            }
        }
        return new SectorMetadata(0, piecesInSector, 1, sizes);
    }

    /**
     * Audits all sectors of a farm, with another challenge in every run.
     *
     * @throws TimeoutException if a run takes longer than five minutes
     * @throws IOException if a sector cannot be read, or none is plotted
     */
    public static OnDisk onDisk(Farm farm, int threads, int runs)
            throws IOException, InterruptedException, TimeoutException {
        if (farm.sectorsPlotted() == 0) {
            throw new FarmException(
                    FarmException.Reason.NO_FARM,
                    "The farm in " + farm.directory() + " has no plotted sector to audit; plot one first");
        }
        double[] millis = new double[runs];
        SplittableRandom random = new SplittableRandom();
        byte[] challenge = new byte[Blake3Hash.SIZE];
        try (FarmAuditor auditor = new FarmAuditor(threads)) {
            for (int run = -WARM_UP; run < runs; run++) {
                random.nextBytes(challenge);
                long start = System.nanoTime();
                FarmAudit audit = auditor.audit(farm, Blake3Hash.of(challenge), 0, PATIENCE);
                if (run >= 0) {
                    millis[run] = (System.nanoTime() - start) / 1e6;
                }
                if (!audit.failures().isEmpty()) {
                    FarmAudit.Failure failure = audit.failures().getFirst();
                    throw new IOException("sector " + failure.sectorIndex() + " cannot be read: " + failure.reason());
                }
            }
        }
        Arrays.sort(millis);
        return new OnDisk(farm.sectorsPlotted(), millis);
    }
}

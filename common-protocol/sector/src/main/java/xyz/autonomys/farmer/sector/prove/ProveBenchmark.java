package xyz.autonomys.farmer.sector.prove;

import com.sun.management.OperatingSystemMXBean;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import xyz.autonomys.farmer.erasure.ErasureCoding;
import xyz.autonomys.farmer.erasure.InvalidScalarException;
import xyz.autonomys.farmer.erasure.Polynomials;
import xyz.autonomys.farmer.erasure.Scalar;
import xyz.autonomys.farmer.kzg.Kzg;
import xyz.autonomys.farmer.kzg.KzgCommitment;
import xyz.autonomys.farmer.pos.PosTableBuilder;
import xyz.autonomys.farmer.pos.PosTables;
import xyz.autonomys.farmer.primitives.Blake3Hash;
import xyz.autonomys.farmer.primitives.FarmerProtocolInfo;
import xyz.autonomys.farmer.primitives.PotOutput;
import xyz.autonomys.farmer.primitives.ProtocolSizes;
import xyz.autonomys.farmer.primitives.PublicKey;
import xyz.autonomys.farmer.primitives.RecordWitness;
import xyz.autonomys.farmer.primitives.SectorId;
import xyz.autonomys.farmer.primitives.SegmentCommitment;
import xyz.autonomys.farmer.primitives.Solution;
import xyz.autonomys.farmer.sector.PieceSelection;
import xyz.autonomys.farmer.sector.SectorIds;
import xyz.autonomys.farmer.sector.SectorMetadata;
import xyz.autonomys.farmer.sector.plot.RecordEncoder;
import xyz.autonomys.farmer.sector.read.StoredRecord;
import xyz.autonomys.farmer.sector.verify.PieceCheckParameters;
import xyz.autonomys.farmer.sector.verify.SolutionParameters;
import xyz.autonomys.farmer.sector.verify.SolutionVerdict;
import xyz.autonomys.farmer.sector.verify.SolutionVerifier;

/**
 * How long one solution takes, from the stored record in memory to the finished proof, and how long its verification
 * takes. A record of random chunks is encoded, and a segment with its commitment invented, so that all checks are done.
 */
public final class ProveBenchmark {
    private static final FarmerProtocolInfo PROTOCOL = new FarmerProtocolInfo(1, 1000, 5, 1, 10, 4);
    private static final PublicKey KEY = PublicKey.of(new byte[PublicKey.SIZE]);
    private static final PotOutput PROOF_OF_TIME = PotOutput.of(new byte[PotOutput.SIZE]);
    private static final int WARM_UP = 3;
    private static final int VERIFICATIONS = 200;
    private static final long PATIENCE_SECONDS = 60;
    private static final double NANOS = 1e9;

    /**
     * A measurement; medians.
     *
     * @param seconds duration of a proof
     * @param coreSeconds processor time of the whole process for a proof
     * @param verificationMillis processor time of a full verification of the solution, on one core
     */
    public record Result(double seconds, double coreSeconds, double verificationMillis) {}

    private ProveBenchmark() {}

    /**
     * Proves {@code runs} times after some proofs that warm up.
     *
     * @param kzg any setup: all take as long
     * @param threads threads that build one table
     * @throws InterruptedException if the calling thread is interrupted
     */
    public static Result run(Kzg kzg, int threads, int runs)
            throws InterruptedException, ProvingException, InvalidScalarException {
        ErasureCoding.awaitVectors(PATIENCE_SECONDS);
        SectorId sectorId = SectorIds.sectorId(SectorIds.publicKeyHash(KEY), 0, 1);
        int position = (int) (PieceSelection.pieceIndex(sectorId, 0, 1, PROTOCOL) % ProtocolSizes.SEGMENT_PIECES);
        byte[] source = source();
        KzgCommitment commitment = kzg.commit(Polynomials.interpolate(source, 0, ProtocolSizes.RECORD_CHUNKS));
        // The polynomial that is the hash everywhere has it at the piece's position, too.
        byte[] segment = new byte[ProtocolSizes.SEGMENT_PIECES * ProtocolSizes.CHUNK_BYTES];
        for (int i = 0; i < ProtocolSizes.SEGMENT_PIECES; i++) {
            Scalar.hash(commitment.toBytes()).toBytes().copyTo(segment, ProtocolSizes.CHUNK_BYTES * i);
        }
        var polynomial = Polynomials.interpolate(segment, 0, ProtocolSizes.SEGMENT_PIECES);
        RecordWitness witness = kzg.createWitness(polynomial, ProtocolSizes.SEGMENT_PIECES, position)
                .toRecordWitness();
        StoredRecord record = encode(sectorId, source, commitment, witness);
        long slot = 0;
        while (!record.isEncoded(sBucket(sectorId, slot))) {
            slot++;
        }
        SolutionParameters parameters = new SolutionParameters(
                PROOF_OF_TIME,
                -1L,
                Optional.of(new PieceCheckParameters(
                        PROTOCOL.maxPiecesInSector(),
                        kzg.commit(polynomial).toSegmentCommitment(),
                        PROTOCOL.recentSegments(),
                        PROTOCOL.recentHistoryNumerator(),
                        PROTOCOL.recentHistoryDenominator(),
                        PROTOCOL.minSectorLifetime(),
                        PROTOCOL.historySize(),
                        Optional.of(SegmentCommitment.of(new byte[SegmentCommitment.SIZE])))));
        return measure(kzg, threads, runs, record, slot, parameters);
    }

    private static Result measure(
            Kzg kzg, int threads, int runs, StoredRecord record, long slot, SolutionParameters parameters)
            throws ProvingException {
        OperatingSystemMXBean process = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        double[] seconds = new double[runs];
        double[] coreSeconds = new double[runs];
        int sBucket = sBucket(record.sectorId(), slot);
        ChunkProof proof = null;
        try (SolutionProver prover = new SolutionProver(kzg, PosTables.newParallelBuilder(threads))) {
            for (int run = -WARM_UP; run < runs; run++) {
                long start = System.nanoTime();
                long cpuStart = process.getProcessCpuTime();
                proof = prover.prove(record, sBucket, () -> false);
                if (run >= 0) {
                    seconds[run] = (System.nanoTime() - start) / NANOS;
                    coreSeconds[run] = (process.getProcessCpuTime() - cpuStart) / NANOS;
                }
            }
        }
        SectorMetadata metadata = new SectorMetadata(0, 1, 1, new char[ProtocolSizes.S_BUCKETS]);
        return new Result(
                median(seconds),
                median(coreSeconds),
                verify(kzg, proof.solution(KEY, KEY, metadata, record), slot, parameters));
    }

    private static double verify(Kzg kzg, Solution solution, long slot, SolutionParameters parameters) {
        SolutionVerifier verifier = new SolutionVerifier(kzg);
        var threads = ManagementFactory.getThreadMXBean();
        double[] millis = new double[VERIFICATIONS];
        for (int run = -VERIFICATIONS; run < VERIFICATIONS; run++) {
            long start = threads.getCurrentThreadCpuTime();
            SolutionVerdict verdict = verifier.verify(solution, slot, parameters);
            long end = threads.getCurrentThreadCpuTime();
            if (!(verdict instanceof SolutionVerdict.Valid)) {
                throw new IllegalStateException("the solution is not valid: " + verdict.text());
            }
            if (run >= 0) {
                millis[run] = (end - start) / 1e6;
            }
        }
        return median(millis);
    }

    private static int sBucket(SectorId sectorId, long slot) {
        Blake3Hash global = SectorIds.globalChallenge(PROOF_OF_TIME, slot);
        return SectorIds.sBucket(SectorIds.sectorSlotChallenge(sectorId, global));
    }

    private static byte[] source() {
        byte[] source = new byte[ProtocolSizes.RECORD_BYTES];
        new Random(1).nextBytes(source);
        for (int chunk = 0; chunk < ProtocolSizes.RECORD_CHUNKS; chunk++) {
            source[ProtocolSizes.CHUNK_BYTES * chunk] = 0;
        }
        return source;
    }

    private static StoredRecord encode(
            SectorId sectorId, byte[] source, KzgCommitment commitment, RecordWitness witness)
            throws InvalidScalarException {
        long[] encodedSBuckets = new long[ProtocolSizes.S_BUCKETS / Long.SIZE];
        byte[] chunks = source.clone();
        PosTableBuilder tables = PosTables.newBuilder();
        try (RecordEncoder encoder =
                new RecordEncoder(tables, ErasureCoding.forSourceChunks(ProtocolSizes.RECORD_CHUNKS))) {
            encoder.encode(SectorIds.posSeed(sectorId, 0), MemorySegment.ofArray(chunks), encodedSBuckets);
        }
        return new StoredRecord(
                sectorId,
                0,
                encodedSBuckets,
                chunks,
                commitment.toRecordCommitment(),
                witness,
                Blake3Hash.of(new byte[Blake3Hash.SIZE]));
    }

    private static double median(double... values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}

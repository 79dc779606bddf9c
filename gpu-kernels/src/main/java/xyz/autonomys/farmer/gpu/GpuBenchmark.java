package xyz.autonomys.farmer.gpu;

import java.io.IOException;
import java.io.PrintWriter;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import xyz.autonomys.farmer.kzg.Kzg;
import xyz.autonomys.farmer.pos.PosTables;
import xyz.autonomys.farmer.primitives.Blake3Hash;
import xyz.autonomys.farmer.primitives.hash.Blake3Hasher;
import xyz.autonomys.farmer.sector.plot.CpuSectorEncoder;
import xyz.autonomys.farmer.sector.plot.PlotListener;
import xyz.autonomys.farmer.sector.plot.PlottingException;
import xyz.autonomys.farmer.sector.plot.SectorEncoder;
import xyz.autonomys.farmer.sector.prove.ChunkProof;
import xyz.autonomys.farmer.sector.prove.ChunkProver;
import xyz.autonomys.farmer.sector.prove.ProvingException;
import xyz.autonomys.farmer.sector.prove.SolutionProver;
import xyz.autonomys.farmer.sector.read.StoredRecord;

/** What the GPUs of this host are, how fast they work, and whether their bytes are the processor's. */
public final class GpuBenchmark {
    private static final double NANOS = 1e9;
    private static final int TIMED_RECORDS = 64;
    private static final int STAGE_ROUNDS = 9;
    private static final int FULL_SECTOR = 1000;
    private static final int PROOFS = 20;

    private GpuBenchmark() {}

    /**
     * Says which devices there are; opening them tests them.
     *
     * @return whether at least one can be used
     */
    public static boolean inspect(PrintWriter out) throws InterruptedException {
        out.println("Kernels: " + KernelModule.describePtx());
        switch (CudaDriver.find()) {
            case CudaDriver.Result.Absent(String reason) -> {
                out.println("No GPU: " + reason);
                return false;
            }
            case CudaDriver.Result.Ready(CudaDriver driver) -> {
                out.println("Driver: supports CUDA " + CudaDriver.describe(driver.version()));
                try {
                    for (DeviceInfo info : driver.devices()) {
                        out.println(info.describe());
                    }
                } catch (GpuException e) {
                    out.println(e.getMessage());
                }
            }
        }
        try (Gpus gpus = Gpus.open()) {
            for (Gpus.Opened opened : gpus.devices()) {
                out.println("Device " + opened.device().info().ordinal() + ": self-test passed, "
                        + opened.tuning().describe());
            }
            return !gpus.isEmpty();
        }
    }

    /**
     * Measures the first usable device, and compares it with the processor if asked for.
     *
     * @param pieces of the measured sector
     * @param verify whether the processor makes the same sector and proofs, to compare
     * @return whether there is a device and nothing differs
     */
    public static boolean run(PrintWriter out, Kzg kzg, int pieces, boolean verify)
            throws InterruptedException, PlottingException, IOException, ProvingException {
        boolean right;
        try (Gpus gpus = Gpus.open()) {
            if (gpus.isEmpty()) {
                out.println("No GPU: " + gpus.absence());
                return false;
            }
            Gpus.Opened opened = gpus.devices().getFirst();
            tables(out, opened);
        } catch (GpuException e) {
            out.println("The GPU failed: " + e.getMessage());
            return false;
        }
        right = sectors(out, pieces, verify);
        return proofs(out, kzg, verify) && right;
    }

    private static void tables(PrintWriter out, Gpus.Opened opened) throws GpuException, InterruptedException {
        CudaDevice device = opened.device();
        out.println(device.info().describe() + "; " + KernelModule.describePtx() + "; "
                + opened.tuning().describe());
        double millis = device.submit(() -> TableTiming.millisPerRecord(device, opened.tuning(), TIMED_RECORDS));
        double floor = device.info().floorSeconds();
        out.printf(
                Locale.ROOT,
                "Tables: %.3f ms per record, %.2f s per sector of %d; the integer units need %.2f s: %.0f %%%n",
                millis,
                millis,
                FULL_SECTOR,
                floor,
                100 * floor / millis);
        List<StageTiming.Stage> stages =
                device.submit(() -> StageTiming.measure(device, opened.tuning(), InputSlot.RECORDS, STAGE_ROUNDS));
        for (StageTiming.Stage stage : stages) {
            out.printf(
                    Locale.ROOT,
                    "  %s: %.3f ms per record, %.3f s per sector of %d%n",
                    stage.name(),
                    stage.millisPerRecord(),
                    stage.millisPerRecord() / 1000 * FULL_SECTOR,
                    FULL_SECTOR);
        }
        out.flush();
    }

    private static boolean sectors(PrintWriter out, int pieces, boolean verify)
            throws InterruptedException, PlottingException, IOException {
        int threads = Runtime.getRuntime().availableProcessors();
        try (Arena arena = Arena.ofShared();
                GpuSectorEncoder encoder =
                        new GpuSectorEncoder(Gpus.open(), new CpuSectorEncoder(1, PosTables::newBuilder), pieces)) {
            RandomSector records = new RandomSector(arena, System.nanoTime(), pieces);
            encode(encoder, records);
            long start = System.nanoTime();
            Hashing found = encode(encoder, records);
            double seconds = (System.nanoTime() - start) / NANOS;
            out.printf(
                    Locale.ROOT,
                    "Sector of %d pieces, from memory to memory: %.3f s; %.3f s per sector of %d; on the processor:"
                            + " %d%n",
                    pieces,
                    seconds,
                    seconds / pieces * FULL_SECTOR,
                    FULL_SECTOR,
                    encoder.sectorsOnProcessor());
            out.flush();
            boolean right = encoder.sectorsOnProcessor() == 0;
            if (verify) {
                try (CpuSectorEncoder processor = new CpuSectorEncoder(threads, PosTables::newBuilder)) {
                    Hashing expected = encode(processor, records);
                    boolean same = expected.hash().equals(found.hash()) && expected.bytes == found.bytes;
                    out.printf(
                            Locale.ROOT,
                            "Against the processor: %d records, %d bytes: %s%n",
                            pieces,
                            found.bytes,
                            same ? "the same" : "DIFFERENT");
                    right &= same;
                }
            }
            out.flush();
            return right;
        }
    }

    private static Hashing encode(SectorEncoder encoder, RandomSector records)
            throws PlottingException, IOException, InterruptedException {
        Hashing channel = new Hashing();
        encoder.encode(records.sectorId(), records, channel, PlotListener.NONE);
        return channel;
    }

    private static boolean proofs(PrintWriter out, Kzg kzg, boolean verify)
            throws InterruptedException, PlottingException, ProvingException {
        int threads = Runtime.getRuntime().availableProcessors();
        BooleanSupplier never = () -> false;
        ChunkProver device = GpuProver.inFrontOf(
                        List.of(new SolutionProver(kzg, PosTables.newParallelBuilder(threads))), kzg)
                .getFirst();
        try (Arena arena = Arena.ofShared();
                device;
                ChunkProver processor = new SolutionProver(kzg, PosTables.newParallelBuilder(threads))) {
            StoredRecord record = new RandomSector(arena, System.nanoTime(), 1).storedRecord();
            List<Integer> sBuckets = new ArrayList<>();
            for (int s = 0; sBuckets.size() < PROOFS; s += 1000) {
                int encoded = s;
                while (!record.isEncoded(encoded)) {
                    encoded++;
                }
                sBuckets.add(encoded);
            }
            ChunkProof first = device.prove(record, sBuckets.getFirst(), never);
            long start = System.nanoTime();
            List<ChunkProof> found = new ArrayList<>();
            for (int sBucket : sBuckets) {
                found.add(device.prove(record, sBucket, never));
            }
            double millis = (System.nanoTime() - start) / 1e6 / PROOFS;
            out.printf(Locale.ROOT, "Proof: %.1f ms, %.1f proofs per second%n", millis, 1000 / millis);
            boolean right = first.equals(found.getFirst());
            if (verify) {
                for (int i = 0; i < PROOFS; i++) {
                    right &= processor.prove(record, sBuckets.get(i), never).equals(found.get(i));
                }
                out.printf(
                        Locale.ROOT,
                        "Against the processor: %d proofs: %s%n",
                        PROOFS,
                        right ? "the same" : "DIFFERENT");
            }
            out.flush();
            return right;
        }
    }

    /** Keeps the hash of what is written. */
    private static final class Hashing implements WritableByteChannel {
        private final Blake3Hasher hasher = Blake3Hasher.create();
        private long bytes;
        private Blake3Hash hash;

        @Override
        public int write(ByteBuffer source) {
            int length = source.remaining();
            hasher.update(MemorySegment.ofBuffer(source));
            source.position(source.limit());
            bytes += length;
            return length;
        }

        Blake3Hash hash() {
            if (hash == null) {
                hash = hasher.finish();
            }
            return hash;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }
}

package xyz.autonomys.farmer.sector.plot;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.time.Duration;
import java.util.Random;
import xyz.autonomys.farmer.erasure.ErasureCoding;
import xyz.autonomys.farmer.pos.PosTables;
import xyz.autonomys.farmer.primitives.FarmerProtocolInfo;
import xyz.autonomys.farmer.primitives.Piece;
import xyz.autonomys.farmer.primitives.ProtocolSizes;
import xyz.autonomys.farmer.primitives.PublicKey;

/** How fast sectors are plotted of pieces that lie in memory, without a disk: what the processor alone allows. */
public final class PlotBenchmark {
    private static final int DIFFERENT_PIECES = 8;
    private static final int WARM_UP_PIECES = 8;
    private static final int LARGEST_SECTOR = 1000;
    private static final long PATIENCE_SECONDS = 60;
    private static final double NANOS = 1e9;

    /**
     * A measurement.
     *
     * @param pieces pieces of the sector
     * @param seconds duration
     * @param coreSeconds processor time of the whole process
     */
    public record Result(int pieces, double seconds, double coreSeconds) {
        /** Processor time for a full sector at this rate. */
        public double coreSecondsPerFullSector() {
            return coreSeconds / pieces * LARGEST_SECTOR;
        }
    }

    private PlotBenchmark() {}

    /**
     * Plots one sector, after a small one that warms up.
     *
     * @param pieces pieces of the sector, 1 to 1000
     * @param threads records encoded at the same time
     * @param listener told about the measured sector
     * @throws InterruptedException if the calling thread is interrupted
     */
    public static Result run(int pieces, int threads, PlotListener listener)
            throws InterruptedException, PlottingException, IOException {
        ErasureCoding.awaitVectors(PATIENCE_SECONDS);
        Piece[] made = new Piece[DIFFERENT_PIECES];
        for (int i = 0; i < made.length; i++) {
            made[i] = piece(i);
        }
        PieceGetter memory = (indexes, receiver) -> {
            for (long index : indexes) {
                receiver.found(index, made[(int) Long.remainderUnsigned(index, made.length)]);
            }
        };
        OperatingSystemMXBean process = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        PieceRetries once = new PieceRetries(1, Duration.ZERO, Duration.ZERO);
        try (SectorPlotter plotter = new SectorPlotter(threads, PosTables::newBuilder, once)) {
            plot(plotter, WARM_UP_PIECES * threads, memory, PlotListener.NONE);
            long start = System.nanoTime();
            long cpuStart = process.getProcessCpuTime();
            plot(plotter, pieces, memory, listener);
            return new Result(
                    pieces, (System.nanoTime() - start) / NANOS, (process.getProcessCpuTime() - cpuStart) / NANOS);
        }
    }

    private static void plot(SectorPlotter plotter, int pieces, PieceGetter memory, PlotListener listener)
            throws PlottingException, IOException, InterruptedException {
        FarmerProtocolInfo protocol = new FarmerProtocolInfo(1, LARGEST_SECTOR, 5, 1, 10, 4);
        PlotRequest request =
                new PlotRequest(PublicKey.of(new byte[PublicKey.SIZE]), 0, protocol, Math.min(pieces, LARGEST_SECTOR));
        plotter.plot(request, memory, PieceCheck.SOURCE_HAS_VERIFIED, new Discarding(), listener);
    }

    /** A piece of random source chunks; plotting does not look at commitment and witness. */
    private static Piece piece(int seed) {
        byte[] bytes = new byte[ProtocolSizes.PIECE_BYTES];
        new Random(seed).nextBytes(bytes);
        for (int chunk = 0; chunk < ProtocolSizes.RECORD_CHUNKS; chunk++) {
            bytes[ProtocolSizes.CHUNK_BYTES * chunk] = 0;
        }
        return Piece.wrap(bytes);
    }

    private static final class Discarding implements WritableByteChannel {
        @Override
        public int write(ByteBuffer source) {
            int length = source.remaining();
            source.position(source.limit());
            return length;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }
}

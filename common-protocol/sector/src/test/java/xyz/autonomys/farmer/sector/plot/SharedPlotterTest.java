package xyz.autonomys.farmer.sector.plot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import xyz.autonomys.farmer.pos.ShimTableBuilder;
import xyz.autonomys.farmer.primitives.Piece;
import xyz.autonomys.farmer.sector.GoldenSectors;
import xyz.autonomys.farmer.sector.SectorLayout;

/** Several sectors on one plotter, and sources and sinks that misbehave. */
class SharedPlotterTest {
    private static final PlotRequest REQUEST =
            new PlotRequest(GoldenSectors.specificationKey(), 2460, GoldenSectors.protocol(1), 2);
    private static final String CHECKSUM = "19dc8b80e37722a07dcefc5722c381d4f4720479568fbb3e935d866b1005794e";

    private final SectorPlotter plotter =
            new SectorPlotter(2, ShimTableBuilder::new, new PieceRetries(1, Duration.ZERO, Duration.ZERO));

    @AfterEach
    void close() {
        plotter.close();
    }

    @Test
    void cancelledSectorDoesNotDisturbTheOtherOnTheSameThreads() throws Exception {
        CountDownLatch held = new CountDownLatch(2);
        PlotListener holding = new PlotListener() {
            @Override
            public void beforeRecord() throws InterruptedException {
                held.countDown();
                Thread.sleep(Duration.ofMinutes(5));
            }
        };
        try (ExecutorService callers = Executors.newFixedThreadPool(2)) {
            Future<String> cancelled = callers.submit(() -> plot(GoldenSectors.specificationPieces(), holding));
            assertTrue(held.await(1, TimeUnit.MINUTES), "both threads are with the first sector");
            Future<String> other = callers.submit(() -> plot(GoldenSectors.specificationPieces(), PlotListener.NONE));
            cancelled.cancel(true);
            assertEquals(CHECKSUM, other.get(1, TimeUnit.MINUTES));
        }
    }

    @Test
    void closedPlotterEndsWhatWaitsForIt() throws Exception {
        CountDownLatch held = new CountDownLatch(1);
        PlotListener holding = new PlotListener() {
            @Override
            public void beforeRecord() throws InterruptedException {
                held.countDown();
                Thread.sleep(Duration.ofMinutes(5));
            }
        };
        try (ExecutorService caller = Executors.newSingleThreadExecutor()) {
            Future<String> waiting = caller.submit(() -> plot(GoldenSectors.specificationPieces(), holding));
            assertTrue(held.await(1, TimeUnit.MINUTES));
            plotter.close();
            assertThrows(ExecutionException.class, () -> waiting.get(1, TimeUnit.MINUTES));
        }
    }

    @Test
    void answersNobodyAskedForAreIgnored() throws Exception {
        Map<Long, Piece> pieces =
                Map.of(207L, GoldenSectors.specificationPiece(0), 249L, GoldenSectors.specificationPiece(1));
        PieceGetter talkative = (indexes, receiver) -> {
            receiver.found(5, pieces.get(207L));
            for (long index : indexes) {
                receiver.failed(index, "not at the first try");
                receiver.found(index, pieces.get(index));
                receiver.found(index, pieces.get(207L));
            }
        };
        assertEquals(CHECKSUM, plot(talkative, PlotListener.NONE));
    }

    @Test
    void sourceThatBreaksEndsPlotting() {
        IllegalStateException broken = assertThrows(
                IllegalStateException.class,
                () -> plot(
                        (indexes, receiver) -> {
                            throw new IllegalStateException("cache closed");
                        },
                        PlotListener.NONE));
        assertTrue(broken.getMessage().contains("cache closed"), broken.getMessage());
    }

    @Test
    void fullDiskEndsPlotting() {
        WritableByteChannel full = new WritableByteChannel() {
            @Override
            public int write(ByteBuffer source) throws IOException {
                throw new IOException("No space left on device");
            }

            @Override
            public boolean isOpen() {
                return true;
            }

            @Override
            public void close() {}
        };
        IOException noSpace = assertThrows(
                IOException.class,
                () -> plotter.plot(
                        REQUEST,
                        GoldenSectors.specificationPieces(),
                        PieceCheck.SOURCE_HAS_VERIFIED,
                        full,
                        PlotListener.NONE));
        assertEquals("No space left on device", noSpace.getMessage());
        try (Arena arena = Arena.ofConfined()) {
            SegmentChannel small = new SegmentChannel(arena.allocate(100));
            IOException ends = assertThrows(IOException.class, () -> small.write(ByteBuffer.allocate(101)));
            assertEquals("memory of 100 bytes ends before byte 101", ends.getMessage());
        }
    }

    private String plot(PieceGetter pieces, PlotListener listener) throws Exception {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment sector = arena.allocate(new SectorLayout(2).sectorBytes());
            return plotter.plot(REQUEST, pieces, PieceCheck.SOURCE_HAS_VERIFIED, new SegmentChannel(sector), listener)
                    .checksum()
                    .toHex();
        }
    }
}

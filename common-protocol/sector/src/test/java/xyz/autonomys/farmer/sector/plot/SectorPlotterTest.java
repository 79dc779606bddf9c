package xyz.autonomys.farmer.sector.plot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import xyz.autonomys.farmer.pos.ShimTableBuilder;
import xyz.autonomys.farmer.primitives.Piece;
import xyz.autonomys.farmer.primitives.ProtocolSizes;
import xyz.autonomys.farmer.sector.GoldenPlot;
import xyz.autonomys.farmer.sector.GoldenSectors;
import xyz.autonomys.farmer.sector.SectorFacts;
import xyz.autonomys.farmer.sector.SectorLayout;

/** Sectors equal the ones upstream made of the same pieces, byte for byte, and no piece gets in unchecked. */
class SectorPlotterTest {
    private static final PieceRetries ONCE = new PieceRetries(1, Duration.ZERO, Duration.ZERO);

    private static final PlotRequest SPECIFICATION =
            new PlotRequest(GoldenSectors.specificationKey(), 2460, GoldenSectors.protocol(1), 2);

    @Test
    void sectorOfTheSpecificationWithTheShimTable() throws Exception {
        check(GoldenPlot.shim());
    }

    @Test
    void sectorOfTheSpecificationWithTheRealTable() throws Exception {
        check(GoldenPlot.real());
    }

    @Test
    void recordsWithTooFewProofsAreFilledWithUnencodedChunks() throws Exception {
        GoldenPlot plot = GoldenPlot.filled();
        check(plot);
        JsonNode chunks = GoldenSectors.load("sector.json")
                .at("/spec_04_V6/stub_16384_proofs/chunk_region_hex_of_s_buckets_0_to_7");
        byte[] chunk = new byte[32];
        for (int i = 0; i < 16; i++) {
            plot.reading().readAt(new SectorLayout(2).chunkOffset(i), chunk, 0, chunk.length);
            assertEquals(chunks.get(i).asText(), HexFormat.of().formatHex(chunk));
        }
    }

    @Test
    void sectorOfRecordedHistory() throws Exception {
        check(GoldenPlot.ofHistory(0));
    }

    @Test
    @Tag("long")
    void otherSectorsOfRecordedHistory() throws Exception {
        for (int sector = 1; sector < 4; sector++) {
            check(GoldenPlot.ofHistory(sector));
        }
    }

    @Test
    @Tag("long")
    void fullSectorOfRecordedHistory() throws Exception {
        GoldenPlot plot = GoldenPlot.full();
        check(plot);
        JsonNode indexes = GoldenSectors.load("sector1000.json").get("piece_indexes");
        for (int offset = 0; offset < 1000; offset++) {
            assertEquals(
                    indexes.get(offset).asLong(), plot.plotted().pieceIndexes().get(offset));
        }
    }

    private static void check(GoldenPlot plot) throws Exception {
        SectorFacts.check(plot.facts(), plot.plotted(), plot.bytes());
    }

    @Test
    void rejectedPieceIsAskedForAgainAndNeverPlotted() throws Exception {
        AtomicInteger checks = new AtomicInteger();
        PieceCheck second = pieces -> {
            BitSet valid = new BitSet();
            for (int i = 0; i < pieces.size(); i++) {
                valid.set(i, pieces.get(i).index() == 207 || checks.get() > 0);
            }
            checks.incrementAndGet();
            return valid;
        };
        PlottingException refused = assertThrows(
                PlottingException.class,
                () -> plotSpecification(ONCE, pieces -> {
                    BitSet first = new BitSet();
                    first.set(0);
                    return first;
                }));
        assertEquals(PlottingException.Kind.MISSING_PIECES, refused.kind());
        assertTrue(refused.getMessage().contains("what the source gave is not this piece"), refused.getMessage());

        plotSpecification(new PieceRetries(2, Duration.ZERO, Duration.ZERO), second);
        assertEquals(2, checks.get());
    }

    @Test
    void sectorThatLacksAPieceSaysWhichAndWhy() {
        PlottingException missing = assertThrows(
                PlottingException.class,
                () -> plot(
                        ONCE,
                        GoldenSectors.of(Map.of(207L, GoldenSectors.specificationPiece(0))),
                        PieceCheck.SOURCE_HAS_VERIFIED,
                        PlotListener.NONE));
        assertEquals("1 pieces are missing after 1 attempts; piece 249: not in memory", missing.getMessage());
    }

    @Test
    void chunkThatIsNoScalarIsNamed() {
        byte[] bad = GoldenSectors.specificationPiece(0).array().clone();
        bad[32 * 77] = (byte) 0xff;
        PlottingException invalid = assertThrows(
                PlottingException.class,
                () -> plot(
                        ONCE,
                        GoldenSectors.of(Map.of(207L, Piece.wrap(bad), 249L, GoldenSectors.specificationPiece(1))),
                        PieceCheck.SOURCE_HAS_VERIFIED,
                        PlotListener.NONE));
        assertEquals(PlottingException.Kind.INVALID_RECORD, invalid.kind());
        assertTrue(invalid.getMessage().contains("piece 207 for offset 0"), invalid.getMessage());
        assertTrue(invalid.getMessage().contains("77"), invalid.getMessage());
    }

    @Test
    void interruptEndsPlottingWhileItWaits() throws Exception {
        CountDownLatch waiting = new CountDownLatch(1);
        AtomicReference<Throwable> end = new AtomicReference<>();
        AtomicInteger interrupted = new AtomicInteger();
        Thread caller = Thread.ofPlatform().start(() -> {
            try {
                plot(ONCE, GoldenSectors.specificationPieces(), PieceCheck.SOURCE_HAS_VERIFIED, new PlotListener() {
                    @Override
                    public void beforeRecord() throws InterruptedException {
                        waiting.countDown();
                        try {
                            Thread.sleep(Duration.ofMinutes(5));
                        } catch (InterruptedException e) {
                            interrupted.incrementAndGet();
                            throw e;
                        }
                    }
                });
            } catch (Throwable t) {
                end.set(t);
            }
        });
        assertTrue(waiting.await(1, TimeUnit.MINUTES));
        caller.interrupt();
        assertTrue(caller.join(Duration.ofMinutes(1)));
        assertTrue(end.get() instanceof InterruptedException, () -> "ended with " + end.get());
        assertTrue(interrupted.get() > 0);
    }

    @Test
    void numberOfPiecesBeyondTheProtocolIsRefused() {
        for (int pieces : List.of(0, 1001)) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> new PlotRequest(GoldenSectors.publicKey(), 0, GoldenSectors.protocol(1), pieces));
        }
    }

    private static void plotSpecification(PieceRetries retries, PieceCheck check) throws Exception {
        plot(retries, GoldenSectors.specificationPieces(), check, PlotListener.NONE);
    }

    private static void plot(PieceRetries retries, PieceGetter pieces, PieceCheck check, PlotListener listener)
            throws Exception {
        try (Arena arena = Arena.ofShared();
                SectorPlotter plotter = new SectorPlotter(2, ShimTableBuilder::new, retries)) {
            MemorySegment sector = arena.allocate(2L * ProtocolSizes.PIECE_BYTES + (1 << 20));
            plotter.plot(SPECIFICATION, pieces, check, new SegmentChannel(sector), listener);
        }
    }
}

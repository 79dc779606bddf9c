package xyz.autonomys.farmer.sector.plot;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.channels.WritableByteChannel;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import xyz.autonomys.farmer.erasure.ErasureCoding;
import xyz.autonomys.farmer.erasure.InvalidScalarException;
import xyz.autonomys.farmer.pos.PosTableBuilder;
import xyz.autonomys.farmer.primitives.Blake3Hash;
import xyz.autonomys.farmer.primitives.ProtocolSizes;
import xyz.autonomys.farmer.primitives.SectorId;
import xyz.autonomys.farmer.sector.PieceSelection;
import xyz.autonomys.farmer.sector.SectorContentsMap;
import xyz.autonomys.farmer.sector.SectorFormatException;
import xyz.autonomys.farmer.sector.SectorIds;
import xyz.autonomys.farmer.sector.SectorMetadata;

/**
 * Plots whole sectors (specification 04 §10) on threads of its own, each with a table builder that it keeps.
 *
 * <p>{@link #plot} may be called from several threads: the sectors then share the encoding threads, first come first
 * served, and one gathers its pieces while another is encoded. Memory: per call 1 MiB off heap per piece and up to 130 MiB
 * of pieces under way; per encoding thread a table builder (about 110 MiB) and 3 MiB.
 */
public final class SectorPlotter implements AutoCloseable {
    private final ErasureCoding erasureCoding = ErasureCoding.forSourceChunks(ProtocolSizes.RECORD_CHUNKS);
    private final Supplier<PosTableBuilder> tables;
    private final PieceRetries retries;
    private final ExecutorService pool;
    private final Queue<RecordEncoder> idleEncoders = new ConcurrentLinkedQueue<>();

    /**
     * A plotter.
     *
     * @param threads records encoded at the same time
     * @param tables makes a builder per thread, such as {@code PosTables::newBuilder}
     * @param retries how long to try for missing pieces
     */
    public SectorPlotter(int threads, Supplier<PosTableBuilder> tables, PieceRetries retries) {
        this.tables = tables;
        this.retries = retries;
        this.pool = Executors.newFixedThreadPool(
                threads, Thread.ofPlatform().daemon().name("plot-", 0).factory());
    }

    /**
     * Plots a sector and writes its bytes to {@code out}, front to back. {@code out} stays open, nothing is forced to disk.
     * Cancelled by interrupting the calling thread.
     *
     * @throws PlottingException if pieces cannot be had or one is not what the check says
     * @throws IOException if {@code out} fails
     * @throws InterruptedException if the calling thread is interrupted; nothing keeps running
     */
    public PlottedSector plot(
            PlotRequest request, PieceGetter source, PieceCheck check, WritableByteChannel out, PlotListener listener)
            throws PlottingException, IOException, InterruptedException {
        long historySize = request.protocol().historySize();
        SectorId sectorId =
                SectorIds.sectorId(SectorIds.publicKeyHash(request.publicKey()), request.sectorIndex(), historySize);
        long[] indexes =
                PieceSelection.pieceIndexes(sectorId, request.piecesInSector(), historySize, request.protocol());
        try (Arena arena = Arena.ofShared()) {
            RecordBuffer records = new RecordBuffer(arena, indexes);
            new PieceGathering(records, source, check, listener).run(retries);
            SectorContentsMap map = encode(sectorId, indexes, records, listener);
            Blake3Hash checksum = new SectorWriter(out).write(map, records);
            SectorMetadata metadata = new SectorMetadata(
                    request.sectorIndex(), request.piecesInSector(), historySize, map.sBucketSizes());
            return new PlottedSector(
                    sectorId, metadata, Arrays.stream(indexes).boxed().toList(), checksum);
        }
    }

    private SectorContentsMap encode(SectorId sectorId, long[] indexes, RecordBuffer records, PlotListener listener)
            throws PlottingException, InterruptedException {
        long[][] bitmaps = new long[records.pieces()][SectorContentsMap.WORDS];
        AtomicInteger done = new AtomicInteger();
        EncodingJob job = new EncodingJob(pool, records.pieces(), offset -> {
            listener.beforeRecord();
            RecordEncoder encoder = idleEncoders.poll();
            if (encoder == null) {
                encoder = new RecordEncoder(tables.get(), erasureCoding);
            }
            try {
                encoder.encode(SectorIds.posSeed(sectorId, offset), records.record(offset), bitmaps[offset]);
            } catch (InvalidScalarException e) {
                throw new PlottingException(
                        PlottingException.Kind.INVALID_RECORD,
                        "piece " + Long.toUnsignedString(indexes[offset]) + " for offset " + offset + " of sector "
                                + sectorId + ": " + e.getMessage());
            } finally {
                idleEncoders.add(encoder);
            }
            listener.recordsEncoded(done.incrementAndGet(), bitmaps.length);
        });
        switch (job.await()) {
            case null -> {}
            case PlottingException e -> throw e;
            case Throwable e -> throw new IllegalStateException("encoding of sector " + sectorId + " failed", e);
        }
        try {
            return SectorContentsMap.of(bitmaps);
        } catch (SectorFormatException e) {
            throw new IllegalStateException("a table gave more masks than a record has chunks", e);
        }
    }

    /** Ends the threads; to be called when no {@link #plot} is under way. */
    @Override
    public void close() {
        pool.shutdownNow();
        pool.close();
        for (RecordEncoder encoder = idleEncoders.poll(); encoder != null; encoder = idleEncoders.poll()) {
            encoder.close();
        }
    }
}

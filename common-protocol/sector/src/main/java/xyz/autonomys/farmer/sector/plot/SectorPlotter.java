package xyz.autonomys.farmer.sector.plot;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.channels.WritableByteChannel;
import java.util.Arrays;
import java.util.function.Supplier;
import xyz.autonomys.farmer.pos.PosTableBuilder;
import xyz.autonomys.farmer.primitives.SectorId;
import xyz.autonomys.farmer.sector.PieceSelection;
import xyz.autonomys.farmer.sector.SectorIds;
import xyz.autonomys.farmer.sector.SectorMetadata;

/**
 * Plots whole sectors (specification 04 §10): gathers their pieces, and has an encoder make the bytes.
 *
 * <p>{@link #plot} may be called from several threads: the sectors then share the encoder, and one gathers its pieces while
 * another is encoded. Memory: per call 1 MiB off heap per piece and up to 130 MiB of pieces under way, and what the encoder
 * takes.
 */
public final class SectorPlotter implements AutoCloseable {
    private final SectorEncoder encoder;
    private final PieceRetries retries;

    /**
     * A plotter that encodes on the processor.
     *
     * @param threads records encoded at the same time
     * @param tables makes a builder per thread, such as {@code PosTables::newBuilder}
     * @param retries how long to try for missing pieces
     */
    public SectorPlotter(int threads, Supplier<PosTableBuilder> tables, PieceRetries retries) {
        this(new CpuSectorEncoder(threads, tables), retries);
    }

    /**
     * A plotter.
     *
     * @param encoder makes the sectors' bytes; the plotter closes it
     * @param retries how long to try for missing pieces
     */
    public SectorPlotter(SectorEncoder encoder, PieceRetries retries) {
        this.encoder = encoder;
        this.retries = retries;
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
            SectorEncoder.Encoded encoded = encoder.encode(sectorId, records, out, listener);
            SectorMetadata metadata = new SectorMetadata(
                    request.sectorIndex(), request.piecesInSector(), historySize, encoded.sBucketSizes());
            return new PlottedSector(
                    sectorId, metadata, Arrays.stream(indexes).boxed().toList(), encoded.checksum());
        }
    }

    /** What makes the bytes, for logs. */
    public String describeEncoder() {
        return encoder.describe();
    }

    /** The kind of hardware that makes the bytes, as figures name it. */
    public String encoderKind() {
        return encoder.kind();
    }

    /** Closes the encoder; to be called when no {@link #plot} is under way. */
    @Override
    public void close() {
        encoder.close();
    }
}

package xyz.autonomys.farmer.sector.plot;

import java.io.IOException;
import java.nio.channels.WritableByteChannel;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import xyz.autonomys.farmer.erasure.ErasureCoding;
import xyz.autonomys.farmer.erasure.InvalidScalarException;
import xyz.autonomys.farmer.pos.PosTableBuilder;
import xyz.autonomys.farmer.pos.PosTables;
import xyz.autonomys.farmer.primitives.Blake3Hash;
import xyz.autonomys.farmer.primitives.ProtocolSizes;
import xyz.autonomys.farmer.primitives.SectorId;
import xyz.autonomys.farmer.sector.SectorContentsMap;
import xyz.autonomys.farmer.sector.SectorFormatException;
import xyz.autonomys.farmer.sector.SectorIds;

/**
 * Encodes on the processor: records in place, on threads of its own, each with a table builder that it keeps (about 110 MiB)
 * and 3 MiB. Sectors share the threads, first come first served.
 */
public final class CpuSectorEncoder implements SectorEncoder {
    private final ErasureCoding erasureCoding = ErasureCoding.forSourceChunks(ProtocolSizes.RECORD_CHUNKS);
    private final int threads;
    private final Supplier<PosTableBuilder> tables;
    private final ExecutorService pool;
    private final Queue<RecordEncoder> idleEncoders = new ConcurrentLinkedQueue<>();

    /**
     * An encoder.
     *
     * @param threads records encoded at the same time
     * @param tables makes a builder per thread, such as {@code PosTables::newBuilder}
     */
    public CpuSectorEncoder(int threads, Supplier<PosTableBuilder> tables) {
        this.threads = threads;
        this.tables = tables;
        this.pool = Executors.newFixedThreadPool(
                threads, Thread.ofPlatform().daemon().name("plot-", 0).factory());
    }

    @Override
    public Encoded encode(SectorId sectorId, SectorRecords records, WritableByteChannel out, PlotListener listener)
            throws PlottingException, IOException, InterruptedException {
        SectorContentsMap map = encodeRecords(sectorId, records, listener);
        Blake3Hash checksum = new SectorWriter(out).write(map, records);
        return new Encoded(map.sBucketSizes(), checksum);
    }

    private SectorContentsMap encodeRecords(SectorId sectorId, SectorRecords records, PlotListener listener)
            throws PlottingException, InterruptedException {
        long[][] bitmaps = new long[records.pieces()][SectorContentsMap.WORDS];
        AtomicInteger done = new AtomicInteger();
        EncodingJob job = new EncodingJob(pool, records.pieces(), offset -> {
            listener.beforeRecord();
            encodeRecord(sectorId, records, offset, bitmaps[offset]);
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

    /**
     * Encodes a single record in place on the calling thread.
     *
     * @param bitmap 1,024 words, overwritten: which s-buckets have an encoded chunk
     * @return the number of encoded chunks
     * @throws PlottingException if the record has a chunk that is no scalar
     */
    public int encodeRecord(SectorId sectorId, SectorRecords records, int offset, long[] bitmap)
            throws PlottingException {
        RecordEncoder encoder = idleEncoders.poll();
        if (encoder == null) {
            encoder = new RecordEncoder(tables.get(), erasureCoding);
        }
        try {
            return encoder.encode(SectorIds.posSeed(sectorId, offset), records.record(offset), bitmap);
        } catch (InvalidScalarException e) {
            throw new PlottingException(
                    PlottingException.Kind.INVALID_RECORD,
                    "piece " + Long.toUnsignedString(records.pieceIndex(offset)) + " for offset " + offset
                            + " of sector " + sectorId + ": " + e.getMessage());
        } finally {
            idleEncoders.add(encoder);
        }
    }

    @Override
    public String describe() {
        return threads + " threads, " + PosTables.describe();
    }

    @Override
    public void close() {
        pool.shutdownNow();
        pool.close();
        for (RecordEncoder encoder = idleEncoders.poll(); encoder != null; encoder = idleEncoders.poll()) {
            encoder.close();
        }
    }
}

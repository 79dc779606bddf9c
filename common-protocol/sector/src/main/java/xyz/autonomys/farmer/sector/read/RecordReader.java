package xyz.autonomys.farmer.sector.read;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import xyz.autonomys.farmer.primitives.ProtocolSizes;
import xyz.autonomys.farmer.primitives.SectorId;
import xyz.autonomys.farmer.sector.ReadAt;
import xyz.autonomys.farmer.sector.SectorContentsMap;
import xyz.autonomys.farmer.sector.SectorFormatException;
import xyz.autonomys.farmer.sector.SectorLayout;
import xyz.autonomys.farmer.sector.SectorMetadata;

/**
 * Reads records from sectors as they are stored (specification 04 §11 and §19). Thread-safe; one for all farms of a
 * process is enough, and its threads bound the reads under way.
 *
 * <p>Single chunks lie about 20 KB apart in a full sector, but side by side in a small one: chunks less than a page apart
 * are read together.
 */
public final class RecordReader implements AutoCloseable {
    private static final int CHUNK = ProtocolSizes.CHUNK_BYTES;
    private static final int PAGE = 4096;
    private static final int LONGEST_READ = 256 << 10;
    private static final int BLOCK_BYTES = 4 << 20;
    private static final int READS_AT_A_TIME = 64;

    private final ReadMode mode;
    private final int threads;
    private final ExecutorService pool;

    /**
     * A reader.
     *
     * @param threads reads at the same time for one record in {@link ReadMode#CONCURRENT_CHUNKS}; each needs a
     *     {@link ReadAt} that several threads may use. With one, the calling thread reads
     */
    public RecordReader(ReadMode mode, int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("reading takes at least one thread, got " + threads);
        }
        this.mode = mode;
        this.threads = threads;
        this.pool = mode == ReadMode.CONCURRENT_CHUNKS && threads > 1
                ? Executors.newFixedThreadPool(
                        threads, Thread.ofPlatform().daemon().name("read-", 0).factory())
                : null;
    }

    /**
     * The sector's contents map, checked.
     *
     * @throws IOException if the disk fails or the sector ends inside the map
     * @throws ReadingException if the map is damaged
     */
    public static SectorContentsMap contentsMap(ReadAt sector, int piecesInSector)
            throws IOException, ReadingException {
        byte[] encoded = new byte[new SectorLayout(piecesInSector).contentsMapBytes()];
        sector.readAt(0, encoded, 0, encoded.length);
        try {
            return SectorContentsMap.decode(encoded, piecesInSector);
        } catch (SectorFormatException e) {
            throw new ReadingException(ReadingException.Kind.INVALID_CONTENTS_MAP, e.getMessage(), e);
        }
    }

    /**
     * The record at a piece offset.
     *
     * @param map the contents map of the same sector
     * @throws IOException if the record's metadata cannot be read
     * @throws ReadingException if a chunk cannot be read
     * @throws InterruptedException if the calling thread is interrupted
     */
    public StoredRecord read(
            ReadAt sector, SectorId sectorId, SectorMetadata metadata, SectorContentsMap map, int pieceOffset)
            throws IOException, ReadingException, InterruptedException {
        if (pieceOffset < 0 || pieceOffset >= map.records()) {
            throw new IndexOutOfBoundsException(
                    "a sector of " + map.records() + " pieces has none at offset " + pieceOffset);
        }
        SectorLayout layout = new SectorLayout(map.records());
        int[] locations = ChunkLocations.of(metadata, map, pieceOffset);
        byte[] chunks = new byte[ProtocolSizes.RECORD_BYTES];
        List<Run> runs = mode == ReadMode.WHOLE_SECTOR ? blocks(locations) : runs(locations);
        if (pool == null) {
            for (Run run : runs) {
                run.read(sector, layout, locations, chunks);
            }
        } else {
            readConcurrently(sector, layout, locations, runs, chunks);
        }
        byte[] recordMetadata = new byte[SectorLayout.RECORD_METADATA_BYTES];
        sector.readAt(layout.recordMetadataOffset(pieceOffset), recordMetadata, 0, recordMetadata.length);
        return StoredRecord.of(sectorId, pieceOffset, map.bitmap(pieceOffset), chunks, recordMetadata, 0);
    }

    /** Chunks {@code from} to {@code to − 1} of a record, read together with what lies between them. */
    private record Run(int from, int to) {
        void read(ReadAt sector, SectorLayout layout, int[] locations, byte[] chunks)
                throws ReadingException, InterruptedException {
            if (Thread.interrupted()) {
                throw new InterruptedException("reading of a record was cancelled");
            }
            long start = layout.chunkOffset(locations[from]);
            int length = CHUNK * (locations[to - 1] - locations[from] + 1);
            try {
                if (length == CHUNK * (to - from)) {
                    sector.readAt(start, chunks, CHUNK * from, length);
                    return;
                }
                byte[] bytes = new byte[length];
                sector.readAt(start, bytes, 0, length);
                for (int i = from; i < to; i++) {
                    System.arraycopy(bytes, CHUNK * (locations[i] - locations[from]), chunks, CHUNK * i, CHUNK);
                }
            } catch (IOException e) {
                throw new ReadingException(
                        ReadingException.Kind.UNREADABLE_CHUNK,
                        "cannot read " + length + " bytes from chunk " + locations[from] + " on, byte " + start
                                + " of the sector: " + e.getMessage(),
                        e);
            }
        }
    }

    private static List<Run> runs(int[] locations) {
        List<Run> runs = new ArrayList<>();
        int from = 0;
        for (int i = 1; i <= locations.length; i++) {
            if (i == locations.length
                    || (locations[i] - locations[i - 1]) * CHUNK > PAGE
                    || (locations[i] - locations[from] + 1) * CHUNK > LONGEST_READ) {
                runs.add(new Run(from, i));
                from = i;
            }
        }
        return runs;
    }

    /** The whole sector in blocks, each from the first chunk that is needed in it to the last. */
    private static List<Run> blocks(int[] locations) {
        List<Run> blocks = new ArrayList<>();
        int from = 0;
        for (int i = 1; i <= locations.length; i++) {
            if (i == locations.length || (locations[i] - locations[from] + 1) * CHUNK > BLOCK_BYTES) {
                blocks.add(new Run(from, i));
                from = i;
            }
        }
        return blocks;
    }

    private void readConcurrently(ReadAt sector, SectorLayout layout, int[] locations, List<Run> runs, byte[] chunks)
            throws ReadingException, InterruptedException {
        AtomicInteger next = new AtomicInteger();
        List<Future<?>> futures = new ArrayList<>();
        int workers = Math.min(threads, (runs.size() + READS_AT_A_TIME - 1) / READS_AT_A_TIME);
        for (int worker = 0; worker < workers; worker++) {
            futures.add(pool.submit(() -> {
                for (int i = next.getAndAdd(READS_AT_A_TIME); i < runs.size(); i = next.getAndAdd(READS_AT_A_TIME)) {
                    for (Run run : runs.subList(i, Math.min(runs.size(), i + READS_AT_A_TIME))) {
                        run.read(sector, layout, locations, chunks);
                    }
                }
                return null;
            }));
        }
        try {
            for (Future<?> future : futures) {
                future.get();
            }
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case ReadingException r -> throw r;
                case Throwable t -> throw new IllegalStateException("reading of a record failed", t);
            }
        } finally {
            // Whoever is still reading writes only into an array that nobody looks at any more.
            next.set(Integer.MAX_VALUE / 2);
            futures.forEach(future -> future.cancel(true));
        }
    }

    /** Ends the threads. */
    @Override
    public void close() {
        if (pool != null) {
            pool.shutdownNow();
        }
    }
}

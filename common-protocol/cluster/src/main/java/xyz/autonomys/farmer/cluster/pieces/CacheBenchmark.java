package xyz.autonomys.farmer.cluster.pieces;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import xyz.autonomys.farmer.primitives.Blake3Hash;
import xyz.autonomys.farmer.primitives.FarmerProtocolInfo;
import xyz.autonomys.farmer.primitives.Piece;
import xyz.autonomys.farmer.primitives.ProtocolSizes;
import xyz.autonomys.farmer.primitives.SectorId;
import xyz.autonomys.farmer.sector.PieceSelection;
import xyz.autonomys.farmer.sector.SectorIds;
import xyz.autonomys.farmer.sector.plot.IndexedPiece;
import xyz.autonomys.farmer.sector.plot.PieceCheck;
import xyz.autonomys.farmer.sector.plot.PieceGetter;

/** Downloads the pieces of some sectors from caches as plotting would, piece after piece on a number of threads. */
public final class CacheBenchmark {
    /** Pieces that are checked at once, which costs little more than checking one. */
    private static final int CHECKED_TOGETHER = 32;

    private static final double NANOS_PER_MILLI = 1e6;
    private static final double NANOS_PER_SECOND = 1e9;

    private final PieceGetter source;
    private final int concurrency;
    private final Set<String> reasons = ConcurrentHashMap.newKeySet();

    /**
     * What one round over all pieces gave.
     *
     * @param pieces downloaded
     * @param misses pieces that no cache gave
     * @param nanos from the first request to the last answer
     * @param latencies of the pieces downloaded, nanoseconds, ascending
     */
    public record Round(long pieces, long misses, long nanos, long[] latencies) {
        /** One line. */
        public String describe() {
            double seconds = nanos / NANOS_PER_SECOND;
            return String.format(
                    Locale.ROOT,
                    "%.1f pieces/s, %.1f MB/s, p50 %.1f ms, p99 %.1f ms, %d pieces, %d misses",
                    pieces / seconds,
                    pieces * (double) ProtocolSizes.PIECE_BYTES / seconds / 1e6,
                    percentile(50),
                    percentile(99),
                    pieces,
                    misses);
        }

        /** A percentile of the latencies in milliseconds, 0 if there are none. */
        public double percentile(int percent) {
            return latencies.length == 0
                    ? 0
                    : latencies[Math.min(latencies.length - 1, latencies.length * percent / 100)] / NANOS_PER_MILLI;
        }
    }

    /**
     * A benchmark.
     *
     * @param concurrency pieces in flight
     */
    public CacheBenchmark(PieceGetter source, int concurrency) {
        this.source = source;
        this.concurrency = concurrency;
    }

    /** The pieces of sectors 0 to {@code sectors} of a farm with an arbitrary key, in the order of plotting. */
    public static List<Long> piecesOf(int sectors, int piecesInSector, FarmerProtocolInfo protocol) {
        Blake3Hash farm = Blake3Hash.of(new byte[Blake3Hash.SIZE]);
        List<Long> pieces = new ArrayList<>();
        for (int sector = 0; sector < sectors; sector++) {
            SectorId id = SectorIds.sectorId(farm, sector, protocol.historySize());
            Set<Long> own = new LinkedHashSet<>();
            for (int offset = 0; offset < piecesInSector; offset++) {
                own.add(PieceSelection.pieceIndex(id, offset, protocol.historySize(), protocol));
            }
            pieces.addAll(own);
        }
        return pieces;
    }

    /** Downloads all pieces once. */
    public Round round(List<Long> pieces) throws InterruptedException {
        AtomicLong misses = new AtomicLong();
        ConcurrentLinkedQueue<Long> latencies = new ConcurrentLinkedQueue<>();
        long start = System.nanoTime();
        each(pieces, index -> {
            long from = System.nanoTime();
            if (get(index) == null) {
                misses.incrementAndGet();
            } else {
                latencies.add(System.nanoTime() - from);
            }
        });
        long nanos = System.nanoTime() - start;
        long[] sorted = latencies.stream().mapToLong(Long::longValue).sorted().toArray();
        return new Round(sorted.length, misses.get(), nanos, sorted);
    }

    /** Downloads each piece once and checks it against its segment's commitment; returns how many are wrong. */
    public long check(List<Long> pieces, PieceCheck check) throws InterruptedException {
        List<Long> distinct = pieces.stream().distinct().toList();
        long bad = 0;
        for (int from = 0; from < distinct.size(); from += CHECKED_TOGETHER) {
            Queue<IndexedPiece> got = new ConcurrentLinkedQueue<>();
            each(distinct.subList(from, Math.min(distinct.size(), from + CHECKED_TOGETHER)), index -> {
                Piece piece = get(index);
                if (piece != null) {
                    got.add(new IndexedPiece(index, piece));
                }
            });
            bad += got.size() - check.valid(List.copyOf(got)).cardinality();
        }
        return bad;
    }

    /** Why pieces were missed, a few of the reasons. */
    public List<String> reasons() {
        return reasons.stream().sorted().limit(5).toList();
    }

    private Piece get(long index) throws InterruptedException {
        Piece[] got = new Piece[1];
        source.get(Set.of(index), new PieceGetter.Receiver() {
            @Override
            public synchronized void found(long pieceIndex, Piece piece) {
                got[0] = piece;
            }

            @Override
            public void failed(long pieceIndex, String reason) {
                if (reasons.size() < 100) {
                    reasons.add(reason);
                }
            }
        });
        return got[0];
    }

    /** Something done with each piece. */
    @FunctionalInterface
    private interface Step {
        void run(long index) throws InterruptedException;
    }

    private void each(List<Long> pieces, Step step) throws InterruptedException {
        AtomicInteger next = new AtomicInteger();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < concurrency; i++) {
                running.add(threads.submit(() -> {
                    for (int at = next.getAndIncrement(); at < pieces.size(); at = next.getAndIncrement()) {
                        step.run(pieces.get(at));
                    }
                    return null;
                }));
            }
            try {
                for (Future<?> future : running) {
                    future.get();
                }
            } catch (ExecutionException e) {
                throw new IllegalStateException("a download failed", e.getCause());
            } finally {
                running.forEach(future -> future.cancel(true));
            }
        }
    }
}

package xyz.autonomys.farmer.devnode.chain;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import xyz.autonomys.farmer.archiving.ArchivedSegment;
import xyz.autonomys.farmer.archiving.Archiver;
import xyz.autonomys.farmer.archiving.GenesisBlock;
import xyz.autonomys.farmer.archiving.Parallelism;
import xyz.autonomys.farmer.archiving.PieceIndexes;
import xyz.autonomys.farmer.kzg.DevelopmentSetup;
import xyz.autonomys.farmer.kzg.Kzg;
import xyz.autonomys.farmer.primitives.Piece;
import xyz.autonomys.farmer.primitives.SegmentHeader;

/**
 * Archives the chain's blocks. Segments are computed ahead on a thread of their own, since blocks here are never
 * reorganised, and {@linkplain #reveal revealed} when the chain's rule says so.
 *
 * <p>Pieces are kept as a real node keeps them: only those of a segment that somebody has not acknowledged yet; those of
 * the genesis segment are rebuilt when asked for (spec 06 §7.3).
 */
public final class History implements AutoCloseable {
    private static final long CLOSE_SECONDS = 5;

    private final Kzg kzg;
    private final Parallelism parallelism;
    private final byte[] genesis;
    private final SegmentStore segments = new SegmentStore();
    private final ExecutorService worker = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("archiver").factory());
    private final ConcurrentMap<Long, CompletableFuture<List<ArchivedSegment>>> archived = new ConcurrentHashMap<>();
    private final Object pieces = new Object();
    private Archiver archiver;
    private final Map<Long, ArchivedSegment> alive = new HashMap<>();
    private ArchivedSegment genesisSegment;

    /**
     * A history that holds segment 0 as soon as {@link #begin} or {@link #resume} has been called.
     *
     * @param genesisBlock SCALE bytes of block 0
     * @param stateRoot its state root, 32 bytes
     */
    History(Kzg kzg, Parallelism parallelism, byte[] genesisBlock, byte[] stateRoot) {
        this.kzg = kzg;
        this.parallelism = parallelism;
        this.genesis = GenesisBlock.encode(genesisBlock, stateRoot);
    }

    /** With which trusted setup it commits, in words. */
    String setup() {
        return kzg.setup() instanceof DevelopmentSetup ? "development setup" : "the ceremony's setup";
    }

    /** Archives block 0. */
    void begin() {
        archiver = Archiver.begin(kzg, parallelism);
        genesisSegment = archiver.add(genesis).getFirst();
        segments.add(genesisSegment.header());
    }

    /**
     * Goes on after a restart.
     *
     * @param headers all segment headers so far
     * @param lastBlock archived form of the last header's last block, null for block 0
     */
    void resume(List<SegmentHeader> headers, byte[] lastBlock) {
        headers.forEach(segments::add);
        SegmentHeader last = headers.getLast();
        archiver = Archiver.resume(kzg, parallelism, last, lastBlock == null ? genesis : lastBlock);
        archiver.closedSegments();
    }

    /** The headers of the revealed segments. */
    public SegmentStore segments() {
        return segments;
    }

    /** Number of the block that {@link #append} takes next. */
    long nextBlock() {
        return archiver.nextBlockNumber();
    }

    /** Hands over the next block; it is archived in the background. */
    void append(long number, byte[] encoded) {
        CompletableFuture<List<ArchivedSegment>> result = new CompletableFuture<>();
        archived.put(number, result);
        worker.execute(() -> {
            try {
                result.complete(archiver.add(encoded));
            } catch (RuntimeException | Error e) {
                result.completeExceptionally(e);
            }
        });
    }

    /**
     * Makes the segments that end with a block part of history, one after the other.
     *
     * @param publish what to do with each one after its header is stored and before the next is revealed; its pieces
     *     are kept until it is {@linkplain #release released}
     * @return the headers
     */
    List<SegmentHeader> reveal(long number, Consumer<ArchivedSegment> publish) {
        CompletableFuture<List<ArchivedSegment>> done = archived.remove(number);
        if (done == null) {
            return List.of();
        }
        List<ArchivedSegment> closed = done.join();
        for (ArchivedSegment segment : closed) {
            synchronized (pieces) {
                segments.add(segment.header());
                genesisSegment = null;
                alive.put(segment.header().segmentIndex(), segment);
            }
            publish.accept(segment);
        }
        return closed.stream().map(ArchivedSegment::header).toList();
    }

    /** Forgets the pieces of a segment. */
    public void release(long segmentIndex) {
        synchronized (pieces) {
            alive.remove(segmentIndex);
        }
    }

    /** A piece of a segment that is not released yet. */
    public Optional<Piece> piece(long index) {
        synchronized (pieces) {
            return Optional.ofNullable(alive.get(PieceIndexes.segmentIndex(index)))
                    .map(held -> held.pieces().get(PieceIndexes.position(index)));
        }
    }

    /** A piece of segment 0, whose segment is archived again if it is not at hand. */
    public Piece genesisPiece(int position) {
        synchronized (pieces) {
            if (genesisSegment == null) {
                genesisSegment = Archiver.begin(kzg, parallelism).add(genesis).getFirst();
            }
            return genesisSegment.pieces().get(position);
        }
    }

    @Override
    public void close() {
        worker.shutdownNow();
        try {
            worker.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

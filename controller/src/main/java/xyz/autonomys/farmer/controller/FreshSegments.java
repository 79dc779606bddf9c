package xyz.autonomys.farmer.controller;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import xyz.autonomys.farmer.archiving.PieceClaim;
import xyz.autonomys.farmer.archiving.PieceIndexes;
import xyz.autonomys.farmer.archiving.PieceVerifier;
import xyz.autonomys.farmer.node.NodeException;
import xyz.autonomys.farmer.primitives.Blake3Hash;
import xyz.autonomys.farmer.primitives.Piece;
import xyz.autonomys.farmer.primitives.ProtocolSizes;
import xyz.autonomys.farmer.primitives.SegmentHeader;
import xyz.autonomys.farmer.store.ChainMark;
import xyz.autonomys.farmer.store.DirectoryLock;
import xyz.autonomys.farmer.store.PieceReading;
import xyz.autonomys.farmer.store.SegmentDirectory;
import xyz.autonomys.farmer.store.SegmentLabel;

/**
 * The pieces of the newest segments. A node serves a new segment only until its subscribers have acknowledged it, so the
 * whole segment is fetched and verified at once and kept on disk. Only the newest few are kept: by then the caches have
 * them. Segment 0 is kept for good, because a node rebuilds it for whoever asks and is busy with nothing else meanwhile.
 * Of the segments that were {@linkplain SegmentRebuilder rebuilt} the last few are kept as well. Thread-safe.
 */
final class FreshSegments implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FreshSegments.class);
    private static final int CONCURRENT_PIECES = 10;
    private static final int BATCH = 32;
    private static final Duration RECONNECT_PATIENCE = Duration.ofSeconds(30);
    private static final Duration RECONNECT_LOOK = Duration.ofMillis(250);
    private static final int REBUILT_KEPT = 4;

    private final Source node;
    private final PieceVerifier verifier;
    private final Blake3Hash genesis;
    private final DirectoryLock lock;
    private final SegmentDirectory segments;
    private final int kept;
    private final Deque<Long> rebuilt = new ArrayDeque<>();

    /** What serves the pieces of fresh segments, a node that is. */
    @FunctionalInterface
    interface Source {
        /** A piece, empty if it is not served any more. */
        Optional<Piece> piece(long pieceIndex) throws NodeException, InterruptedException;
    }

    /**
     * The segments in a directory.
     *
     * @param kept how many of the newest segments are kept, 257 MiB each
     * @throws IOException if the directory cannot be used, is in use, or holds pieces of another chain
     */
    FreshSegments(Source node, PieceVerifier verifier, Blake3Hash genesis, Path directory, int kept)
            throws IOException {
        this.node = node;
        this.verifier = verifier;
        this.genesis = genesis;
        this.kept = kept;
        this.lock = DirectoryLock.acquire(directory);
        try {
            ChainMark.check(directory, genesis);
            this.segments = SegmentDirectory.open(directory);
        } catch (IOException e) {
            lock.close();
            throw e;
        }
    }

    /** Whether all pieces of a segment are here. */
    boolean has(long segmentIndex) {
        return segments.isComplete(segmentIndex);
    }

    /** Where the segments are. */
    SegmentDirectory directory() {
        return segments;
    }

    /** Fetches a segment that the node serves now; called by the node client before it acknowledges. */
    void harvest(SegmentHeader header) {
        long segment = header.segmentIndex();
        if (has(segment)) {
            return;
        }
        long start = System.nanoTime();
        SegmentLabel label = new SegmentLabel(segment, genesis, header.segmentCommitment());
        try {
            for (int position = 0; position < ProtocolSizes.SEGMENT_PIECES; position += BATCH) {
                if (lacks(segment, position)) {
                    segments.put(label, patiently(header, position));
                }
            }
            if (!has(segment)) {
                throw new IOException("the disk of " + segments.directory() + " has lost some of them meanwhile");
            }
            LOG.info(
                    "Fetched and verified the 256 pieces of segment {} in {} s",
                    segment,
                    String.format("%.1f", (System.nanoTime() - start) / 1e9));
            dropOld(segment);
        } catch (IOException | NodeException e) {
            LOG.warn(
                    "The pieces of segment {} could not be had from the node: {}; if nobody else has them, they are"
                            + " rebuilt from blocks",
                    segment,
                    e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether any piece of the batch that begins at a position is not here. */
    private boolean lacks(long segment, int position) {
        for (int i = 0; i < BATCH; i++) {
            if (!segments.contains(PieceIndexes.of(segment, position + i))) {
                return true;
            }
        }
        return false;
    }

    /** A connection that is just being made is waited for: behind the acknowledgement the node has the pieces no more. */
    private Map<Integer, Piece> patiently(SegmentHeader header, int position)
            throws IOException, NodeException, InterruptedException {
        long until = System.nanoTime() + RECONNECT_PATIENCE.toNanos();
        while (true) {
            try {
                return batch(header, position);
            } catch (NodeException e) {
                if (e.kind() != NodeException.Kind.UNAVAILABLE || System.nanoTime() - until > 0) {
                    throw e;
                }
            }
            Thread.sleep(RECONNECT_LOOK.toMillis());
        }
    }

    private Map<Integer, Piece> batch(SegmentHeader header, int position)
            throws IOException, NodeException, InterruptedException {
        Map<Integer, Piece> pieces = new HashMap<>();
        List<PieceClaim> claims = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(
                CONCURRENT_PIECES, Thread.ofVirtual().name("harvest-", 0).factory())) {
            List<Future<Optional<Piece>>> answers = new ArrayList<>();
            for (int i = 0; i < BATCH; i++) {
                long index = PieceIndexes.of(header.segmentIndex(), position + i);
                answers.add(threads.submit(() -> node.piece(index)));
            }
            for (int i = 0; i < BATCH; i++) {
                long index = PieceIndexes.of(header.segmentIndex(), position + i);
                try {
                    Piece piece = answers.get(i)
                            .get()
                            .orElseThrow(
                                    () -> new IOException("it does not serve piece " + Long.toUnsignedString(index)));
                    pieces.put(position + i, piece);
                    claims.add(new PieceClaim(index, piece, header.segmentCommitment()));
                } catch (ExecutionException e) {
                    threads.shutdownNow();
                    switch (e.getCause()) {
                        case NodeException cause -> throw cause;
                        default -> throw new IOException(e.getCause());
                    }
                }
            }
        }
        BitSet valid = verifier.verifyAll(claims);
        if (valid.cardinality() != claims.size()) {
            throw new IOException("piece "
                    + Long.toUnsignedString(claims.get(valid.nextClearBit(0)).pieceIndex())
                    + " of the node does not match the segment's commitment");
        }
        return pieces;
    }

    /** A piece, from the kept segments or, unverified by the node client and so verified here, from the node. */
    Optional<Piece> piece(long index, Optional<SegmentHeader> header) throws InterruptedException {
        switch (segments.read(index)) {
            case PieceReading.Found found -> {
                return Optional.of(found.piece());
            }
            case PieceReading.Corrupt(String reason) -> LOG.warn("A fetched piece is lost: {}", reason);
            case PieceReading.Absent _ -> {}
        }
        try {
            Optional<Piece> piece = node.piece(index);
            if (piece.isPresent()
                    && header.isPresent()
                    && verifier.isValid(
                            new PieceClaim(index, piece.get(), header.get().segmentCommitment()))) {
                return piece;
            }
        } catch (NodeException e) {
            LOG.debug("Piece {} is not to be had from the node: {}", Long.toUnsignedString(index), e.getMessage());
        }
        return Optional.empty();
    }

    /** Keeps a rebuilt segment, and lets the one go that was rebuilt longest ago if there are many. */
    void keepRebuilt(long segmentIndex, long newest) throws IOException {
        synchronized (rebuilt) {
            rebuilt.remove(segmentIndex);
            rebuilt.addLast(segmentIndex);
            if (rebuilt.size() > REBUILT_KEPT) {
                rebuilt.removeFirst();
            }
        }
        dropOld(newest);
    }

    private void dropOld(long newest) throws IOException {
        synchronized (rebuilt) {
            for (long index : segments.labels().keySet()) {
                if (index > 0 && index + kept <= newest && !rebuilt.contains(index)) {
                    segments.remove(index);
                }
            }
        }
    }

    @Override
    public void close() throws IOException {
        lock.close();
    }
}

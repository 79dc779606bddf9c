package xyz.autonomys.farmer.controller;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
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
import xyz.autonomys.farmer.node.NodeClient;
import xyz.autonomys.farmer.node.NodeException;
import xyz.autonomys.farmer.primitives.Piece;
import xyz.autonomys.farmer.primitives.ProtocolSizes;
import xyz.autonomys.farmer.primitives.SegmentHeader;

/**
 * The pieces of the newest segments. A node serves a new segment only until its subscribers have acknowledged it, so the
 * whole segment is fetched and verified at once and kept in a file, one per segment, the pieces one after the other. Only
 * the newest few are kept: by then the caches have them. Segment 0 is kept for good, because a node rebuilds it for
 * whoever asks and is busy with nothing else meanwhile. Thread-safe.
 */
final class FreshSegments {
    private static final Logger LOG = LoggerFactory.getLogger(FreshSegments.class);
    private static final int CONCURRENT_PIECES = 10;
    private static final int BATCH = 32;
    private static final String SUFFIX = ".segment";

    private final NodeClient node;
    private final PieceVerifier verifier;
    private final Path directory;
    private final int kept;

    FreshSegments(NodeClient node, PieceVerifier verifier, Path directory, int kept) throws IOException {
        this.node = node;
        this.verifier = verifier;
        this.directory = Files.createDirectories(directory);
        this.kept = kept;
        try (DirectoryStream<Path> unfinished = Files.newDirectoryStream(directory, "*.tmp")) {
            for (Path file : unfinished) {
                Files.delete(file);
            }
        }
    }

    /** Whether the pieces of a segment are here. */
    boolean has(long segmentIndex) {
        return Files.exists(file(segmentIndex));
    }

    /** Fetches a segment that the node serves now; called by the node client before it acknowledges. */
    void harvest(SegmentHeader header) {
        Path file = file(header.segmentIndex());
        if (Files.exists(file)) {
            return;
        }
        long start = System.nanoTime();
        try {
            Path fresh = file.resolveSibling(file.getFileName() + ".tmp");
            try (FileChannel out = FileChannel.open(
                    fresh, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
                for (int position = 0; position < ProtocolSizes.SEGMENT_PIECES; position += BATCH) {
                    for (Piece piece : batch(header, position)) {
                        ByteBuffer bytes = ByteBuffer.wrap(piece.array());
                        while (bytes.hasRemaining()) {
                            out.write(bytes);
                        }
                    }
                }
                out.force(true);
            }
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
            LOG.info(
                    "Fetched and verified the 256 pieces of segment {} in {} s",
                    header.segmentIndex(),
                    String.format("%.1f", (System.nanoTime() - start) / 1e9));
            dropOld(header.segmentIndex());
        } catch (IOException | NodeException e) {
            LOG.warn(
                    "The pieces of segment {} could not be had from the node: {}; caches must get them elsewhere",
                    header.segmentIndex(),
                    e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private List<Piece> batch(SegmentHeader header, int position)
            throws IOException, NodeException, InterruptedException {
        List<Piece> pieces = new ArrayList<>();
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
                    pieces.add(piece);
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
        Path file = file(PieceIndexes.segmentIndex(index));
        if (Files.exists(file)) {
            byte[] bytes = new byte[ProtocolSizes.PIECE_BYTES];
            try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ)) {
                ByteBuffer target = ByteBuffer.wrap(bytes);
                long at = (long) PieceIndexes.position(index) * ProtocolSizes.PIECE_BYTES;
                while (target.hasRemaining()) {
                    if (in.read(target, at + target.position()) < 0) {
                        throw new IOException("it ends early");
                    }
                }
                return Optional.of(Piece.wrap(bytes));
            } catch (IOException e) {
                LOG.warn("Segment file {} cannot be read: {}", file, e.getMessage());
            }
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

    private void dropOld(long newest) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*" + SUFFIX)) {
            for (Path file : files) {
                String name = file.getFileName().toString();
                long index = Long.parseUnsignedLong(name.substring(0, name.length() - SUFFIX.length()));
                if (index > 0 && index + kept <= newest) {
                    Files.delete(file);
                }
            }
        }
    }

    private Path file(long segmentIndex) {
        return directory.resolve(Long.toUnsignedString(segmentIndex) + SUFFIX);
    }
}

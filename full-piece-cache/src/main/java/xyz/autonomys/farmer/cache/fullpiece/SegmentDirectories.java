package xyz.autonomys.farmer.cache.fullpiece;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import xyz.autonomys.farmer.archiving.PieceIndexes;
import xyz.autonomys.farmer.cluster.control.MemberId;
import xyz.autonomys.farmer.cluster.pieces.CacheIdentity;
import xyz.autonomys.farmer.cluster.pieces.VerifiedPiece;
import xyz.autonomys.farmer.primitives.Blake3Hash;
import xyz.autonomys.farmer.primitives.Piece;
import xyz.autonomys.farmer.store.ChainMark;
import xyz.autonomys.farmer.store.DirectoryLock;
import xyz.autonomys.farmer.store.DiskSpace;
import xyz.autonomys.farmer.store.PieceReading;
import xyz.autonomys.farmer.store.SegmentDirectory;
import xyz.autonomys.farmer.store.SegmentLabel;

/**
 * All directories of a full-piece cache as one, with their locks. A temporary cache writes new segments to a
 * subdirectory {@value #TEMPORARY} of each path, which is emptied at start and at stop; what lies in the paths themselves
 * is served and never deleted.
 */
final class SegmentDirectories implements AutoCloseable {
    static final String TEMPORARY = "tmp";

    private static final Logger LOG = LoggerFactory.getLogger(SegmentDirectories.class);

    private final List<Path> paths;
    private final List<DirectoryLock> locks;
    private final boolean temporary;
    private final List<SegmentDirectory> directories = new ArrayList<>();
    private final List<SegmentDirectory> growing = new ArrayList<>();
    private MemberId memberId;

    private SegmentDirectories(List<Path> paths, List<DirectoryLock> locks, boolean temporary) {
        this.paths = paths;
        this.locks = locks;
        this.temporary = temporary;
    }

    /** Locks and opens all paths, or none. */
    static SegmentDirectories open(List<Path> paths, boolean temporary) throws IOException {
        SegmentDirectories all = new SegmentDirectories(paths, new ArrayList<>(), temporary);
        boolean opened = false;
        try {
            for (Path path : paths) {
                all.locks.add(DirectoryLock.acquire(path));
            }
            for (Path path : paths) {
                SegmentDirectory main = SegmentDirectory.open(path);
                all.directories.add(main);
                if (temporary) {
                    deleteTree(path.resolve(TEMPORARY));
                    SegmentDirectory own = SegmentDirectory.open(path.resolve(TEMPORARY));
                    all.directories.add(own);
                    all.growing.add(own);
                } else {
                    all.growing.add(main);
                }
                LOG.info("{} has {} segments", path, main.labels().size());
            }
            all.memberId = CacheIdentity.of(paths);
            opened = true;
            return all;
        } finally {
            if (!opened) {
                all.close();
            }
        }
    }

    /** Identity of the cache. */
    MemberId memberId() {
        return memberId;
    }

    /** Refuses directories with pieces of another chain. */
    void checkChain(Blake3Hash genesisHash) throws IOException {
        for (Path path : paths) {
            ChainMark.check(path, genesisHash);
        }
        for (SegmentDirectory directory : directories) {
            for (SegmentLabel label : directory.labels().values()) {
                if (!label.genesisHash().equals(genesisHash)) {
                    throw new IOException(directory.directory() + " has " + label
                            + ", the cluster farms the chain with genesis hash " + genesisHash
                            + "; use another path, or remove the file");
                }
            }
        }
    }

    /** What the file of a segment says of it, if there is one. */
    SegmentLabel label(long segmentIndex) {
        for (SegmentDirectory directory : directories) {
            SegmentLabel label = directory.labels().get(segmentIndex);
            if (label != null) {
                return label;
            }
        }
        return null;
    }

    /** Why nothing can be stored of a segment, and what helps; empty if it can. */
    Optional<String> fault(long segmentIndex) {
        return label(segmentIndex) == null
                ? directories.stream()
                        .flatMap(directory -> directory.fault(segmentIndex).stream())
                        .findFirst()
                : Optional.empty();
    }

    boolean contains(long pieceIndex) {
        return directories.stream().anyMatch(directory -> directory.contains(pieceIndex));
    }

    /** Reads a piece and checks it. */
    PieceReading read(long pieceIndex) {
        for (SegmentDirectory directory : directories) {
            if (directory.contains(pieceIndex)) {
                return directory.read(pieceIndex);
            }
        }
        return new PieceReading.Absent();
    }

    /**
     * Stores pieces for good.
     *
     * @param labels gives the label of each segment
     * @throws IOException if no path has room, or the disk does not take them
     */
    void put(List<VerifiedPiece> pieces, Function<Long, SegmentLabel> labels) throws IOException {
        Map<Long, Map<Integer, Piece>> bySegment = new TreeMap<>(Long::compareUnsigned);
        for (VerifiedPiece piece : pieces) {
            bySegment
                    .computeIfAbsent(PieceIndexes.segmentIndex(piece.index()), _ -> new HashMap<>())
                    .put(PieceIndexes.position(piece.index()), piece.piece());
        }
        for (var segment : bySegment.entrySet()) {
            home(segment.getKey()).put(labels.apply(segment.getKey()), segment.getValue());
        }
    }

    private SegmentDirectory home(long segmentIndex) throws IOException {
        for (SegmentDirectory directory : directories) {
            if (directory.hasSegment(segmentIndex)) {
                return directory;
            }
        }
        Map<SegmentDirectory, Long> free = new HashMap<>();
        for (SegmentDirectory directory : growing) {
            free.put(directory, DiskSpace.free(directory.directory()));
        }
        return growing.stream().max(Comparator.comparingLong(free::get)).orElseThrow();
    }

    /** Bytes that may still be written. */
    long freeBytes() {
        long free = 0;
        for (SegmentDirectory directory : growing) {
            try {
                free += DiskSpace.free(directory.directory());
            } catch (IOException e) {
                LOG.debug("Free space is not known: {}", e.getMessage());
            }
        }
        return free;
    }

    private static void deleteTree(Path root) throws IOException {
        if (!Files.exists(root)) {
            return;
        }
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, IOException failure) throws IOException {
                if (failure != null) {
                    throw failure;
                }
                Files.delete(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    /** Discards what is temporary and gives the paths back. */
    @Override
    public void close() {
        if (temporary) {
            for (Path path : paths) {
                try {
                    deleteTree(path.resolve(TEMPORARY));
                } catch (IOException e) {
                    LOG.warn("{} could not be removed: {}", path.resolve(TEMPORARY), e.toString());
                }
            }
        }
        for (DirectoryLock lock : locks) {
            try {
                lock.close();
            } catch (IOException e) {
                LOG.warn("A directory could not be given back: {}", e.getMessage());
            }
        }
    }
}

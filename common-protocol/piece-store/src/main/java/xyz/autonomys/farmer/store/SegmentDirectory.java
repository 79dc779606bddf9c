package xyz.autonomys.farmer.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import xyz.autonomys.farmer.archiving.PieceIndexes;
import xyz.autonomys.farmer.primitives.Piece;

/**
 * The segment files of one directory: {@code segment-NNNNNNNN.pieces} when complete, the same with {@code .part} behind
 * it before. The caller owns the directory's lock. Thread-safe; threads that call it must not be interrupted meanwhile.
 */
public final class SegmentDirectory {
    /** Bytes of a segment's file. */
    public static final long FILE_BYTES = SegmentFile.FILE_BYTES;

    private static final Logger LOG = LoggerFactory.getLogger(SegmentDirectory.class);
    private static final Pattern NAME = Pattern.compile("segment-(\\d{8,20})\\.pieces(\\.part)?");
    private static final String PART = ".part";
    private static final long SPARE_BYTES = 64L << 20;

    private final Path directory;
    private final Map<Long, Held> segments = new ConcurrentHashMap<>();

    /** What is known of a segment's file; guarded by its lock. */
    private static final class Held {
        private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
        private final BitSet whole = new BitSet(SegmentFile.PIECES);
        private final SegmentLabel label;
        private Path file;

        Held(SegmentLabel label, Path file) {
            this.label = label;
            this.file = file;
        }

        boolean isPart() {
            return file.getFileName().toString().endsWith(PART);
        }
    }

    private SegmentDirectory(Path directory) {
        this.directory = directory;
    }

    /**
     * Opens a directory, made if there is none, and looks at its files: complete ones by their seal, others piece by
     * piece. A file that is no segment file is named in the log and left alone.
     */
    public static SegmentDirectory open(Path directory) throws IOException {
        SegmentDirectory opened = new SegmentDirectory(Files.createDirectories(directory));
        for (NamedFile file : files(directory)) {
            opened.adopt(file.path, file.segmentIndex);
        }
        return opened;
    }

    /**
     * A file that has the name of a segment's.
     *
     * @param segmentIndex the index in its name (u64)
     * @param isPart whether its name says that it is not complete
     */
    record NamedFile(Path path, long segmentIndex, boolean isPart) {}

    /** The segment files by name; a complete one comes before a part of the same segment. */
    static List<NamedFile> files(Path directory) throws IOException {
        List<NamedFile> named = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "segment-*")) {
            for (Path file : files) {
                Matcher name = NAME.matcher(file.getFileName().toString());
                if (name.matches()) {
                    named.add(new NamedFile(file, Long.parseUnsignedLong(name.group(1)), name.group(2) != null));
                }
            }
        }
        named.sort(Comparator.comparing(NamedFile::segmentIndex, Long::compareUnsigned)
                .thenComparing(NamedFile::isPart));
        return named;
    }

    private void adopt(Path path, long index) throws IOException {
        boolean named = path.getFileName().toString().endsWith(PART);
        if (segments.containsKey(index)) {
            LOG.info("{} is a leftover of a complete segment and is removed", path);
            Files.delete(path);
            return;
        }
        try (SegmentFile file = SegmentFile.open(path, true)) {
            SegmentLabel label = file.label();
            if (label.segmentIndex() != index) {
                LOG.error("{} holds {} and is not used; give it the right name or remove it", path, label);
                return;
            }
            Held held = new Held(label, path);
            if (file.isSealed()) {
                held.whole.set(0, SegmentFile.PIECES);
            } else {
                held.whole.or(file.wholePieces());
                LOG.info("{} has {} of {} pieces", path, held.whole.cardinality(), SegmentFile.PIECES);
            }
            segments.put(index, held);
            if (!named && held.whole.cardinality() < SegmentFile.PIECES) {
                LOG.error("{} was complete and is damaged; what it lacks is fetched again", path);
                held.file = rename(path, directory.resolve(name(index) + PART));
            } else if (held.whole.cardinality() == SegmentFile.PIECES) {
                complete(file, held);
            }
        } catch (IOException e) {
            LOG.error("A segment file is not used: {}; remove it to have it made again", e.getMessage());
        }
    }

    private static String name(long index) {
        String digits = Long.toUnsignedString(index);
        return "segment-" + "0".repeat(Math.max(0, 8 - digits.length())) + digits + ".pieces";
    }

    /** The directory. */
    public Path directory() {
        return directory;
    }

    /** The segments of which there is anything, by index. */
    public Map<Long, SegmentLabel> labels() {
        Map<Long, SegmentLabel> labels = new TreeMap<>(Long::compareUnsigned);
        segments.forEach((index, held) -> labels.put(index, held.label));
        return labels;
    }

    /** Whether the piece is there, as far as is known. */
    public boolean contains(long pieceIndex) {
        Held held = segments.get(PieceIndexes.segmentIndex(pieceIndex));
        if (held == null) {
            return false;
        }
        held.lock.readLock().lock();
        try {
            return held.whole.get(PieceIndexes.position(pieceIndex));
        } finally {
            held.lock.readLock().unlock();
        }
    }

    /** Whether all pieces of the segment are there, as far as is known. */
    public boolean isComplete(long segmentIndex) {
        Held held = segments.get(segmentIndex);
        if (held == null) {
            return false;
        }
        held.lock.readLock().lock();
        try {
            return held.whole.cardinality() == SegmentFile.PIECES;
        } finally {
            held.lock.readLock().unlock();
        }
    }

    /** Whether there is anything of the segment. */
    public boolean hasSegment(long segmentIndex) {
        return segments.containsKey(segmentIndex);
    }

    /** Whether the disk has room for one more segment. */
    public boolean hasRoom() throws IOException {
        return DiskSpace.free(directory) >= FILE_BYTES + SPARE_BYTES;
    }

    /**
     * Stores verified pieces of one segment; when it returns they are there for good.
     *
     * @param pieces pieces by position, 0 to 255
     * @throws IOException if the disk has no room or does not take them, or the file here belongs to another segment
     */
    public void put(SegmentLabel label, Map<Integer, Piece> pieces) throws IOException {
        Held held = segments.computeIfAbsent(
                label.segmentIndex(), index -> new Held(label, directory.resolve(name(index) + PART)));
        if (!held.label.equals(label)) {
            throw new IOException(held.file + " holds " + held.label + ", but the cluster has " + label
                    + "; remove the file or use another path");
        }
        held.lock.writeLock().lock();
        try {
            Map<Integer, Piece> fresh = new TreeMap<>(pieces);
            fresh.keySet().removeIf(held.whole::get);
            if (fresh.isEmpty()) {
                return;
            }
            try (SegmentFile file =
                    Files.exists(held.file) ? SegmentFile.open(held.file, true) : create(held.file, label)) {
                file.writePieces(fresh);
                fresh.keySet().forEach(held.whole::set);
                if (held.whole.cardinality() == SegmentFile.PIECES) {
                    complete(file, held);
                }
            }
        } finally {
            held.lock.writeLock().unlock();
        }
    }

    /** Deletes a segment's file, if there is one; pieces that are being read are read to the end. */
    public void remove(long segmentIndex) throws IOException {
        Held held = segments.remove(segmentIndex);
        if (held != null) {
            held.lock.writeLock().lock();
            try {
                held.whole.clear();
                Files.deleteIfExists(held.file);
            } finally {
                held.lock.writeLock().unlock();
            }
        }
    }

    private SegmentFile create(Path path, SegmentLabel label) throws IOException {
        if (!hasRoom()) {
            throw new IOException("the file system of " + directory + " has " + DiskSpace.free(directory)
                    + " free bytes, a segment takes " + FILE_BYTES + "; free some or give another path");
        }
        return SegmentFile.create(path, label);
    }

    private void complete(SegmentFile file, Held held) throws IOException {
        if (!file.isSealed()) {
            file.seal();
        }
        if (held.isPart()) {
            held.file = rename(held.file, directory.resolve(name(held.label.segmentIndex())));
        }
    }

    private Path rename(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
        return to;
    }

    /**
     * Reads a piece and checks it; one that is damaged or that the disk does not give counts as lacking from then on.
     */
    public PieceReading read(long pieceIndex) {
        Held held = segments.get(PieceIndexes.segmentIndex(pieceIndex));
        if (held == null) {
            return new PieceReading.Absent();
        }
        int position = PieceIndexes.position(pieceIndex);
        PieceReading reading;
        held.lock.readLock().lock();
        try {
            if (!held.whole.get(position)) {
                return new PieceReading.Absent();
            }
            reading = readFrom(held.file, position);
        } finally {
            held.lock.readLock().unlock();
        }
        if (reading instanceof PieceReading.Found) {
            return reading;
        }
        held.lock.writeLock().lock();
        try {
            held.whole.clear(position);
        } finally {
            held.lock.writeLock().unlock();
        }
        return reading;
    }

    private static PieceReading readFrom(Path path, int position) {
        try (SegmentFile file = SegmentFile.open(path, false)) {
            PieceReading reading = file.readPiece(position);
            return reading instanceof PieceReading.Absent
                    ? new PieceReading.Corrupt("the piece at position " + position + " of " + path + " has vanished")
                    : reading;
        } catch (IOException e) {
            return new PieceReading.Corrupt(
                    "the piece at position " + position + " of " + path + " cannot be read: " + e);
        }
    }
}

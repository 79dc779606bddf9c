package xyz.autonomys.farmer.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
    private static final String REJECTED = ".rejected";
    private static final long SPARE_BYTES = 64L << 20;

    private final Path directory;
    private final Map<Long, Held> segments = new ConcurrentHashMap<>();
    /** Segments whose files the disk does not give, and why. */
    private final Map<Long, String> unreadable = new ConcurrentHashMap<>();

    /** What is known of a segment's file; guarded by its lock. */
    private static final class Held {
        private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
        private final BitSet whole = new BitSet(SegmentFile.PIECES);
        private final SegmentLabel label;
        private Path file;
        /** Whether the file was read or made by this process; if not, whatever has its name is something else. */
        private boolean known;

        Held(SegmentLabel label, Path file) {
            this.label = label;
            this.file = file;
        }

        boolean isPart() {
            return file.getFileName().toString().endsWith(PART);
        }

        boolean isWhole() {
            return whole.cardinality() == SegmentFile.PIECES;
        }
    }

    private SegmentDirectory(Path directory) {
        this.directory = directory;
    }

    /**
     * Opens a directory, made if there is none, and looks at its files: complete ones by their seal, others piece by
     * piece. A file that is no segment file is named in the log and never written to; it is renamed when the segment of
     * its name is stored. Of a segment whose file cannot be read nothing is stored until the directory is opened again,
     * see {@link #fault}.
     */
    public static SegmentDirectory open(Path directory) throws IOException {
        SegmentDirectory opened = new SegmentDirectory(Files.createDirectories(directory));
        Map<Long, List<NamedFile>> bySegment = new TreeMap<>(Long::compareUnsigned);
        for (NamedFile file : files(directory)) {
            bySegment.computeIfAbsent(file.segmentIndex, _ -> new ArrayList<>()).add(file);
        }
        bySegment.forEach(opened::adopt);
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

    /** Uses the file of a segment that has most pieces, and deletes others of the same label. */
    private void adopt(long index, List<NamedFile> files) {
        List<Held> usable = new ArrayList<>();
        for (NamedFile file : files) {
            look(file).ifPresent(usable::add);
        }
        if (usable.isEmpty()) {
            return;
        }
        unreadable.remove(index);
        Held best = Collections.max(usable, Comparator.comparingInt(held -> held.whole.cardinality()));
        segments.put(index, best);
        try {
            for (Held other : usable) {
                if (other != best) {
                    discard(other, best);
                }
            }
            settle(best);
        } catch (IOException e) {
            LOG.error("{} is used as it is, since it cannot be changed: {}", best.file, e.toString());
        }
    }

    /** What a file has, if it can be used. */
    private Optional<Held> look(NamedFile named) {
        Path path = named.path();
        try (SegmentFile file = SegmentFile.open(path, false)) {
            SegmentLabel label = file.label();
            if (label.segmentIndex() != named.segmentIndex()) {
                LOG.error("{} holds {} and is not used; give it the right name or remove it", path, label);
                return Optional.empty();
            }
            Held held = new Held(label, path);
            held.known = true;
            if (file.isSealed()) {
                held.whole.set(0, SegmentFile.PIECES);
            } else {
                held.whole.or(file.wholePieces());
                LOG.info("{} has {} of {} pieces", path, held.whole.cardinality(), SegmentFile.PIECES);
            }
            return Optional.of(held);
        } catch (SegmentFormatException e) {
            LOG.error("A segment file is not used: {}; remove it, its segment is fetched again", e.getMessage());
        } catch (IOException e) {
            String fault = path + " cannot be read and its segment is left alone: " + e
                    + "; let this user read and write it, or see with dmesg whether the disk failed, and start again";
            unreadable.put(named.segmentIndex(), fault);
            LOG.error("{}", fault);
        }
        return Optional.empty();
    }

    private static void discard(Held other, Held used) throws IOException {
        if (other.label.equals(used.label)) {
            LOG.info("{} has no more pieces than {} and is removed", other.file, used.file);
            Files.delete(other.file);
        } else {
            LOG.error("{} holds {} and is not used, since {} has more pieces", other.file, other.label, used.file);
        }
    }

    /** Gives a file that was found the seal and the name that befit its pieces. */
    private void settle(Held held) throws IOException {
        if (held.isWhole()) {
            try (SegmentFile file = SegmentFile.open(held.file, !isSealed(held.file))) {
                complete(file, held);
            }
        } else if (!held.isPart()) {
            LOG.error("{} was complete and is damaged; what it lacks is fetched again", held.file);
            Path part = part(held.label.segmentIndex());
            if (!Files.exists(part)) {
                held.file = rename(held.file, part);
            }
        }
    }

    private static boolean isSealed(Path path) throws IOException {
        try (SegmentFile file = SegmentFile.open(path, false)) {
            return file.isSealed();
        }
    }

    private Path part(long index) {
        return directory.resolve(name(index) + PART);
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
            return held.isWhole();
        } finally {
            held.lock.readLock().unlock();
        }
    }

    /**
     * Why the segment's file cannot be read, and what helps; empty if it can, or if there is none. Such a segment has no
     * label here, and {@link #put} refuses it.
     */
    public Optional<String> fault(long segmentIndex) {
        return Optional.ofNullable(unreadable.get(segmentIndex));
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
     * @throws IOException if the disk has no room or does not take them, or the file here belongs to another segment or
     *     cannot be read
     */
    public void put(SegmentLabel label, Map<Integer, Piece> pieces) throws IOException {
        Held held = lockForWriting(label);
        try {
            Map<Integer, Piece> fresh = new TreeMap<>(pieces);
            fresh.keySet().removeIf(held.whole::get);
            if (fresh.isEmpty()) {
                return;
            }
            try (SegmentFile file = writable(held)) {
                file.writePieces(fresh);
                fresh.keySet().forEach(held.whole::set);
                if (held.isWhole()) {
                    complete(file, held);
                }
            }
        } finally {
            held.lock.writeLock().unlock();
        }
    }

    /** What is known of the segment, write-locked. */
    private Held lockForWriting(SegmentLabel label) throws IOException {
        long index = label.segmentIndex();
        if (unreadable.containsKey(index)) {
            throw new IOException(unreadable.get(index));
        }
        while (true) {
            Held held = segments.computeIfAbsent(index, _ -> new Held(label, part(index)));
            if (!held.label.equals(label)) {
                throw new IOException(held.file + " holds " + held.label + ", but the cluster has " + label
                        + "; remove the file or use another path");
            }
            held.lock.writeLock().lock();
            if (segments.get(index) == held) {
                return held;
            }
            // It was removed meanwhile.
            held.lock.writeLock().unlock();
        }
    }

    private SegmentFile writable(Held held) throws IOException {
        if (held.known && Files.exists(held.file)) {
            try {
                return SegmentFile.open(held.file, true);
            } catch (AccessDeniedException e) {
                throw new IOException(held.file + " cannot be written; let this user write it", e);
            }
        }
        setAside(held.file);
        if (!hasRoom()) {
            throw new IOException("the file system of " + directory + " has " + DiskSpace.free(directory)
                    + " free bytes, a segment takes " + FILE_BYTES + "; free some or give another path");
        }
        SegmentFile created = SegmentFile.create(held.file, held.label);
        held.known = true;
        return created;
    }

    /** Gives a file that is not used another name, so that nothing is written over it, unless it is empty. */
    private static void setAside(Path path) throws IOException {
        if (!Files.exists(path) || Files.size(path) == 0) {
            return;
        }
        Path aside = path.resolveSibling(path.getFileName() + REJECTED);
        for (int i = 2; Files.exists(aside); i++) {
            aside = path.resolveSibling(path.getFileName() + REJECTED + "-" + i);
        }
        Files.move(path, aside);
        LOG.warn("{} was not used and is now {}; remove it if nobody needs it", path, aside);
    }

    /** Deletes a segment's file, if there is one; pieces that are being read are read to the end. */
    public void remove(long segmentIndex) throws IOException {
        Held held = segments.get(segmentIndex);
        if (held == null) {
            return;
        }
        held.lock.writeLock().lock();
        try {
            if (segments.remove(segmentIndex, held)) {
                held.whole.clear();
                Files.deleteIfExists(held.file);
            }
        } finally {
            held.lock.writeLock().unlock();
        }
    }

    private void complete(SegmentFile file, Held held) throws IOException {
        if (!file.isSealed()) {
            file.seal();
        }
        if (held.isPart()) {
            Path complete = directory.resolve(name(held.label.segmentIndex()));
            setAside(complete);
            held.file = rename(held.file, complete);
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

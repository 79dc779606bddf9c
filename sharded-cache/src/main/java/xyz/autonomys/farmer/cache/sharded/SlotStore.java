package xyz.autonomys.farmer.cache.sharded;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import xyz.autonomys.farmer.cluster.pieces.DirectoryLock;
import xyz.autonomys.farmer.cluster.pieces.DiskSpace;
import xyz.autonomys.farmer.cluster.pieces.PieceReading;
import xyz.autonomys.farmer.cluster.pieces.VerifiedPiece;
import xyz.autonomys.farmer.primitives.Blake3Hash;
import xyz.autonomys.farmer.primitives.Piece;
import xyz.autonomys.farmer.primitives.hash.Blake3;

/**
 * Pieces in the slots of one directory. Three files: {@link StoreHeader}, {@value #SLOTS_FILE} with the items, {@value
 * #INDEX_FILE} with one {@link SlotEntry} for each slot.
 *
 * <p>An item is written first and forced to disk, then its index entry, forced as well; only then it is stored. So a
 * crash at any byte leaves slots that are whole, free, or recognised as broken. Thread-safe. Holds about 70 bytes of
 * memory for each item. An index that was lost is rebuilt from the entries behind the items.
 *
 * <p>Threads that call it must not be interrupted while they do: Java closes a file under an interrupted thread.
 */
final class SlotStore implements AutoCloseable {
    static final String SLOTS_FILE = "slots.bin";
    static final String INDEX_FILE = "index.bin";

    private static final Logger LOG = LoggerFactory.getLogger(SlotStore.class);
    private static final int ENTRIES_PER_READ = 4096;

    private final Path directory;
    private final DirectoryLock lock;
    private final StoreId id;
    private final int slots;
    private final FileChannel items;
    private final FileChannel index;
    private final Map<Long, Integer> slotOf = new ConcurrentHashMap<>();
    private final BitSet used = new BitSet();
    /** Held by writers for the whole of a write. */
    private final ReentrantLock writing = new ReentrantLock();
    /** Read-held while a slot is read, write-held while slots change hands. */
    private final ReentrantReadWriteLock assignment = new ReentrantReadWriteLock();

    private SlotStore(Path directory, DirectoryLock lock, StoreHeader header) throws IOException {
        this.directory = directory;
        this.lock = lock;
        this.id = header.id();
        this.slots = header.slots();
        this.items = open(directory.resolve(SLOTS_FILE));
        this.index = open(directory.resolve(INDEX_FILE));
    }

    private static FileChannel open(Path file) throws IOException {
        return FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    /** The number of slots that {@code bytes} of disk have room for. */
    static int slotsIn(long bytes) {
        return (int) Math.min(bytes / (SlotEntry.SLOT_BYTES + SlotEntry.BYTES), Integer.MAX_VALUE - 8);
    }

    /** Bytes on disk of a store with that many slots. */
    static long bytesOf(int slots) {
        return slots * (long) (SlotEntry.SLOT_BYTES + SlotEntry.BYTES);
    }

    /**
     * Opens the store in {@code directory}, making or resizing it to {@code slots}. A smaller store loses the items of
     * its last slots.
     *
     * @throws IOException if another process uses it, the disk is too small, or the files are not those of a store; the
     *     text says what helps
     */
    static SlotStore open(Path directory, int slots) throws IOException {
        DirectoryLock lock = DirectoryLock.acquire(directory);
        SlotStore store = null;
        boolean opened = false;
        try {
            Prepared prepared = prepare(directory, slots);
            store = new SlotStore(directory, lock, prepared.header());
            store.readIndex(prepared.firstUnknown(), prepared.end());
            opened = true;
            return store;
        } finally {
            if (!opened) {
                if (store != null) {
                    store.close();
                } else {
                    lock.close();
                }
            }
        }
    }

    /** A store whose files have the right size; slots from {@code firstUnknown} up to {@code end} lost their entries. */
    private record Prepared(StoreHeader header, int firstUnknown, int end) {}

    private static Prepared prepare(Path directory, int slots) throws IOException {
        StoreHeader before = StoreHeader.read(directory).orElse(null);
        Path index = directory.resolve(INDEX_FILE);
        if (before == null) {
            // Leftovers of a store that was never finished must not be taken for entries of this one.
            DiskSpace.reserve(index, 0);
        }
        int held = before == null ? 0 : before.slots();
        long entries = Files.exists(index) ? Files.size(index) / SlotEntry.BYTES : 0;
        long free = DiskSpace.free(directory);
        if (!DiskSpace.reserve(directory.resolve(SLOTS_FILE), slots * (long) SlotEntry.SLOT_BYTES)
                || !DiskSpace.reserve(index, slots * (long) SlotEntry.BYTES)) {
            throw new IOException("the file system of " + directory + " is too small for " + bytesOf(slots)
                    + " bytes of pieces: " + free + " bytes are free; the largest size that fits is "
                    + (bytesOf(held) + bytesOf(slotsIn(free))));
        }
        StoreHeader header = new StoreHeader(before == null ? StoreId.random() : before.id(), slots);
        if (!header.equals(before)) {
            if (before != null) {
                LOG.info("{} now has {} slots, it had {}", directory, slots, before.slots());
            }
            header.write(directory);
        }
        return new Prepared(header, (int) Math.min(entries, slots), Math.min(held, slots));
    }

    private void readIndex(int firstUnknown, int end) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(ENTRIES_PER_READ * SlotEntry.BYTES);
        byte[] bytes = new byte[SlotEntry.BYTES];
        BitSet unclear = new BitSet();
        for (int first = 0; first < slots; first += ENTRIES_PER_READ) {
            int count = Math.min(ENTRIES_PER_READ, slots - first);
            readFully(index, buffer.clear().limit(count * SlotEntry.BYTES), first * (long) SlotEntry.BYTES);
            buffer.flip();
            for (int slot = first; slot < first + count; slot++) {
                buffer.get(bytes);
                if (SlotEntry.isFree(bytes)) {
                    continue;
                }
                Optional<SlotEntry> entry = decode(slot, bytes);
                if (entry.isPresent() && slotOf.putIfAbsent(entry.get().pieceIndex(), slot) == null) {
                    used.set(slot);
                } else {
                    unclear.set(slot);
                }
            }
        }
        if (firstUnknown < end) {
            unclear.set(firstUnknown, end);
        }
        if (!unclear.isEmpty()) {
            recover(unclear);
        }
    }

    /** Takes back the items of slots whose index entries are broken or gone, and frees the other slots. */
    private void recover(BitSet unclear) throws IOException {
        LOG.warn("{}: the index does not know {} slots; looking into them", directory, unclear.cardinality());
        int recovered = 0;
        for (int slot = unclear.nextSetBit(0); slot >= 0; slot = unclear.nextSetBit(slot + 1)) {
            byte[] entry = new byte[SlotEntry.BYTES];
            readFully(items, ByteBuffer.wrap(entry), itemOffset(slot) + SlotEntry.ITEM_BYTES);
            SlotEntry found =
                    SlotEntry.isFree(entry) ? null : decode(slot, entry).orElse(null);
            boolean whole = found != null
                    && !slotOf.containsKey(found.pieceIndex())
                    && Blake3.hash(readItem(slot)).equals(found.checksum());
            if (whole) {
                slotOf.put(found.pieceIndex(), slot);
                used.set(slot);
                recovered++;
            }
            writeFully(index, ByteBuffer.wrap(whole ? entry : new byte[SlotEntry.BYTES]), entryOffset(slot));
        }
        index.force(false);
        LOG.warn("{}: {} items recovered, {} slots freed", directory, recovered, unclear.cardinality() - recovered);
    }

    private Optional<SlotEntry> decode(int slot, byte[] bytes) throws IOException {
        try {
            return SlotEntry.decode(id, slot, bytes);
        } catch (IllegalArgumentException e) {
            throw new IOException(
                    directory.resolve(INDEX_FILE) + ", slot " + slot + ": " + e.getMessage()
                            + "; run the release that wrote it, or delete the directory's contents to begin anew",
                    e);
        }
    }

    /** Number of slots. */
    int slots() {
        return slots;
    }

    /** Number of pieces held. */
    int count() {
        return slotOf.size();
    }

    /** Whether the piece is held, as far as the index knows. */
    boolean contains(long pieceIndex) {
        return slotOf.containsKey(pieceIndex);
    }

    /** The indexes of all pieces held, in no order. */
    Set<Long> pieces() {
        return Collections.unmodifiableSet(slotOf.keySet());
    }

    /** The directory. */
    Path directory() {
        return directory;
    }

    /**
     * Stores pieces; when it returns they are on disk for good. Pieces that are held already are left as they are.
     *
     * @throws IOException if they cannot be written; none of them counts as stored then
     * @throws IllegalArgumentException if there are more than free slots
     */
    void put(List<VerifiedPiece> pieces) throws IOException {
        writing.lock();
        try {
            Map<Integer, SlotEntry> entries = new LinkedHashMap<>();
            Set<Long> fresh = new HashSet<>();
            int slot = -1;
            for (VerifiedPiece piece : pieces) {
                if (contains(piece.index()) || !fresh.add(piece.index())) {
                    continue;
                }
                slot = used.nextClearBit(slot + 1);
                if (slot >= slots) {
                    throw new IllegalArgumentException(
                            directory + " has no room for " + pieces.size() + " more pieces");
                }
                byte[] bytes = piece.piece().array();
                SlotEntry entry = new SlotEntry(piece.index(), Blake3.hash(bytes));
                writeFully(items, ByteBuffer.wrap(bytes), itemOffset(slot));
                writeFully(items, ByteBuffer.wrap(entry.encode(id, slot)), itemOffset(slot) + SlotEntry.ITEM_BYTES);
                entries.put(slot, entry);
            }
            if (entries.isEmpty()) {
                return;
            }
            items.force(false);
            for (var entry : entries.entrySet()) {
                writeFully(
                        index,
                        ByteBuffer.wrap(entry.getValue().encode(id, entry.getKey())),
                        entryOffset(entry.getKey()));
            }
            index.force(false);
            entries.forEach((place, entry) -> {
                used.set(place);
                slotOf.put(entry.pieceIndex(), place);
            });
        } finally {
            writing.unlock();
        }
    }

    /**
     * Reads a piece and checks it; one that cannot be read or does not have its checksum any more is dropped.
     *
     * @throws IOException if the store is closed
     */
    PieceReading read(long pieceIndex) throws IOException {
        Integer slot = null;
        String fault;
        assignment.readLock().lock();
        try {
            slot = slotOf.get(pieceIndex);
            if (slot == null) {
                return new PieceReading.Absent();
            }
            byte[] entry = new byte[SlotEntry.BYTES];
            readFully(index, ByteBuffer.wrap(entry), entryOffset(slot));
            Optional<SlotEntry> expected = decode(slot, entry);
            byte[] bytes = readItem(slot);
            if (expected.isPresent() && expected.get().pieceIndex() == pieceIndex) {
                Blake3Hash checksum = Blake3.hash(bytes);
                if (checksum.equals(expected.get().checksum())) {
                    return new PieceReading.Found(Piece.wrap(bytes), checksum);
                }
                fault = "its BLAKE3 is " + checksum + ", stored was "
                        + expected.get().checksum();
            } else {
                fault = "its index entry is broken";
            }
        } catch (IOException e) {
            if (!items.isOpen() || !index.isOpen()) {
                throw e;
            }
            fault = e.getMessage();
        } finally {
            assignment.readLock().unlock();
        }
        remove(pieceIndex);
        return new PieceReading.Corrupt("piece " + Long.toUnsignedString(pieceIndex) + " in slot " + slot + " of "
                + directory + " is damaged: " + fault);
    }

    /** Drops a piece if it is held; its slot is free afterwards. */
    void remove(long pieceIndex) throws IOException {
        writing.lock();
        try {
            assignment.writeLock().lock();
            Integer slot;
            try {
                slot = slotOf.remove(pieceIndex);
            } finally {
                assignment.writeLock().unlock();
            }
            if (slot != null) {
                writeFully(index, ByteBuffer.wrap(new byte[SlotEntry.BYTES]), entryOffset(slot));
                used.clear(slot);
            }
        } finally {
            writing.unlock();
        }
    }

    private byte[] readItem(int slot) throws IOException {
        byte[] bytes = new byte[SlotEntry.ITEM_BYTES];
        readFully(items, ByteBuffer.wrap(bytes), itemOffset(slot));
        return bytes;
    }

    private static long itemOffset(int slot) {
        return slot * (long) SlotEntry.SLOT_BYTES;
    }

    private static long entryOffset(int slot) {
        return slot * (long) SlotEntry.BYTES;
    }

    private static void readFully(FileChannel file, ByteBuffer target, long offset) throws IOException {
        long at = offset;
        while (target.hasRemaining()) {
            int count = file.read(target, at);
            if (count < 0) {
                throw new EOFException("the file ends at byte " + at);
            }
            at += count;
        }
    }

    private static void writeFully(FileChannel file, ByteBuffer source, long offset) throws IOException {
        long at = offset;
        while (source.hasRemaining()) {
            at += file.write(source, at);
        }
    }

    /** Waits for reads and writes in progress and gives the directory back. */
    @Override
    public void close() throws IOException {
        writing.lock();
        assignment.writeLock().lock();
        try (lock;
                items;
                index) {
            LOG.debug("{} is closed with {} pieces", directory, count());
        } finally {
            assignment.writeLock().unlock();
            writing.unlock();
        }
    }
}

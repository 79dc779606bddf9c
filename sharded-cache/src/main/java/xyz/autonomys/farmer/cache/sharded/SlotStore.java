package xyz.autonomys.farmer.cache.sharded;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import xyz.autonomys.farmer.cluster.parity.PieceFragment;
import xyz.autonomys.farmer.primitives.Blake3Hash;
import xyz.autonomys.farmer.primitives.hash.Blake3;
import xyz.autonomys.farmer.store.DirectoryLock;
import xyz.autonomys.farmer.store.DiskSpace;

/**
 * Pieces and fragments in the slots of one directory: {@link StoreHeader}, {@value #SLOTS_FILE} with the items, and an
 * {@link IndexFile} with one {@link SlotEntry} for each cell of each kind of item that was ever there.
 *
 * <p>An item is written first and forced to disk, then its index entry, forced as well; only then it is stored. Entries
 * that were removed are forced before anything is written to their cells. So a crash at any byte leaves cells that are
 * whole, free, or recognised as broken. Thread-safe. Holds about 120 bytes of memory for each item. An index that was
 * lost is rebuilt from the entries behind the items.
 *
 * <p>Threads that call it must not be interrupted while they do: Java closes a file under an interrupted thread.
 */
final class SlotStore implements AutoCloseable {
    static final String SLOTS_FILE = "slots.bin";
    static final String INDEX_FILE = "index.bin";

    private static final Logger LOG = LoggerFactory.getLogger(SlotStore.class);
    private static final int ENTRIES_PER_READ = 4096;
    /** Cells have numbers below 2^31. */
    private static final int MOST_SLOTS = Integer.MAX_VALUE / PieceFragment.MAX_DATA_FRAGMENTS - 1;

    private final Path directory;
    private final DirectoryLock lock;
    private final StoreId id;
    private final int slots;
    private final FileChannel items;
    private final Map<Integer, IndexFile> indexes = new ConcurrentSkipListMap<>();
    private final Map<Long, List<Held>> held = new ConcurrentHashMap<>();
    private final AtomicInteger count = new AtomicInteger();
    private final Contents contents = new Contents();
    private final CellMap cells;
    /** Held by writers for the whole of a write. */
    private final ReentrantLock writing = new ReentrantLock();
    /** Read-held while a cell is read, write-held while cells change hands. */
    private final ReentrantReadWriteLock assignment = new ReentrantReadWriteLock();

    /** An item and its cell. */
    private record Held(int parts, int number, int cell) {
        boolean is(CacheItem item) {
            return parts == item.parts() && number == item.number();
        }
    }

    /**
     * What reading an item gave.
     *
     * @param bytes the item, null if it is not there or damaged
     * @param checksum its BLAKE3
     * @param fault what is wrong with it, empty if nothing
     */
    record Reading(byte[] bytes, Blake3Hash checksum, String fault) {
        static final Reading ABSENT = new Reading(null, null, "");
    }

    private SlotStore(Path directory, DirectoryLock lock, StoreHeader header) throws IOException {
        this.directory = directory;
        this.lock = lock;
        this.id = header.id();
        this.slots = header.slots();
        this.cells = new CellMap(slots);
        this.items = FileChannel.open(directory.resolve(SLOTS_FILE), StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    /** The number of slots that {@code bytes} of disk have room for. */
    static int slotsIn(long bytes) {
        return (int) Math.min(bytes / (SlotEntry.SLOT_BYTES + SlotEntry.BYTES), MOST_SLOTS);
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
            for (Kind kind : prepared.kinds()) {
                store.indexes.put(kind.parts(), new IndexFile(directory, kind.parts()));
                store.readIndex(kind, prepared.slotsBefore());
            }
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

    /** A kind of items with an index, and how many entries that had before it got its right size. */
    private record Kind(int parts, long entries) {}

    /** A store whose files have the right size; it had {@code slotsBefore} slots. */
    private record Prepared(StoreHeader header, int slotsBefore, List<Kind> kinds) {}

    private static Prepared prepare(Path directory, int slots) throws IOException {
        StoreHeader before = StoreHeader.read(directory).orElse(null);
        List<Kind> kinds = new ArrayList<>();
        for (int parts = 1; parts <= PieceFragment.MAX_DATA_FRAGMENTS; parts++) {
            Path index = directory.resolve(IndexFile.name(parts));
            if (before == null) {
                // Leftovers of a store that was never finished must not be taken for entries of this one.
                Files.deleteIfExists(index);
            }
            if (parts == 1 || Files.exists(index)) {
                kinds.add(new Kind(parts, Files.exists(index) ? Files.size(index) / SlotEntry.BYTES : 0));
            }
        }
        int slotsBefore = before == null ? 0 : before.slots();
        long free = DiskSpace.free(directory);
        boolean fits = DiskSpace.reserve(directory.resolve(SLOTS_FILE), slots * (long) SlotEntry.SLOT_BYTES);
        for (Kind kind : kinds) {
            fits = fits
                    && DiskSpace.reserve(
                            directory.resolve(IndexFile.name(kind.parts())),
                            slots * (long) kind.parts() * SlotEntry.BYTES);
        }
        if (!fits) {
            throw new IOException("the file system of " + directory + " is too small for " + bytesOf(slots)
                    + " bytes of pieces: " + free + " bytes are free; the largest size that fits is "
                    + (bytesOf(slotsBefore) + bytesOf(slotsIn(free))));
        }
        StoreHeader header = new StoreHeader(before == null ? StoreId.random() : before.id(), slots);
        if (!header.equals(before)) {
            if (before != null) {
                LOG.info("{} now has {} slots, it had {}", directory, slots, before.slots());
            }
            header.write(directory);
        }
        return new Prepared(header, slotsBefore, kinds);
    }

    private void readIndex(Kind kind, int slotsBefore) throws IOException {
        IndexFile index = indexes.get(kind.parts());
        ByteBuffer buffer = ByteBuffer.allocate(ENTRIES_PER_READ * SlotEntry.BYTES);
        byte[] bytes = new byte[SlotEntry.BYTES];
        BitSet unclear = new BitSet();
        int all = slots * kind.parts();
        for (int first = 0; first < all; first += ENTRIES_PER_READ) {
            int some = Math.min(ENTRIES_PER_READ, all - first);
            index.read(first, buffer.clear().limit(some * SlotEntry.BYTES));
            buffer.flip();
            for (int cell = first; cell < first + some; cell++) {
                buffer.get(bytes);
                if (SlotEntry.isFree(bytes)) {
                    continue;
                }
                Optional<SlotEntry> entry = decode(kind.parts(), cell, bytes);
                if (entry.isEmpty() || !add(entry.get().item(), cell)) {
                    unclear.set(cell);
                }
            }
        }
        int firstUnknown = (int) Math.min(kind.entries(), all);
        int end = Math.min(slotsBefore, slots) * kind.parts();
        if (firstUnknown < end) {
            unclear.set(firstUnknown, end);
        }
        if (!unclear.isEmpty()) {
            recover(kind.parts(), unclear);
        }
    }

    /** Takes back the items of cells whose index entries are broken or gone, and frees the other cells. */
    private void recover(int parts, BitSet unclear) throws IOException {
        LOG.warn("{}: the index does not know {} cells; looking into them", directory, unclear.cardinality());
        IndexFile index = indexes.get(parts);
        int recovered = 0;
        for (int cell = unclear.nextSetBit(0); cell >= 0; cell = unclear.nextSetBit(cell + 1)) {
            byte[] entry = new byte[SlotEntry.BYTES];
            IndexFile.Files.readFully(
                    items, ByteBuffer.wrap(entry), SlotEntry.cellOffset(parts, cell) + CacheItem.bytesOf(parts));
            SlotEntry found =
                    SlotEntry.isFree(entry) ? null : decode(parts, cell, entry).orElse(null);
            boolean whole = found != null
                    && Blake3.hash(readItem(parts, cell)).equals(found.checksum())
                    && add(found.item(), cell);
            if (whole) {
                recovered++;
            }
            index.write(cell, whole ? entry : new byte[SlotEntry.BYTES]);
        }
        index.force();
        LOG.warn("{}: {} items recovered, {} cells freed", directory, recovered, unclear.cardinality() - recovered);
    }

    /** Notes an item unless it is known elsewhere or its slot serves another kind. */
    private boolean add(CacheItem item, int cell) {
        if (holds(item) || !cells.take(item.parts(), cell)) {
            return false;
        }
        note(item, cell);
        return true;
    }

    private void note(CacheItem item, int cell) {
        held.merge(item.piece(), List.of(new Held(item.parts(), item.number(), cell)), (before, more) -> {
            List<Held> all = new ArrayList<>(before);
            all.addAll(more);
            return List.copyOf(all);
        });
        count.incrementAndGet();
        contents.toggle(item);
    }

    private Optional<SlotEntry> decode(int parts, int cell, byte[] bytes) throws IOException {
        try {
            return SlotEntry.decode(id, parts, cell, bytes);
        } catch (IllegalArgumentException e) {
            throw new IOException(
                    directory.resolve(IndexFile.name(parts)) + ", cell " + cell + ": " + e.getMessage()
                            + "; run the release that wrote it, or delete the directory's contents to begin anew",
                    e);
        }
    }

    /** Number of slots. */
    int slots() {
        return slots;
    }

    /** Number of items held. */
    int count() {
        return count.get();
    }

    /** Digest of the items held. */
    Contents contents() {
        return contents;
    }

    /** Items of a kind for which there is room. */
    long room(int parts) {
        writing.lock();
        try {
            return cells.room(parts);
        } finally {
            writing.unlock();
        }
    }

    /** Whether the item is held, as far as the index knows. */
    boolean holds(CacheItem item) {
        List<Held> own = held.get(item.piece());
        return own != null && own.stream().anyMatch(one -> one.is(item));
    }

    /** The items held of a piece. */
    List<CacheItem> itemsOf(long piece) {
        return held.getOrDefault(piece, List.of()).stream()
                .map(one -> new CacheItem(piece, one.parts(), one.number()))
                .toList();
    }

    /** The indexes of all pieces of which something is held, in no order. */
    Set<Long> pieces() {
        return Collections.unmodifiableSet(held.keySet());
    }

    /** The directory. */
    Path directory() {
        return directory;
    }

    /**
     * Stores items; when it returns they are on disk for good. Items that are held already are left as they are.
     *
     * @throws IOException if they cannot be written; none of them counts as stored then
     * @throws IllegalArgumentException if there are more than there is room for
     */
    void put(List<CacheItem.Content> fresh) throws IOException {
        writing.lock();
        Map<Integer, SlotEntry> entries = new LinkedHashMap<>();
        boolean indexed = false;
        boolean stored = false;
        int parts = fresh.isEmpty() ? 1 : fresh.getFirst().item().parts();
        try {
            IndexFile index = index(parts);
            for (IndexFile any : indexes.values()) {
                any.force();
            }
            Set<CacheItem> seen = new HashSet<>();
            for (CacheItem.Content content : fresh) {
                CacheItem item = content.item();
                if (item.parts() != parts || content.bytes().length != CacheItem.bytesOf(parts)) {
                    throw new IllegalArgumentException(item + " of " + content.bytes().length
                            + " bytes does not go with items of which a slot holds " + parts);
                }
                if (holds(item) || !seen.add(item)) {
                    continue;
                }
                int cell = cells.free(parts);
                if (cell < 0) {
                    throw new IllegalArgumentException(directory + " has no room for " + fresh.size() + " more items");
                }
                cells.take(parts, cell);
                SlotEntry entry = new SlotEntry(item, Blake3.hash(content.bytes()));
                entries.put(cell, entry);
                long offset = SlotEntry.cellOffset(parts, cell);
                IndexFile.Files.writeFully(items, ByteBuffer.wrap(content.bytes()), offset);
                IndexFile.Files.writeFully(
                        items, ByteBuffer.wrap(entry.encode(id, cell)), offset + content.bytes().length);
            }
            if (entries.isEmpty()) {
                return;
            }
            items.force(false);
            indexed = true;
            for (var entry : entries.entrySet()) {
                index.write(entry.getKey(), entry.getValue().encode(id, entry.getKey()));
            }
            index.force();
            entries.forEach((cell, entry) -> note(entry.item(), cell));
            stored = true;
        } finally {
            if (!stored) {
                if (indexed) {
                    erase(parts, entries.keySet());
                }
                entries.keySet().forEach(cell -> cells.release(parts, cell));
            }
            writing.unlock();
        }
    }

    /** Erases the entries of items that were not stored, as far as the disk still lets. */
    private void erase(int parts, Set<Integer> entries) {
        try {
            for (int cell : entries) {
                indexes.get(parts).write(cell, new byte[SlotEntry.BYTES]);
            }
        } catch (IOException e) {
            LOG.warn(
                    "{}: entries of items that could not be stored are not erased: {}",
                    directory.resolve(IndexFile.name(parts)),
                    e.getMessage());
        }
    }

    /** The index of a kind, made at the first item of it. */
    private IndexFile index(int parts) throws IOException {
        IndexFile known = indexes.get(parts);
        if (known != null) {
            return known;
        }
        Path file = directory.resolve(IndexFile.name(parts));
        if (!DiskSpace.reserve(file, slots * (long) parts * SlotEntry.BYTES)) {
            throw new IOException("the file system of " + directory + " has no room for " + file.getFileName() + " of "
                    + slots * (long) parts * SlotEntry.BYTES + " bytes; free some");
        }
        IndexFile made = new IndexFile(directory, parts);
        indexes.put(parts, made);
        return made;
    }

    /**
     * Reads an item and checks it; one that cannot be read or does not have its checksum any more is dropped, also on a
     * disk that takes no writes.
     *
     * @throws IOException if the store is closed
     */
    Reading read(CacheItem item) throws IOException {
        int cell = -1;
        String fault;
        assignment.readLock().lock();
        try {
            cell = cellOf(item);
            if (cell < 0) {
                return Reading.ABSENT;
            }
            Optional<SlotEntry> expected =
                    decode(item.parts(), cell, indexes.get(item.parts()).read(cell));
            byte[] bytes = readItem(item.parts(), cell);
            if (expected.isPresent() && expected.get().item().equals(item)) {
                Blake3Hash checksum = Blake3.hash(bytes);
                if (checksum.equals(expected.get().checksum())) {
                    return new Reading(bytes, checksum, "");
                }
                fault = "its BLAKE3 is " + checksum + ", stored was "
                        + expected.get().checksum();
            } else {
                fault = "its index entry is broken";
            }
        } catch (IOException e) {
            if (!items.isOpen() || indexes.values().stream().anyMatch(index -> !index.isOpen())) {
                throw e;
            }
            fault = e.getMessage();
        } finally {
            assignment.readLock().unlock();
        }
        String damage = item + " in cell " + cell + " of " + directory + " is damaged: " + fault;
        try {
            remove(item);
        } catch (IOException e) {
            damage += "; its index entry cannot be erased: " + e.getMessage();
        }
        return new Reading(null, null, damage);
    }

    private int cellOf(CacheItem item) {
        for (Held one : held.getOrDefault(item.piece(), List.of())) {
            if (one.is(item)) {
                return one.cell();
            }
        }
        return -1;
    }

    /**
     * Drops an item if it is held; its cell is free afterwards.
     *
     * @throws IOException if its index entry cannot be erased; the item is not held any more, but its cell stays taken
     *     until the store is opened again
     */
    void remove(CacheItem item) throws IOException {
        writing.lock();
        try {
            int cell;
            assignment.writeLock().lock();
            try {
                cell = cellOf(item);
                held.computeIfPresent(item.piece(), (_, before) -> {
                    List<Held> left =
                            before.stream().filter(one -> !one.is(item)).toList();
                    return left.isEmpty() ? null : left;
                });
            } finally {
                assignment.writeLock().unlock();
            }
            if (cell >= 0) {
                count.decrementAndGet();
                contents.toggle(item);
                indexes.get(item.parts()).write(cell, new byte[SlotEntry.BYTES]);
                cells.release(item.parts(), cell);
            }
        } finally {
            writing.unlock();
        }
    }

    private byte[] readItem(int parts, int cell) throws IOException {
        byte[] bytes = new byte[CacheItem.bytesOf(parts)];
        IndexFile.Files.readFully(items, ByteBuffer.wrap(bytes), SlotEntry.cellOffset(parts, cell));
        return bytes;
    }

    /** Waits for reads and writes in progress and gives the directory back. */
    @Override
    public void close() throws IOException {
        writing.lock();
        assignment.writeLock().lock();
        try (lock;
                items) {
            for (IndexFile index : indexes.values()) {
                index.close();
            }
            LOG.debug("{} is closed with {} items", directory, count());
        } finally {
            assignment.writeLock().unlock();
            writing.unlock();
        }
    }
}

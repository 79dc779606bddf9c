package xyz.autonomys.farmer.cache.sharded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import xyz.autonomys.farmer.cluster.control.MemberId;
import xyz.autonomys.farmer.cluster.pieces.CacheIdentity;
import xyz.autonomys.farmer.primitives.Blake3Hash;
import xyz.autonomys.farmer.primitives.ProtocolSizes;
import xyz.autonomys.farmer.store.ChainMark;
import xyz.autonomys.farmer.store.DiskSpace;

/** The slot stores of all paths of a cache as one. Thread-safe. */
final class SlotStores implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SlotStores.class);
    private static final long PERCENT_OF_FREE_DISK = 90;

    private final List<SlotStore> stores;
    private final MemberId memberId;

    private SlotStores(List<SlotStore> stores, MemberId memberId) {
        this.stores = stores;
        this.memberId = memberId;
    }

    /** Opens the stores of all paths, or none. */
    static SlotStores open(List<CachePath> paths) throws IOException {
        List<SlotStore> stores = new ArrayList<>();
        boolean opened = false;
        try {
            for (CachePath path : paths) {
                Files.createDirectories(path.directory());
                SlotStore store = SlotStore.open(path.directory(), slots(path));
                stores.add(store);
                LOG.info("{}: {} slots hold {} items", path.directory(), store.slots(), store.count());
            }
            SlotStores all = new SlotStores(
                    stores,
                    CacheIdentity.of(paths.stream().map(CachePath::directory).toList()));
            opened = true;
            return all;
        } finally {
            if (!opened) {
                closeAll(stores);
            }
        }
    }

    private static int slots(CachePath path) throws IOException {
        if (path.sizeBytes().isPresent()) {
            return SlotStore.slotsIn(path.sizeBytes().getAsLong());
        }
        Optional<StoreHeader> existing = StoreHeader.read(path.directory());
        if (existing.isPresent()) {
            return existing.get().slots();
        }
        long free = DiskSpace.free(path.directory());
        int slots = SlotStore.slotsIn(free / 100 * PERCENT_OF_FREE_DISK);
        if (slots < 1) {
            throw new IOException("the file system of " + path.directory() + " has " + free
                    + " free bytes, too few for a piece; free some or choose another path");
        }
        return slots;
    }

    /** Identity of the cache. */
    MemberId memberId() {
        return memberId;
    }

    /** Refuses directories with pieces of another chain. */
    void checkChain(Blake3Hash genesisHash) throws IOException {
        for (SlotStore store : stores) {
            ChainMark.check(store.directory(), genesisHash);
        }
    }

    /** Slots of all stores. */
    int slots() {
        return stores.stream().mapToInt(SlotStore::slots).sum();
    }

    /** Items held. */
    int count() {
        return stores.stream().mapToInt(SlotStore::count).sum();
    }

    /** Digest of the items held. */
    Contents contents() {
        Contents all = new Contents();
        stores.forEach(store -> all.add(store.contents()));
        return all;
    }

    /** The directory for what concerns all of them. */
    Path home() {
        return stores.getFirst().directory();
    }

    /** Bytes of the pieces there is room for. */
    long capacityBytes() {
        return slots() * (long) ProtocolSizes.PIECE_BYTES;
    }

    /** Bytes of the slots that are not free. */
    long usedBytes() {
        return (slots() - room(1)) * ProtocolSizes.PIECE_BYTES;
    }

    /** Items of a kind for which there is room. */
    long room(int parts) {
        return stores.stream().mapToLong(store -> store.room(parts)).sum();
    }

    boolean holds(CacheItem item) {
        return stores.stream().anyMatch(store -> store.holds(item));
    }

    boolean holdsAll(List<CacheItem> items) {
        return items.stream().allMatch(this::holds);
    }

    /** The items held of a piece. */
    List<CacheItem> itemsOf(long piece) {
        return stores.stream().flatMap(store -> store.itemsOf(piece).stream()).toList();
    }

    /** The indexes of all pieces of which something is held. */
    Set<Long> pieces() {
        Set<Long> pieces = new HashSet<>();
        stores.forEach(store -> pieces.addAll(store.pieces()));
        return pieces;
    }

    /**
     * Stores items of one kind for good, for which there is room.
     *
     * @throws IOException if they cannot be written
     */
    void put(List<CacheItem.Content> items) throws IOException {
        List<CacheItem.Content> fresh =
                items.stream().filter(content -> !holds(content.item())).toList();
        if (fresh.isEmpty()) {
            return;
        }
        int parts = fresh.getFirst().item().parts();
        List<SlotStore> roomiest = stores.stream()
                .sorted(Comparator.comparingLong((SlotStore store) -> -store.room(parts)))
                .toList();
        int at = 0;
        for (SlotStore store : roomiest) {
            int count = (int) Math.min(store.room(parts), fresh.size() - at);
            store.put(fresh.subList(at, at + count));
            at += count;
        }
        if (at < fresh.size()) {
            throw new IOException("all " + slots() + " slots are taken; give the cache a larger size");
        }
    }

    void remove(CacheItem item) throws IOException {
        for (SlotStore store : stores) {
            store.remove(item);
        }
    }

    /**
     * Reads an item and checks it; a damaged one is dropped.
     *
     * @throws IOException if a disk does not give the bytes
     */
    SlotStore.Reading read(CacheItem item) throws IOException {
        for (SlotStore store : stores) {
            if (store.holds(item)) {
                return store.read(item);
            }
        }
        return SlotStore.Reading.ABSENT;
    }

    private static void closeAll(List<SlotStore> stores) {
        for (SlotStore store : stores) {
            try {
                store.close();
            } catch (IOException e) {
                LOG.warn("{} could not be closed: {}", store.directory(), e.getMessage());
            }
        }
    }

    @Override
    public void close() {
        closeAll(stores);
    }
}

package xyz.autonomys.farmer.cache.sharded;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.LongPredicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import xyz.autonomys.farmer.cluster.control.MemberId;
import xyz.autonomys.farmer.cluster.pieces.CacheIdentity;
import xyz.autonomys.farmer.cluster.pieces.ChainMark;
import xyz.autonomys.farmer.cluster.pieces.DiskSpace;
import xyz.autonomys.farmer.cluster.pieces.PieceReading;
import xyz.autonomys.farmer.cluster.pieces.VerifiedPiece;
import xyz.autonomys.farmer.primitives.Blake3Hash;
import xyz.autonomys.farmer.primitives.ProtocolSizes;

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
                LOG.info("{}: {} of {} slots hold pieces", path.directory(), store.count(), store.slots());
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

    /** Pieces that all stores have room for. */
    int slots() {
        return stores.stream().mapToInt(SlotStore::slots).sum();
    }

    /** Pieces held. */
    int count() {
        return stores.stream().mapToInt(SlotStore::count).sum();
    }

    /** Bytes of the pieces there is room for. */
    long capacityBytes() {
        return slots() * (long) ProtocolSizes.PIECE_BYTES;
    }

    /** Bytes of the pieces held. */
    long usedBytes() {
        return count() * (long) ProtocolSizes.PIECE_BYTES;
    }

    boolean contains(long pieceIndex) {
        return stores.stream().anyMatch(store -> store.contains(pieceIndex));
    }

    /**
     * Stores pieces for good; pieces that {@code wanted} does not accept make room if there is none.
     *
     * @throws IOException if they cannot be written
     */
    void put(List<VerifiedPiece> pieces, LongPredicate wanted) throws IOException {
        List<VerifiedPiece> fresh =
                pieces.stream().filter(piece -> !contains(piece.index())).toList();
        makeRoom(fresh.size(), wanted);
        List<SlotStore> roomiest = stores.stream()
                .sorted(Comparator.comparingInt((SlotStore store) -> store.count() - store.slots()))
                .toList();
        int at = 0;
        for (SlotStore store : roomiest) {
            int count = Math.min(store.slots() - store.count(), fresh.size() - at);
            store.put(fresh.subList(at, at + count));
            at += count;
        }
        if (at < fresh.size()) {
            throw new IOException("all " + slots() + " slots are taken; give the cache a larger size");
        }
    }

    private void makeRoom(int wantedSlots, LongPredicate wanted) throws IOException {
        int missing = wantedSlots - (slots() - count());
        for (SlotStore store : stores) {
            for (long index : store.pieces()) {
                if (missing <= 0) {
                    return;
                }
                if (!wanted.test(index)) {
                    store.remove(index);
                    missing--;
                }
            }
        }
    }

    /**
     * Reads a piece and checks it; a damaged one is dropped.
     *
     * @throws IOException if a disk does not give the bytes
     */
    PieceReading read(long pieceIndex) throws IOException {
        for (SlotStore store : stores) {
            if (store.contains(pieceIndex)) {
                return store.read(pieceIndex);
            }
        }
        return new PieceReading.Absent();
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

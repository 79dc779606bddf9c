package xyz.autonomys.farmer.cache.sharded;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Slot stores on real files. */
class SlotStoreTest {
    @TempDir
    private Path directory;

    private static void assertHolds(SlotStore store, long... indexes) throws IOException {
        Set<Long> expected = new TreeSet<>();
        for (long index : indexes) {
            expected.add(index);
            assertArrayEquals(
                    TestPieces.piece(index).bytes(),
                    store.read(CacheItem.whole(index)).bytes());
        }
        assertEquals(expected, new TreeSet<>(store.pieces()));
    }

    private static void assertAbsent(SlotStore store, long index) throws IOException {
        assertEquals(SlotStore.Reading.ABSENT, store.read(CacheItem.whole(index)));
    }

    private void fill(int slots, long... indexes) throws IOException {
        try (SlotStore store = SlotStore.open(directory, slots)) {
            List<CacheItem.Content> pieces = new ArrayList<>();
            for (long index : indexes) {
                pieces.add(TestPieces.piece(index));
            }
            store.put(pieces);
        }
    }

    @Test
    void whatWasPutComesBackAlsoAfterReopening() throws Exception {
        try (SlotStore store = SlotStore.open(directory, 4)) {
            store.put(List.of(TestPieces.piece(7), TestPieces.piece(-1L), TestPieces.piece(7)));
            store.put(List.of(TestPieces.piece(7)));
            assertHolds(store, 7, -1L);
            assertAbsent(store, 8);
        }
        try (SlotStore store = SlotStore.open(directory, 4)) {
            assertHolds(store, 7, -1L);
            store.remove(CacheItem.whole(7));
            store.remove(CacheItem.whole(7));
            assertAbsent(store, 7);
            store.put(List.of(TestPieces.piece(9), TestPieces.piece(10), TestPieces.piece(11)));
            assertHolds(store, -1L, 9, 10, 11);
            assertThrows(IllegalArgumentException.class, () -> store.put(List.of(TestPieces.piece(12))));
            assertHolds(store, -1L, 9, 10, 11);
        }
    }

    @Test
    void aStoreGrowsAndShrinksWithItsSize() throws Exception {
        fill(2, 1, 2);
        fill(4, 3, 4);
        try (SlotStore store = SlotStore.open(directory, 4)) {
            assertHolds(store, 1, 2, 3, 4);
        }
        try (SlotStore store = SlotStore.open(directory, 3)) {
            assertHolds(store, 1, 2, 3);
        }
        assertEquals(SlotStore.bytesOf(3), Files.size(slots()) + Files.size(index()));
    }

    @Test
    void aSecondUserIsRefused() throws Exception {
        try (SlotStore store = SlotStore.open(directory, 1)) {
            IOException refused = assertThrows(IOException.class, () -> SlotStore.open(directory, 1));
            assertTrue(refused.getMessage().contains(directory.toString()), refused.getMessage());
            store.put(List.of(TestPieces.piece(1)));
        }
        fill(1, 1);
    }

    @Test
    void aDiskThatIsTooSmallIsRefusedWithTheLargestSizeThatFits() throws Exception {
        long free = Files.getFileStore(directory).getUsableSpace();
        int slots = SlotStore.slotsIn(free) * 2;
        IOException refused = assertThrows(IOException.class, () -> SlotStore.open(directory, slots));
        assertTrue(refused.getMessage().contains("the largest size that fits is "), refused.getMessage());
        assertTrue(Files.size(slots()) < free / 2, "the refused space is not kept");
        fill(1, 1);
    }

    @Test
    void aFlippedBitIsNamedAndDroppedAndTheRestServed() throws Exception {
        fill(3, 1, 2, 3);
        flip(slots(), SlotEntry.SLOT_BYTES + 1000);
        flip(index(), 2 * SlotEntry.BYTES + SlotEntry.BYTES - 1);
        try (SlotStore store = SlotStore.open(directory, 3)) {
            SlotStore.Reading corrupt = store.read(CacheItem.whole(2));
            assertNull(corrupt.bytes());
            assertTrue(corrupt.fault().startsWith("piece 2 in cell 1 of " + directory), corrupt.fault());
            assertAbsent(store, 2);
            assertHolds(store, 1, 3);
            store.put(List.of(TestPieces.piece(2)));
            assertHolds(store, 1, 2, 3);
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void onADiskThatTakesNoWritesADamagedItemIsNamedAndLacking() throws Throwable {
        fill(3, 1, 2);
        flip(slots(), SlotEntry.SLOT_BYTES + 1000);
        try (SlotStore store = SlotStore.open(directory, 3)) {
            ReadOnlyFiles.makeReadOnly(index());
            SlotStore.Reading corrupt = store.read(CacheItem.whole(2));
            assertNull(corrupt.bytes());
            assertTrue(corrupt.fault().startsWith("piece 2 in cell 1 of " + directory), corrupt.fault());
            assertTrue(corrupt.fault().contains("cannot be erased"), corrupt.fault());
            assertFalse(store.holds(CacheItem.whole(2)));
            assertEquals(1, store.count());
            assertEquals(1, store.room(1), "its cell is not given to another item");
            assertThrows(IOException.class, () -> store.put(List.of(TestPieces.piece(2))));
            assertFalse(store.holds(CacheItem.whole(2)));
            assertHolds(store, 1);
        }
    }

    @Test
    void anEntryIsValidOnlyInItsSlotAndStore() throws Exception {
        fill(2, 1);
        byte[] bytes = Files.readAllBytes(index());
        System.arraycopy(bytes, 0, bytes, SlotEntry.BYTES, SlotEntry.BYTES);
        Files.write(index(), bytes);
        try (SlotStore store = SlotStore.open(directory, 2)) {
            assertHolds(store, 1);
        }
        byte[] foreign = Files.readAllBytes(index());
        Files.delete(directory.resolve(StoreHeader.FILE_NAME));
        try (SlotStore store = SlotStore.open(directory, 2)) {
            assertHolds(store);
        }
        Files.write(index(), foreign);
        try (SlotStore store = SlotStore.open(directory, 2)) {
            assertHolds(store);
        }
    }

    @Test
    void aCutIndexIsRebuiltFromTheSlots() throws Exception {
        fill(4, 1, 2, 3);
        Path whole = Files.copy(index(), directory.resolve("whole"));
        for (int length = 0; length <= 3 * SlotEntry.BYTES; length += 8) {
            Files.copy(whole, index(), StandardCopyOption.REPLACE_EXISTING);
            cut(index(), length);
            try (SlotStore store = SlotStore.open(directory, 4)) {
                assertEquals(Set.of(1L, 2L, 3L), store.pieces(), "index of " + length + " bytes");
            }
        }
        Files.delete(index());
        try (SlotStore store = SlotStore.open(directory, 4)) {
            assertHolds(store, 1, 2, 3);
        }
    }

    /** A crash may leave any prefix of an item, its entry and the index entry; never is anything else served. */
    @Test
    void aWriteThatStoppedAtAnyFieldLeavesTheSlotFree() throws Exception {
        fill(3, 1);
        Path before = copy("before");
        fill(3, 1, -2L);
        byte[] slot = read(slots(), SlotEntry.SLOT_BYTES, SlotEntry.SLOT_BYTES);
        byte[] entry = read(index(), SlotEntry.BYTES, SlotEntry.BYTES);
        int item = SlotEntry.ITEM_BYTES;
        for (int written : new int[] {0, 1, 4096, item - 1, item, item + 8, item + 16, item + 48, item + 63}) {
            restore(before);
            write(slots(), SlotEntry.SLOT_BYTES, slot, written);
            // The index entry may have reached the disk in part only if the item is there in whole.
            assertOnly(1, -2L, written);
        }
        for (int written = 1; written < SlotEntry.BYTES; written++) {
            restore(before);
            write(slots(), SlotEntry.SLOT_BYTES, slot, slot.length);
            write(index(), SlotEntry.BYTES, entry, written);
            try (SlotStore store = SlotStore.open(directory, 3)) {
                assertHolds(store, 1, -2L);
            }
        }
        restore(before);
        write(index(), SlotEntry.BYTES, entry, entry.length);
        try (SlotStore store = SlotStore.open(directory, 3)) {
            assertFalse(store.read(CacheItem.whole(-2L)).fault().isEmpty(), "an entry without its item");
            assertHolds(store, 1);
        }
    }

    private void assertOnly(long present, long absent, int written) throws IOException {
        try (SlotStore store = SlotStore.open(directory, 3)) {
            assertHolds(store, present);
            assertAbsent(store, absent);
            store.put(List.of(TestPieces.piece(absent)));
            assertHolds(store, present, absent);
        } catch (AssertionError e) {
            throw new AssertionError("after " + written + " bytes of the slot", e);
        }
    }

    @Test
    void aCutSlotFileCostsOnlyWhatWasCutOff() throws Exception {
        fill(3, 1, 2, 3);
        cut(slots(), 2L * SlotEntry.SLOT_BYTES + 17);
        try (SlotStore store = SlotStore.open(directory, 3)) {
            assertFalse(store.read(CacheItem.whole(3)).fault().isEmpty());
            assertHolds(store, 1, 2);
            cut(slots(), SlotEntry.SLOT_BYTES);
            assertFalse(store.read(CacheItem.whole(2)).fault().isEmpty(), "cut while it is open");
            assertHolds(store, 1);
        }
    }

    private static void assertFragment(SlotStore store, long index, int parts, int number) throws IOException {
        assertArrayEquals(
                TestPieces.fragment(index, parts, number).bytes(),
                store.read(new CacheItem(index, parts, number)).bytes());
    }

    @Test
    void fragmentsShareSlotsAndPiecesTakeThemBack() throws Exception {
        String contents;
        try (SlotStore store = SlotStore.open(directory, 3)) {
            store.put(List.of(TestPieces.piece(1)));
            assertEquals(4, store.room(2));
            store.put(List.of(
                    TestPieces.fragment(1, 2, 2), TestPieces.fragment(2, 2, 0), TestPieces.fragment(3, 2, 255)));
            assertEquals(1, store.room(2));
            assertEquals(0, store.room(1));
            assertThrows(IllegalArgumentException.class, () -> store.put(List.of(TestPieces.piece(9))));
            assertEquals(4, store.count());
            contents = store.contents().toString();
        }
        try (SlotStore store = SlotStore.open(directory, 3)) {
            assertEquals(contents, store.contents().toString());
            assertHolds(store.read(CacheItem.whole(1)));
            assertFragment(store, 1, 2, 2);
            assertFragment(store, 2, 2, 0);
            assertFragment(store, 3, 2, 255);
            assertEquals(SlotStore.Reading.ABSENT, store.read(new CacheItem(3, 2, 1)));
            assertEquals(Set.of(CacheItem.whole(1), new CacheItem(1, 2, 2)), Set.copyOf(store.itemsOf(1)));
            store.remove(new CacheItem(1, 2, 2));
            store.remove(new CacheItem(2, 2, 0));
            store.remove(new CacheItem(3, 2, 255));
            assertEquals(2, store.room(1));
            store.put(List.of(TestPieces.piece(4), TestPieces.piece(5)));
        }
        try (SlotStore store = SlotStore.open(directory, 3)) {
            assertHolds(store, 1, 4, 5);
            for (int parts = 2; parts <= 16; parts++) {
                store.remove(CacheItem.whole(4));
                List<CacheItem.Content> all = new ArrayList<>();
                for (int i = 0; i < parts; i++) {
                    all.add(TestPieces.fragment(40, parts, 3 * i));
                }
                store.put(all);
                for (int i = 0; i < parts; i++) {
                    assertFragment(store, 40, parts, 3 * i);
                    store.remove(new CacheItem(40, parts, 3 * i));
                }
            }
            assertHolds(store, 1, 5);
        }
    }

    private static void assertHolds(SlotStore.Reading reading) {
        assertTrue(reading.fault().isEmpty(), reading.fault());
        assertArrayEquals(TestPieces.piece(1).bytes(), reading.bytes());
    }

    /** Whatever part of the index and of the item reached the disk, every other item is there and the torn one is not. */
    @Test
    void aFragmentThatIsTornAnywhereIsFree() throws Exception {
        try (SlotStore store = SlotStore.open(directory, 2)) {
            store.put(List.of(TestPieces.fragment(1, 2, 0), TestPieces.fragment(2, 2, 0)));
        }
        Path fragments = directory.resolve(IndexFile.name(2));
        byte[] entry = read(fragments, SlotEntry.BYTES, SlotEntry.BYTES);
        long cell = SlotEntry.cellOffset(2, 1);
        int itemBytes = CacheItem.bytesOf(2);
        byte[] copy = read(slots(), cell + itemBytes, SlotEntry.BYTES);
        assertArrayEquals(entry, copy);
        for (int written = 0; written <= SlotEntry.BYTES; written += 7) {
            write(fragments, SlotEntry.BYTES, new byte[SlotEntry.BYTES], SlotEntry.BYTES);
            write(fragments, SlotEntry.BYTES, entry, written);
            try (SlotStore store = SlotStore.open(directory, 2)) {
                assertFragment(store, 1, 2, 0);
                if (written > Long.BYTES - 1) {
                    assertFragment(store, 2, 2, 0);
                } else {
                    assertEquals(1, store.count());
                }
            }
        }
        for (int length = 0; length <= 4 * SlotEntry.BYTES; length += 24) {
            cut(fragments, length);
            try (SlotStore store = SlotStore.open(directory, 2)) {
                assertEquals(2, store.count(), "index of " + length + " bytes");
                assertFragment(store, 1, 2, 0);
                assertFragment(store, 2, 2, 0);
            }
        }
        flip(slots(), cell + itemBytes - 1);
        write(fragments, SlotEntry.BYTES, entry, SlotEntry.BYTES - 1);
        flip(fragments, SlotEntry.BYTES + 60);
        try (SlotStore store = SlotStore.open(directory, 2)) {
            assertEquals(1, store.count(), "an item that is not whole is not recovered");
            assertFragment(store, 1, 2, 0);
            store.put(List.of(TestPieces.fragment(5, 2, 1)));
            assertFragment(store, 5, 2, 1);
        }
    }

    @Test
    void aHeaderOfAnotherFormatIsRefused() throws Exception {
        fill(1, 1);
        Path header = directory.resolve(StoreHeader.FILE_NAME);
        String text = Files.readString(header);
        for (String damage : new String[] {
            text.replace("format=1", "format=2"),
            text.replace("slots=1", "slots=0"),
            text.replace("item-bytes=", "item-bytes=9"),
            text.replace("store-id=", "store-id=x"),
            text.replace("store-id=", "other=")
        }) {
            Files.writeString(header, damage);
            IOException refused = assertThrows(IOException.class, () -> SlotStore.open(directory, 1));
            assertTrue(refused.getMessage().contains(header.toString()), refused.getMessage());
        }
        Files.writeString(header, text);
        try (SlotStore store = SlotStore.open(directory, 1)) {
            assertHolds(store, 1);
        }
    }

    private Path slots() {
        return directory.resolve(SlotStore.SLOTS_FILE);
    }

    private Path index() {
        return directory.resolve(SlotStore.INDEX_FILE);
    }

    private Path copy(String name) throws IOException {
        Path target = Files.createDirectories(directory.resolve(name));
        Files.copy(slots(), target.resolve("slots"));
        Files.copy(index(), target.resolve("index"));
        return target;
    }

    private void restore(Path copy) throws IOException {
        Files.copy(copy.resolve("slots"), slots(), StandardCopyOption.REPLACE_EXISTING);
        Files.copy(copy.resolve("index"), index(), StandardCopyOption.REPLACE_EXISTING);
    }

    private static byte[] read(Path file, long offset, int length) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            ByteBuffer bytes = ByteBuffer.allocate(length);
            assertEquals(length, channel.read(bytes, offset));
            return bytes.array();
        }
    }

    private static void write(Path file, long offset, byte[] bytes, int length) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(bytes, 0, length), offset);
        }
    }

    private static void flip(Path file, long offset) throws IOException {
        byte[] bytes = read(file, offset, 1);
        bytes[0] ^= 1;
        write(file, offset, bytes, 1);
    }

    private static void cut(Path file, long length) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(length);
        }
    }
}

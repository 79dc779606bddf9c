package xyz.autonomys.farmer.cache.sharded;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import xyz.autonomys.farmer.cluster.data.ItemType;
import xyz.autonomys.farmer.primitives.Blake3Hash;
import xyz.autonomys.farmer.primitives.ProtocolSizes;
import xyz.autonomys.farmer.primitives.hash.Blake3;

/**
 * What a slot holds. The entry lies twice on disk: in the index, where it counts, and behind the item in its slot, from
 * where an index that was lost is rebuilt. Integers are big-endian.
 *
 * <table>
 * <caption>Entry of {@value #BYTES} bytes; all zero for a free slot</caption>
 * <tr><th>offset</th><th>size</th><th>field</th></tr>
 * <tr><td>0</td><td>8</td><td>piece index u64</td></tr>
 * <tr><td>8</td><td>1</td><td>item type, see {@link ItemType#tag}</td></tr>
 * <tr><td>9</td><td>1</td><td>fragments of which a slot holds as many, 0 for a whole piece</td></tr>
 * <tr><td>10</td><td>1</td><td>number of the fragment, 0 for a whole piece</td></tr>
 * <tr><td>11</td><td>5</td><td>zero</td></tr>
 * <tr><td>16</td><td>32</td><td>BLAKE3 of the item</td></tr>
 * <tr><td>48</td><td>16</td><td>seal: the first bytes of BLAKE3(store id ‖ cell number u64 ‖ bytes 0 to 47)</td></tr>
 * </table>
 *
 * <p>A slot has {@value #SLOT_BYTES} bytes: the item, the entry, zeros up to a multiple of 4096. A slot of fragments is
 * divided into cells of equal length, a multiple of 64, each with the item, the entry, zeros.
 *
 * @param item what the cell holds
 * @param checksum BLAKE3 of the item
 */
record SlotEntry(CacheItem item, Blake3Hash checksum) {
    static final int BYTES = 64;
    static final int SLOT_BYTES = (ProtocolSizes.PIECE_BYTES + BYTES + 4095) / 4096 * 4096;
    static final int ITEM_BYTES = ProtocolSizes.PIECE_BYTES;

    private static final int TYPE_OFFSET = 8;
    private static final int PARTS_OFFSET = 9;
    private static final int NUMBER_OFFSET = 10;
    private static final int CHECKSUM_OFFSET = 16;
    private static final int SEAL_OFFSET = CHECKSUM_OFFSET + Blake3Hash.SIZE;
    private static final int SEAL_BYTES = BYTES - SEAL_OFFSET;

    /** Bytes of a cell of which a slot has {@code parts}. */
    static int cellBytes(int parts) {
        return parts == 1 ? SLOT_BYTES : SLOT_BYTES / parts & -BYTES;
    }

    /** Where a cell begins in the file of slots. */
    static long cellOffset(int parts, int cell) {
        return cell / parts * (long) SLOT_BYTES + cell % parts * (long) cellBytes(parts);
    }

    byte[] encode(StoreId store, int cell) {
        byte[] bytes = new byte[BYTES];
        boolean whole = item.parts() == 1;
        ByteBuffer.wrap(bytes).putLong(item.piece());
        bytes[TYPE_OFFSET] = (byte) (whole ? ItemType.PIECE : ItemType.SPLIT_PARITY_PIECE).tag();
        bytes[PARTS_OFFSET] = (byte) (whole ? 0 : item.parts());
        bytes[NUMBER_OFFSET] = (byte) item.number();
        checksum.copyTo(bytes, CHECKSUM_OFFSET);
        seal(store, cell, bytes).get(0, bytes, SEAL_OFFSET, SEAL_BYTES);
        return bytes;
    }

    static boolean isFree(byte... bytes) {
        for (byte b : bytes) {
            if (b != 0) {
                return false;
            }
        }
        return true;
    }

    /**
     * The entry in these bytes; empty if they are no entry of this cell of this store.
     *
     * @param parts cells of a slot of this kind
     * @throws IllegalArgumentException for an item type that this version does not know
     */
    static Optional<SlotEntry> decode(StoreId store, int parts, int cell, byte... bytes) {
        byte[] seal = new byte[SEAL_BYTES];
        seal(store, cell, bytes).get(0, seal);
        if (!Arrays.equals(seal, 0, SEAL_BYTES, bytes, SEAL_OFFSET, BYTES)) {
            return Optional.empty();
        }
        ItemType type = ItemType.ofTag(bytes[TYPE_OFFSET] & 0xff);
        if (bytes[PARTS_OFFSET] != (parts == 1 ? 0 : parts) || (type == ItemType.PIECE) != (parts == 1)) {
            return Optional.empty();
        }
        CacheItem item = new CacheItem(ByteBuffer.wrap(bytes).getLong(0), parts, bytes[NUMBER_OFFSET] & 0xff);
        return Optional.of(new SlotEntry(item, Blake3Hash.of(bytes, CHECKSUM_OFFSET)));
    }

    private static ByteBuffer seal(StoreId store, int cell, byte... entry) {
        byte[] place = ByteBuffer.allocate(StoreId.SIZE + Long.BYTES)
                .put(store.toBytes())
                .putLong(cell)
                .array();
        return ByteBuffer.wrap(
                Blake3.hash(place, Arrays.copyOf(entry, SEAL_OFFSET)).toBytes());
    }
}

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
 * <tr><td>9</td><td>7</td><td>zero</td></tr>
 * <tr><td>16</td><td>32</td><td>BLAKE3 of the item</td></tr>
 * <tr><td>48</td><td>16</td><td>seal: the first bytes of BLAKE3(store id ‖ slot number u64 ‖ bytes 0 to 47)</td></tr>
 * </table>
 *
 * <p>A slot has {@value #SLOT_BYTES} bytes: the item, the entry, zeros up to a multiple of 4096.
 *
 * @param pieceIndex which piece (u64)
 * @param checksum BLAKE3 of the item
 */
record SlotEntry(long pieceIndex, Blake3Hash checksum) {
    static final int BYTES = 64;
    static final int SLOT_BYTES = (ProtocolSizes.PIECE_BYTES + BYTES + 4095) / 4096 * 4096;
    static final int ITEM_BYTES = ProtocolSizes.PIECE_BYTES;

    private static final int TYPE_OFFSET = 8;
    private static final int CHECKSUM_OFFSET = 16;
    private static final int SEAL_OFFSET = CHECKSUM_OFFSET + Blake3Hash.SIZE;
    private static final int SEAL_BYTES = BYTES - SEAL_OFFSET;

    byte[] encode(StoreId store, int slot) {
        byte[] bytes = new byte[BYTES];
        ByteBuffer.wrap(bytes).putLong(pieceIndex).put((byte) ItemType.PIECE.tag());
        checksum.copyTo(bytes, CHECKSUM_OFFSET);
        seal(store, slot, bytes).get(0, bytes, SEAL_OFFSET, SEAL_BYTES);
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
     * The entry in these bytes; empty if they are no entry of this slot of this store.
     *
     * @throws IllegalArgumentException for an item type that this version does not know
     */
    static Optional<SlotEntry> decode(StoreId store, int slot, byte... bytes) {
        byte[] seal = new byte[SEAL_BYTES];
        seal(store, slot, bytes).get(0, seal);
        if (!Arrays.equals(seal, 0, SEAL_BYTES, bytes, SEAL_OFFSET, BYTES)) {
            return Optional.empty();
        }
        ItemType.ofTag(bytes[TYPE_OFFSET] & 0xff);
        return Optional.of(new SlotEntry(ByteBuffer.wrap(bytes).getLong(0), Blake3Hash.of(bytes, CHECKSUM_OFFSET)));
    }

    private static ByteBuffer seal(StoreId store, int slot, byte... entry) {
        byte[] place = ByteBuffer.allocate(StoreId.SIZE + Long.BYTES)
                .put(store.toBytes())
                .putLong(slot)
                .array();
        return ByteBuffer.wrap(
                Blake3.hash(place, Arrays.copyOf(entry, SEAL_OFFSET)).toBytes());
    }
}

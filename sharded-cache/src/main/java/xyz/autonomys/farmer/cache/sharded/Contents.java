package xyz.autonomys.farmer.cache.sharded;

import java.nio.ByteBuffer;
import xyz.autonomys.farmer.primitives.hash.Blake3;

/**
 * A digest of a set of items that does not depend on their order and follows each change at once: the sum, bit by bit
 * modulo two, of the first 16 bytes of BLAKE3(piece index u64 ‖ parts u8 ‖ fragment u8) over all items. It tells sets
 * apart that differ by accident, not by intent. Thread-safe.
 */
final class Contents {
    private long high;
    private long low;

    /** Adds an item that is not in the set, or takes one out that is. */
    synchronized void toggle(CacheItem item) {
        ByteBuffer hash = ByteBuffer.wrap(Blake3.hash(ByteBuffer.allocate(Long.BYTES + 2)
                        .putLong(item.piece())
                        .put((byte) item.parts())
                        .put((byte) item.number())
                        .array())
                .toBytes());
        high ^= hash.getLong();
        low ^= hash.getLong();
    }

    /** Adds all items of another set that has none of this one's. */
    void add(Contents other) {
        long otherHigh;
        long otherLow;
        synchronized (other) {
            otherHigh = other.high;
            otherLow = other.low;
        }
        synchronized (this) {
            high ^= otherHigh;
            low ^= otherLow;
        }
    }

    @Override
    public synchronized String toString() {
        return String.format("%016x%016x", high, low);
    }
}

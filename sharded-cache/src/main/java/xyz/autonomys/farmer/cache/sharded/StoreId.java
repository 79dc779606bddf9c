package xyz.autonomys.farmer.cache.sharded;

import java.security.SecureRandom;
import xyz.autonomys.farmer.primitives.FixedBytes;

/** Identity of one slot store, drawn at random when it is made. 16 bytes. */
final class StoreId extends FixedBytes {
    static final int SIZE = 16;

    private StoreId(byte... bytes) {
        super(bytes, SIZE);
    }

    static StoreId random() {
        byte[] bytes = new byte[SIZE];
        new SecureRandom().nextBytes(bytes);
        return new StoreId(bytes);
    }

    static StoreId fromHex(CharSequence hex) {
        return new StoreId(parseHex("StoreId", hex, SIZE));
    }
}

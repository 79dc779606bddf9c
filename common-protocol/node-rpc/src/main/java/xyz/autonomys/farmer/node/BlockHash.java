package xyz.autonomys.farmer.node;

import java.util.Arrays;
import xyz.autonomys.farmer.primitives.FixedBytes;

/**
 * BLAKE2b-256 of an encoded block header, seal included: the name of a block. 32 bytes.
 *
 * <p>Source: autonomys/subspace, crates/subspace-runtime-primitives/src/lib.rs.
 */
public final class BlockHash extends FixedBytes {
    /** Length in bytes. */
    public static final int SIZE = 32;

    private BlockHash(byte[] bytes) {
        super(bytes, SIZE);
    }

    /**
     * The value of these bytes, which are copied.
     *
     * @throws IllegalArgumentException if there are not exactly {@value #SIZE} bytes
     */
    public static BlockHash of(byte... bytes) {
        return new BlockHash(bytes);
    }

    /** The value of the {@value #SIZE} bytes of {@code source} from {@code offset} on. */
    public static BlockHash of(byte[] source, int offset) {
        return new BlockHash(Arrays.copyOfRange(source, offset, offset + SIZE));
    }

    /**
     * Parses 64 hex digits, either case, without {@code 0x}.
     *
     * @throws IllegalArgumentException naming the text if it is anything else
     */
    public static BlockHash fromHex(CharSequence hex) {
        return new BlockHash(parseHex("BlockHash", hex, SIZE));
    }
}

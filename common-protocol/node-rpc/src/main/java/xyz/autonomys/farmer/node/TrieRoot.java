package xyz.autonomys.farmer.node;

import java.util.Arrays;
import xyz.autonomys.farmer.primitives.FixedBytes;

/**
 * Root of a trie that a block header commits to: the state, or the extrinsics. 32 bytes.
 *
 * <p>Source: autonomys/subspace, crates/subspace-runtime-primitives/src/lib.rs.
 */
public final class TrieRoot extends FixedBytes {
    /** Length in bytes. */
    public static final int SIZE = 32;

    private TrieRoot(byte[] bytes) {
        super(bytes, SIZE);
    }

    /**
     * The value of these bytes, which are copied.
     *
     * @throws IllegalArgumentException if there are not exactly {@value #SIZE} bytes
     */
    public static TrieRoot of(byte... bytes) {
        return new TrieRoot(bytes);
    }

    /** The value of the {@value #SIZE} bytes of {@code source} from {@code offset} on. */
    public static TrieRoot of(byte[] source, int offset) {
        return new TrieRoot(Arrays.copyOfRange(source, offset, offset + SIZE));
    }

    /**
     * Parses 64 hex digits, either case, without {@code 0x}.
     *
     * @throws IllegalArgumentException naming the text if it is anything else
     */
    public static TrieRoot fromHex(CharSequence hex) {
        return new TrieRoot(parseHex("TrieRoot", hex, SIZE));
    }
}

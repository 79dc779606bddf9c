package xyz.autonomys.farmer.primitives;

/**
 * A BLAKE3-256 hash. 32 bytes.
 *
 * <p>Source: autonomys/subspace, crates/subspace-core-primitives/src/hashes.rs.
 */
public final class Blake3Hash extends FixedBytes {
    /** Length in bytes. */
    public static final int SIZE = 32;

    private Blake3Hash(byte[] bytes) {
        super(bytes, SIZE);
    }

    /**
     * The value of these bytes, which are copied.
     *
     * @throws IllegalArgumentException if there are not exactly {@value #SIZE} bytes
     */
    public static Blake3Hash of(byte... bytes) {
        return new Blake3Hash(bytes);
    }

    /** The value of the {@value #SIZE} bytes of {@code source} from {@code offset} on. */
    public static Blake3Hash of(byte[] source, int offset) {
        return new Blake3Hash(java.util.Arrays.copyOfRange(source, offset, offset + SIZE));
    }

    /**
     * Parses 64 hex digits, either case, without {@code 0x}.
     *
     * @throws IllegalArgumentException naming the text if it is anything else
     */
    public static Blake3Hash fromHex(CharSequence hex) {
        return new Blake3Hash(parseHex("Blake3Hash", hex, SIZE));
    }
}

package xyz.autonomys.farmer.primitives;

/**
 * The hash of block 0: the identity of a chain. Farms, clusters and nodes compare it before they work together. 32 bytes.
 *
 * <p>Source: autonomys/subspace, crates/subspace-rpc-primitives/src/lib.rs (genesis_hash).
 */
public final class GenesisHash extends FixedBytes {
    /** Length in bytes. */
    public static final int SIZE = 32;

    private GenesisHash(byte[] bytes) {
        super(bytes, SIZE);
    }

    /**
     * The value of these bytes, which are copied.
     *
     * @throws IllegalArgumentException if there are not exactly {@value #SIZE} bytes
     */
    public static GenesisHash of(byte... bytes) {
        return new GenesisHash(bytes);
    }

    /** The value of the {@value #SIZE} bytes of {@code source} from {@code offset} on. */
    public static GenesisHash of(byte[] source, int offset) {
        return new GenesisHash(java.util.Arrays.copyOfRange(source, offset, offset + SIZE));
    }

    /**
     * Parses 64 hex digits, either case, without {@code 0x}.
     *
     * @throws IllegalArgumentException naming the text if it is anything else
     */
    public static GenesisHash fromHex(CharSequence hex) {
        return new GenesisHash(parseHex("GenesisHash", hex, SIZE));
    }
}

package xyz.autonomys.farmer.primitives;

/**
 * Seed of the proof-of-space tables of one record. 32 bytes.
 *
 * <p>Source: autonomys/subspace, crates/subspace-core-primitives/src/pos.rs.
 */
public final class PosSeed extends FixedBytes {
    /** Length in bytes. */
    public static final int SIZE = 32;

    private PosSeed(byte[] bytes) {
        super(bytes, SIZE);
    }

    /**
     * The value of these bytes, which are copied.
     *
     * @throws IllegalArgumentException if there are not exactly {@value #SIZE} bytes
     */
    public static PosSeed of(byte... bytes) {
        return new PosSeed(bytes);
    }

    /** The value of the {@value #SIZE} bytes of {@code source} from {@code offset} on. */
    public static PosSeed of(byte[] source, int offset) {
        return new PosSeed(java.util.Arrays.copyOfRange(source, offset, offset + SIZE));
    }

    /**
     * Parses 64 hex digits, either case, without {@code 0x}.
     *
     * @throws IllegalArgumentException naming the text if it is anything else
     */
    public static PosSeed fromHex(CharSequence hex) {
        return new PosSeed(parseHex("PosSeed", hex, SIZE));
    }
}

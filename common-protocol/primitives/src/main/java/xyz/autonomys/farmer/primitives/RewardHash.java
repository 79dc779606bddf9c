package xyz.autonomys.farmer.primitives;

/**
 * BLAKE2b-256 hash of a block header or vote that a farmer signs for its reward. 32 bytes.
 *
 * <p>Source: autonomys/subspace, crates/subspace-rpc-primitives/src/lib.rs.
 */
public final class RewardHash extends FixedBytes {
    /** Length in bytes. */
    public static final int SIZE = 32;

    private RewardHash(byte[] bytes) {
        super(bytes, SIZE);
    }

    /**
     * The value of these bytes, which are copied.
     *
     * @throws IllegalArgumentException if there are not exactly {@value #SIZE} bytes
     */
    public static RewardHash of(byte... bytes) {
        return new RewardHash(bytes);
    }

    /** The value of the {@value #SIZE} bytes of {@code source} from {@code offset} on. */
    public static RewardHash of(byte[] source, int offset) {
        return new RewardHash(java.util.Arrays.copyOfRange(source, offset, offset + SIZE));
    }

    /**
     * Parses 64 hex digits, either case, without {@code 0x}.
     *
     * @throws IllegalArgumentException naming the text if it is anything else
     */
    public static RewardHash fromHex(CharSequence hex) {
        return new RewardHash(parseHex("RewardHash", hex, SIZE));
    }
}

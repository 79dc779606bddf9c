package xyz.autonomys.farmer.primitives;

/**
 * An sr25519 signature over a reward hash. 64 bytes.
 *
 * <p>Source: autonomys/subspace, crates/subspace-core-primitives/src/lib.rs.
 */
public final class RewardSignature extends FixedBytes {
    /** Length in bytes. */
    public static final int SIZE = 64;

    private RewardSignature(byte[] bytes) {
        super(bytes, SIZE);
    }

    /**
     * The value of these bytes, which are copied.
     *
     * @throws IllegalArgumentException if there are not exactly {@value #SIZE} bytes
     */
    public static RewardSignature of(byte... bytes) {
        return new RewardSignature(bytes);
    }

    /** The value of the {@value #SIZE} bytes of {@code source} from {@code offset} on. */
    public static RewardSignature of(byte[] source, int offset) {
        return new RewardSignature(java.util.Arrays.copyOfRange(source, offset, offset + SIZE));
    }

    /**
     * Parses 128 hex digits, either case, without {@code 0x}.
     *
     * @throws IllegalArgumentException naming the text if it is anything else
     */
    public static RewardSignature fromHex(CharSequence hex) {
        return new RewardSignature(parseHex("RewardSignature", hex, SIZE));
    }
}

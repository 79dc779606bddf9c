package xyz.autonomys.farmer.primitives;

/**
 * An sr25519 (ristretto255) public key of a farm, also used as a reward address. 32 bytes.
 *
 * <p>Source: autonomys/subspace, crates/subspace-core-primitives/src/lib.rs.
 */
public final class PublicKey extends FixedBytes {
    /** Length in bytes. */
    public static final int SIZE = 32;

    private PublicKey(byte[] bytes) {
        super(bytes, SIZE);
    }

    /**
     * The value of these bytes, which are copied.
     *
     * @throws IllegalArgumentException if there are not exactly {@value #SIZE} bytes
     */
    public static PublicKey of(byte... bytes) {
        return new PublicKey(bytes);
    }

    /** The value of the {@value #SIZE} bytes of {@code source} from {@code offset} on. */
    public static PublicKey of(byte[] source, int offset) {
        return new PublicKey(java.util.Arrays.copyOfRange(source, offset, offset + SIZE));
    }

    /**
     * Parses 64 hex digits, either case, without {@code 0x}.
     *
     * @throws IllegalArgumentException naming the text if it is anything else
     */
    public static PublicKey fromHex(CharSequence hex) {
        return new PublicKey(parseHex("PublicKey", hex, SIZE));
    }
}

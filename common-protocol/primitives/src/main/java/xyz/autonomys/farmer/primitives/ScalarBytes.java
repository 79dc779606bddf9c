package xyz.autonomys.farmer.primitives;

/**
 * A chunk: 32 bytes read as a big-endian BLS12-381 scalar; canonical only if below the modulus. 32 bytes.
 *
 * <p>Source: autonomys/subspace, crates/subspace-core-primitives/src/lib.rs.
 */
public final class ScalarBytes extends FixedBytes {
    /** Length in bytes. */
    public static final int SIZE = 32;

    private ScalarBytes(byte[] bytes) {
        super(bytes, SIZE);
    }

    /**
     * The value of these bytes, which are copied.
     *
     * @throws IllegalArgumentException if there are not exactly {@value #SIZE} bytes
     */
    public static ScalarBytes of(byte... bytes) {
        return new ScalarBytes(bytes);
    }

    /** The value of the {@value #SIZE} bytes of {@code source} from {@code offset} on. */
    public static ScalarBytes of(byte[] source, int offset) {
        return new ScalarBytes(java.util.Arrays.copyOfRange(source, offset, offset + SIZE));
    }

    /**
     * Parses 64 hex digits, either case, without {@code 0x}.
     *
     * @throws IllegalArgumentException naming the text if it is anything else
     */
    public static ScalarBytes fromHex(CharSequence hex) {
        return new ScalarBytes(parseHex("ScalarBytes", hex, SIZE));
    }
}

package xyz.autonomys.farmer.primitives;

/**
 * Output of the proof of time of one slot. 16 bytes.
 *
 * <p>Source: autonomys/subspace, crates/subspace-core-primitives/src/pot.rs.
 */
public final class PotOutput extends FixedBytes {
    /** Length in bytes. */
    public static final int SIZE = 16;

    private PotOutput(byte[] bytes) {
        super(bytes, SIZE);
    }

    /**
     * The value of these bytes, which are copied.
     *
     * @throws IllegalArgumentException if there are not exactly {@value #SIZE} bytes
     */
    public static PotOutput of(byte... bytes) {
        return new PotOutput(bytes);
    }

    /** The value of the {@value #SIZE} bytes of {@code source} from {@code offset} on. */
    public static PotOutput of(byte[] source, int offset) {
        return new PotOutput(java.util.Arrays.copyOfRange(source, offset, offset + SIZE));
    }

    /**
     * Parses 32 hex digits, either case, without {@code 0x}.
     *
     * @throws IllegalArgumentException naming the text if it is anything else
     */
    public static PotOutput fromHex(CharSequence hex) {
        return new PotOutput(parseHex("PotOutput", hex, SIZE));
    }
}

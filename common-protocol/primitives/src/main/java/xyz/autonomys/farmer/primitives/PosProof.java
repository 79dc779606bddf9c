package xyz.autonomys.farmer.primitives;

/**
 * A proof of space: 64 values of 20 bits, most significant bit first. 160 bytes.
 *
 * <p>Source: autonomys/subspace, crates/subspace-core-primitives/src/pos.rs.
 */
public final class PosProof extends FixedBytes {
    /** Length in bytes. */
    public static final int SIZE = 160;

    private PosProof(byte[] bytes) {
        super(bytes, SIZE);
    }

    /**
     * The value of these bytes, which are copied.
     *
     * @throws IllegalArgumentException if there are not exactly {@value #SIZE} bytes
     */
    public static PosProof of(byte... bytes) {
        return new PosProof(bytes);
    }

    /** The value of the {@value #SIZE} bytes of {@code source} from {@code offset} on. */
    public static PosProof of(byte[] source, int offset) {
        return new PosProof(java.util.Arrays.copyOfRange(source, offset, offset + SIZE));
    }

    /**
     * Parses 320 hex digits, either case, without {@code 0x}.
     *
     * @throws IllegalArgumentException naming the text if it is anything else
     */
    public static PosProof fromHex(CharSequence hex) {
        return new PosProof(parseHex("PosProof", hex, SIZE));
    }
}

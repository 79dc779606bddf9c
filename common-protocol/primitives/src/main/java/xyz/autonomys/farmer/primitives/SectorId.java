package xyz.autonomys.farmer.primitives;

/**
 * Identity of one sector: keyed BLAKE3 over sector index and history size. 32 bytes.
 *
 * <p>Source: autonomys/subspace, crates/subspace-core-primitives/src/sectors.rs.
 */
public final class SectorId extends FixedBytes {
    /** Length in bytes. */
    public static final int SIZE = 32;

    private SectorId(byte[] bytes) {
        super(bytes, SIZE);
    }

    /**
     * The value of these bytes, which are copied.
     *
     * @throws IllegalArgumentException if there are not exactly {@value #SIZE} bytes
     */
    public static SectorId of(byte... bytes) {
        return new SectorId(bytes);
    }

    /** The value of the {@value #SIZE} bytes of {@code source} from {@code offset} on. */
    public static SectorId of(byte[] source, int offset) {
        return new SectorId(java.util.Arrays.copyOfRange(source, offset, offset + SIZE));
    }

    /**
     * Parses 64 hex digits, either case, without {@code 0x}.
     *
     * @throws IllegalArgumentException naming the text if it is anything else
     */
    public static SectorId fromHex(CharSequence hex) {
        return new SectorId(parseHex("SectorId", hex, SIZE));
    }
}

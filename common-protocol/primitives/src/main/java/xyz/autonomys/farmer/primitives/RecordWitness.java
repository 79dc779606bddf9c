package xyz.autonomys.farmer.primitives;

/**
 * KZG witness that a record commitment belongs to its segment: a compressed G1 point. 48 bytes.
 *
 * <p>Source: autonomys/subspace, crates/subspace-core-primitives/src/pieces.rs.
 */
public final class RecordWitness extends FixedBytes {
    /** Length in bytes. */
    public static final int SIZE = 48;

    private RecordWitness(byte[] bytes) {
        super(bytes, SIZE);
    }

    /**
     * The value of these bytes, which are copied.
     *
     * @throws IllegalArgumentException if there are not exactly {@value #SIZE} bytes
     */
    public static RecordWitness of(byte... bytes) {
        return new RecordWitness(bytes);
    }

    /** The value of the {@value #SIZE} bytes of {@code source} from {@code offset} on. */
    public static RecordWitness of(byte[] source, int offset) {
        return new RecordWitness(java.util.Arrays.copyOfRange(source, offset, offset + SIZE));
    }

    /**
     * Parses 96 hex digits, either case, without {@code 0x}.
     *
     * @throws IllegalArgumentException naming the text if it is anything else
     */
    public static RecordWitness fromHex(CharSequence hex) {
        return new RecordWitness(parseHex("RecordWitness", hex, SIZE));
    }
}

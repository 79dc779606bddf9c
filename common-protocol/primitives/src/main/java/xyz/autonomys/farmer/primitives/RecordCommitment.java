package xyz.autonomys.farmer.primitives;

/**
 * KZG commitment to a record: a compressed G1 point. 48 bytes.
 *
 * <p>Source: autonomys/subspace, crates/subspace-core-primitives/src/pieces.rs.
 */
public final class RecordCommitment extends FixedBytes {
    /** Length in bytes. */
    public static final int SIZE = 48;

    private RecordCommitment(byte[] bytes) {
        super(bytes, SIZE);
    }

    /**
     * The value of these bytes, which are copied.
     *
     * @throws IllegalArgumentException if there are not exactly {@value #SIZE} bytes
     */
    public static RecordCommitment of(byte... bytes) {
        return new RecordCommitment(bytes);
    }

    /** The value of the {@value #SIZE} bytes of {@code source} from {@code offset} on. */
    public static RecordCommitment of(byte[] source, int offset) {
        return new RecordCommitment(java.util.Arrays.copyOfRange(source, offset, offset + SIZE));
    }

    /**
     * Parses 96 hex digits, either case, without {@code 0x}.
     *
     * @throws IllegalArgumentException naming the text if it is anything else
     */
    public static RecordCommitment fromHex(CharSequence hex) {
        return new RecordCommitment(parseHex("RecordCommitment", hex, SIZE));
    }
}

package xyz.autonomys.farmer.primitives;

/**
 * KZG commitment to the record commitments of a segment: a compressed G1 point. 48 bytes.
 *
 * <p>Source: autonomys/subspace, crates/subspace-core-primitives/src/segments.rs.
 */
public final class SegmentCommitment extends FixedBytes {
    /** Length in bytes. */
    public static final int SIZE = 48;

    private SegmentCommitment(byte[] bytes) {
        super(bytes, SIZE);
    }

    /**
     * The value of these bytes, which are copied.
     *
     * @throws IllegalArgumentException if there are not exactly {@value #SIZE} bytes
     */
    public static SegmentCommitment of(byte... bytes) {
        return new SegmentCommitment(bytes);
    }

    /** The value of the {@value #SIZE} bytes of {@code source} from {@code offset} on. */
    public static SegmentCommitment of(byte[] source, int offset) {
        return new SegmentCommitment(java.util.Arrays.copyOfRange(source, offset, offset + SIZE));
    }

    /**
     * Parses 96 hex digits, either case, without {@code 0x}.
     *
     * @throws IllegalArgumentException naming the text if it is anything else
     */
    public static SegmentCommitment fromHex(CharSequence hex) {
        return new SegmentCommitment(parseHex("SegmentCommitment", hex, SIZE));
    }
}

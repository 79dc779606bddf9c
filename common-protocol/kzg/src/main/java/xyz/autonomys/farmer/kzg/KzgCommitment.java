package xyz.autonomys.farmer.kzg;

import xyz.autonomys.farmer.primitives.FixedBytes;
import xyz.autonomys.farmer.primitives.RecordCommitment;
import xyz.autonomys.farmer.primitives.SegmentCommitment;

/**
 * A KZG commitment to a polynomial: a compressed G1 point, 48 bytes. These are bytes as they came; whether they encode
 * a point is decided by {@link Kzg#isPoint}.
 *
 * <p>Source: autonomys/subspace, shared/subspace-kzg/src/lib.rs.
 */
public final class KzgCommitment extends FixedBytes {
    /** Length in bytes. */
    public static final int SIZE = 48;

    private KzgCommitment(byte[] bytes) {
        super(bytes, SIZE);
    }

    /**
     * The value of these bytes, which are copied.
     *
     * @throws IllegalArgumentException if there are not exactly {@value #SIZE} bytes
     */
    public static KzgCommitment of(byte... bytes) {
        return new KzgCommitment(bytes);
    }

    /** The value of the {@value #SIZE} bytes of {@code source} from {@code offset} on. */
    public static KzgCommitment of(byte[] source, int offset) {
        return new KzgCommitment(java.util.Arrays.copyOfRange(source, offset, offset + SIZE));
    }

    /**
     * Parses 96 hex digits, either case, without {@code 0x}.
     *
     * @throws IllegalArgumentException naming the text if it is anything else
     */
    public static KzgCommitment fromHex(CharSequence hex) {
        return new KzgCommitment(parseHex("KzgCommitment", hex, SIZE));
    }

    /** The same point under the name it has in the history. */
    public static KzgCommitment of(RecordCommitment bytes) {
        return new KzgCommitment(bytes.toBytes());
    }

    /** The same bytes as a RecordCommitment. */
    public RecordCommitment toRecordCommitment() {
        return RecordCommitment.of(toBytes());
    }

    /** The same point under the name it has in the history. */
    public static KzgCommitment of(SegmentCommitment bytes) {
        return new KzgCommitment(bytes.toBytes());
    }

    /** The same bytes as a SegmentCommitment. */
    public SegmentCommitment toSegmentCommitment() {
        return SegmentCommitment.of(toBytes());
    }
}

package xyz.autonomys.farmer.primitives;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * A piece of archived history: {@value ProtocolSizes#PIECE_BYTES} bytes.
 *
 * <table>
 * <caption>Layout</caption>
 * <tr><th>offset</th><th>size</th><th>field</th></tr>
 * <tr><td>0</td><td>1,048,576</td><td>record: 32,768 chunks of 32 bytes, big-endian scalars</td></tr>
 * <tr><td>1,048,576</td><td>48</td><td>record commitment</td></tr>
 * <tr><td>1,048,624</td><td>48</td><td>record witness</td></tr>
 * </table>
 *
 * <p>A piece wraps its array without copying, since a sector holds a thousand of them; whoever makes a piece hands the
 * array over and does not write to it again. Holding a {@code Piece} says nothing about validity.
 *
 * <p>Source: autonomys/subspace, crates/subspace-core-primitives/src/pieces.rs.
 */
public final class Piece {
    /** Offset of the record commitment. */
    public static final int COMMITMENT_OFFSET = ProtocolSizes.RECORD_BYTES;

    /** Offset of the record witness. */
    public static final int WITNESS_OFFSET = COMMITMENT_OFFSET + ProtocolSizes.G1_BYTES;

    private final byte[] bytes;

    private Piece(byte[] bytes) {
        this.bytes = bytes;
    }

    /**
     * Wraps {@code bytes}, which the caller gives up.
     *
     * @throws IllegalArgumentException if there are not exactly {@value ProtocolSizes#PIECE_BYTES} bytes
     */
    public static Piece wrap(byte[] bytes) {
        if (bytes.length != ProtocolSizes.PIECE_BYTES) {
            throw new IllegalArgumentException(
                    "a piece has " + ProtocolSizes.PIECE_BYTES + " bytes, got " + bytes.length);
        }
        return new Piece(bytes);
    }

    /** The backing array: record, commitment, witness. Read only. */
    public byte[] array() {
        return bytes;
    }

    /** The whole piece as a read-only segment over the backing array. */
    public MemorySegment segment() {
        return MemorySegment.ofArray(bytes).asReadOnly();
    }

    /** The commitment to the record. */
    public RecordCommitment commitment() {
        return RecordCommitment.of(bytes, COMMITMENT_OFFSET);
    }

    /** The witness that the commitment belongs to its segment. */
    public RecordWitness witness() {
        return RecordWitness.of(bytes, WITNESS_OFFSET);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Piece that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }
}

package xyz.autonomys.farmer.kzg;

import xyz.autonomys.farmer.primitives.ChunkWitness;
import xyz.autonomys.farmer.primitives.FixedBytes;
import xyz.autonomys.farmer.primitives.RecordWitness;

/**
 * A KZG witness, the commitment to the quotient of an opened polynomial: a compressed G1 point, 48 bytes. These are
 * bytes as they came; whether they encode a point is decided by {@link Kzg#isPoint}. Several byte strings can be valid
 * witnesses of one opening, so never use them as identifiers.
 *
 * <p>Source: autonomys/subspace, shared/subspace-kzg/src/lib.rs.
 */
public final class KzgWitness extends FixedBytes {
    /** Length in bytes. */
    public static final int SIZE = 48;

    private KzgWitness(byte[] bytes) {
        super(bytes, SIZE);
    }

    /**
     * The value of these bytes, which are copied.
     *
     * @throws IllegalArgumentException if there are not exactly {@value #SIZE} bytes
     */
    public static KzgWitness of(byte... bytes) {
        return new KzgWitness(bytes);
    }

    /** The value of the {@value #SIZE} bytes of {@code source} from {@code offset} on. */
    public static KzgWitness of(byte[] source, int offset) {
        return new KzgWitness(java.util.Arrays.copyOfRange(source, offset, offset + SIZE));
    }

    /**
     * Parses 96 hex digits, either case, without {@code 0x}.
     *
     * @throws IllegalArgumentException naming the text if it is anything else
     */
    public static KzgWitness fromHex(CharSequence hex) {
        return new KzgWitness(parseHex("KzgWitness", hex, SIZE));
    }

    /** The same point under the name it has in the history. */
    public static KzgWitness of(RecordWitness bytes) {
        return new KzgWitness(bytes.toBytes());
    }

    /** The same bytes as a RecordWitness. */
    public RecordWitness toRecordWitness() {
        return RecordWitness.of(toBytes());
    }

    /** The same point under the name it has in the history. */
    public static KzgWitness of(ChunkWitness bytes) {
        return new KzgWitness(bytes.toBytes());
    }

    /** The same bytes as a ChunkWitness. */
    public ChunkWitness toChunkWitness() {
        return ChunkWitness.of(toBytes());
    }
}

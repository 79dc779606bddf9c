package xyz.autonomys.farmer.primitives;

/**
 * KZG witness of a chunk of a record: a compressed G1 point. 48 bytes.
 *
 * <p>Source: autonomys/subspace, crates/subspace-core-primitives/src/solutions.rs.
 */
public final class ChunkWitness extends FixedBytes {
    /** Length in bytes. */
    public static final int SIZE = 48;

    private ChunkWitness(byte[] bytes) {
        super(bytes, SIZE);
    }

    /**
     * The value of these bytes, which are copied.
     *
     * @throws IllegalArgumentException if there are not exactly {@value #SIZE} bytes
     */
    public static ChunkWitness of(byte... bytes) {
        return new ChunkWitness(bytes);
    }

    /** The value of the {@value #SIZE} bytes of {@code source} from {@code offset} on. */
    public static ChunkWitness of(byte[] source, int offset) {
        return new ChunkWitness(java.util.Arrays.copyOfRange(source, offset, offset + SIZE));
    }

    /**
     * Parses 96 hex digits, either case, without {@code 0x}.
     *
     * @throws IllegalArgumentException naming the text if it is anything else
     */
    public static ChunkWitness fromHex(CharSequence hex) {
        return new ChunkWitness(parseHex("ChunkWitness", hex, SIZE));
    }
}

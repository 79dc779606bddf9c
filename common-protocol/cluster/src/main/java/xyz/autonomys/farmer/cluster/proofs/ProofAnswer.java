package xyz.autonomys.farmer.cluster.proofs;

import xyz.autonomys.farmer.primitives.ChunkWitness;
import xyz.autonomys.farmer.primitives.PosProof;
import xyz.autonomys.farmer.primitives.ScalarBytes;
import xyz.autonomys.farmer.sector.prove.ChunkProof;

/** The answer to a {@link ProofRequest}: version 1, chunk (32), chunk witness (48), proof of space (160). */
public final class ProofAnswer {
    /** Bytes of the encoding. */
    public static final int BYTES = 1 + ScalarBytes.SIZE + ChunkWitness.SIZE + PosProof.SIZE;

    private static final byte VERSION = 1;

    private ProofAnswer() {}

    /** The bytes. */
    public static byte[] encode(ChunkProof proof) {
        byte[] bytes = new byte[BYTES];
        bytes[0] = VERSION;
        proof.chunk().copyTo(bytes, 1);
        proof.witness().copyTo(bytes, 1 + ScalarBytes.SIZE);
        proof.proofOfSpace().copyTo(bytes, 1 + ScalarBytes.SIZE + ChunkWitness.SIZE);
        return bytes;
    }

    /**
     * Reads an encoding.
     *
     * @throws IllegalArgumentException if it has another length or version
     */
    public static ChunkProof decode(byte[] bytes) {
        if (bytes.length != BYTES || bytes[0] != VERSION) {
            throw new IllegalArgumentException("a proof has version " + VERSION + " and " + BYTES + " bytes, got "
                    + bytes.length + " bytes" + (bytes.length > 0 ? " of version " + (bytes[0] & 0xff) : ""));
        }
        return new ChunkProof(
                ScalarBytes.of(bytes, 1),
                ChunkWitness.of(bytes, 1 + ScalarBytes.SIZE),
                PosProof.of(bytes, 1 + ScalarBytes.SIZE + ChunkWitness.SIZE));
    }
}

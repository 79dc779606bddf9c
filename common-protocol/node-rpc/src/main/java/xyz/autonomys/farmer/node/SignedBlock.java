package xyz.autonomys.farmer.node;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import xyz.autonomys.farmer.primitives.scale.ScaleException;
import xyz.autonomys.farmer.primitives.scale.ScaleReader;
import xyz.autonomys.farmer.primitives.scale.ScaleWriter;

/**
 * A block as a node hands it out, and its bytes in history.
 *
 * <p>Source: autonomys/subspace, crates/sc-consensus-subspace/src/archiver.rs (encode_block).
 *
 * @param header its header
 * @param extrinsics each with its own length prefix, opaque
 * @param justifications all that the node has
 */
public record SignedBlock(BlockHeader header, List<byte[]> extrinsics, List<Justification> justifications) {
    private static final byte[] SUBSPACE_ENGINE = "SUB_".getBytes(StandardCharsets.US_ASCII);
    private static final int CHECKPOINTS_BYTES = 8 * 16;
    private static final int SEED_BYTES = 16;

    /** Copies the lists. */
    public SignedBlock {
        extrinsics = List.copyOf(extrinsics);
        justifications = List.copyOf(justifications);
    }

    /**
     * A justification.
     *
     * @param engine id of the consensus engine, 4 bytes
     * @param bytes what it says
     */
    public record Justification(byte[] engine, byte[] bytes) {
        /** Whether it is the Subspace engine's. */
        boolean isSubspace() {
            return Arrays.equals(engine, SUBSPACE_ENGINE);
        }

        /** Whether it holds proof-of-time checkpoints: 00, seed, compact count, as many groups of checkpoints. */
        boolean isProofOfTime() {
            if (!isSubspace()) {
                return false;
            }
            ScaleReader in = new ScaleReader(bytes, "justification");
            try {
                if (in.u8("variant") != 0) {
                    return false;
                }
                in.bytes(SEED_BYTES, "seed");
                in.vectorLength(CHECKPOINTS_BYTES, "checkpoints");
                return true;
            } catch (ScaleException e) {
                return false;
            }
        }
    }

    /** The proof-of-time justification; every honest block from number 1 on has one. */
    public Optional<Justification> proofOfTime() {
        return justifications.stream().filter(Justification::isProofOfTime).findFirst();
    }

    /** How many justifications of the Subspace engine there are, of whatever kind; one in every honest block from 1 on. */
    public long subspaceJustifications() {
        return justifications.stream().filter(Justification::isSubspace).count();
    }

    /**
     * The bytes that enter history: header, extrinsics, and of the justifications the one with the proof of time, as it
     * came. What the archiver appends to block 0 is not part of them.
     */
    public byte[] encode() {
        int size = 1024
                + extrinsics.stream().mapToInt(extrinsic -> extrinsic.length).sum();
        Optional<Justification> kept = proofOfTime();
        ScaleWriter out = new ScaleWriter(size + kept.map(it -> it.bytes.length).orElse(0));
        header.write(out);
        out.compact(extrinsics.size());
        extrinsics.forEach(out::bytes);
        out.flag(kept.isPresent());
        kept.ifPresent(
                it -> out.compact(1).bytes(it.engine).compact(it.bytes.length).bytes(it.bytes));
        return out.toBytes();
    }
}

package xyz.autonomys.farmer.devnode.chain;

import java.nio.charset.StandardCharsets;
import xyz.autonomys.farmer.primitives.ChunkWitness;
import xyz.autonomys.farmer.primitives.PosProof;
import xyz.autonomys.farmer.primitives.PublicKey;
import xyz.autonomys.farmer.primitives.RecordCommitment;
import xyz.autonomys.farmer.primitives.RecordWitness;
import xyz.autonomys.farmer.primitives.RewardHash;
import xyz.autonomys.farmer.primitives.RewardSignature;
import xyz.autonomys.farmer.primitives.ScalarBytes;
import xyz.autonomys.farmer.primitives.Solution;
import xyz.autonomys.farmer.primitives.hash.Blake3;
import xyz.autonomys.farmer.primitives.scale.ScaleWriter;
import xyz.autonomys.farmer.sr25519.Sr25519KeyPair;

/** The rest of the network's farmers, who make the blocks that nobody here makes. */
final class ForeignAuthor {
    private static final byte[] SECRET =
            Blake3.hash("foreign author".getBytes(StandardCharsets.US_ASCII)).toBytes();

    private final Sr25519KeyPair key = Sr25519KeyPair.fromMiniSecret(SECRET);

    /** A solution of which only the shape is right. */
    Solution solution(long slot) {
        byte[] chunk = Blake3.hash(new ScaleWriter(8).u64(slot).toBytes()).toBytes();
        chunk[0] = 0;
        PublicKey author = key.publicKey();
        return new Solution(
                author,
                author,
                0,
                1,
                0,
                RecordCommitment.of(new byte[RecordCommitment.SIZE]),
                RecordWitness.of(new byte[RecordWitness.SIZE]),
                ScalarBytes.of(chunk),
                ChunkWitness.of(new byte[ChunkWitness.SIZE]),
                PosProof.of(new byte[PosProof.SIZE]));
    }

    /** The seal of a block. */
    RewardSignature sign(RewardHash block) {
        return key.signReward(block);
    }
}

package xyz.autonomys.farmer.devnode.chain;

import xyz.autonomys.farmer.node.BlockHash;
import xyz.autonomys.farmer.primitives.PotOutput;
import xyz.autonomys.farmer.primitives.RewardHash;
import xyz.autonomys.farmer.primitives.RewardSignature;
import xyz.autonomys.farmer.primitives.Solution;
import xyz.autonomys.farmer.primitives.hash.Blake2b256;
import xyz.autonomys.farmer.primitives.scale.ScaleWriter;
import xyz.autonomys.farmer.primitives.scale.Solutions;

/**
 * A vote: a solution too weak for a block, put on chain by the farmer's signature.
 *
 * <p>Source: autonomys/subspace, crates/sp-consensus-subspace/src/lib.rs (spec 06 §16).
 *
 * @param height number of the block it votes for, its parent's plus one (u32)
 * @param parentHash hash of that parent
 * @param slot the slot that was solved (u64)
 * @param solution the solution
 * @param pot proof of time output of the slot
 * @param futurePot that of the slot in which it was claimed
 */
public record Vote(
        long height, BlockHash parentHash, long slot, Solution solution, PotOutput pot, PotOutput futurePot) {
    /** SCALE bytes of a vote. */
    public static final int BYTES = 489;

    /** The {@value #BYTES} SCALE bytes. */
    public byte[] encode() {
        ScaleWriter out = new ScaleWriter(BYTES);
        out.u8(0).u32(height).bytes(parentHash).u64(slot);
        Solutions.write(out, solution);
        return out.bytes(pot).bytes(futurePot).toBytes();
    }

    /** What the farmer signs. */
    public RewardHash hash() {
        return RewardHash.of(Blake2b256.hash(encode()));
    }

    /** The solution's identity. */
    public Kappa kappa() {
        return Kappa.of(solution, slot);
    }

    /**
     * A vote with its signature.
     *
     * @param vote the vote
     * @param signature the farmer's signature of its hash
     */
    public record Signed(Vote vote, RewardSignature signature) {
        byte[] encode() {
            return new ScaleWriter(BYTES + RewardSignature.SIZE)
                    .bytes(vote.encode())
                    .bytes(signature)
                    .toBytes();
        }
    }
}

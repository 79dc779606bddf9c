package xyz.autonomys.farmer.devnode.chain;

import xyz.autonomys.farmer.primitives.PublicKey;
import xyz.autonomys.farmer.primitives.ScalarBytes;
import xyz.autonomys.farmer.primitives.Solution;

/**
 * What identifies a solution on the chain; the reward address is not part of it.
 *
 * <p>Source: autonomys/subspace, crates/pallet-subspace/src/lib.rs, check_vote (spec 06 §13.1).
 *
 * @param publicKey key of the farm
 * @param sectorIndex sector (u16)
 * @param pieceOffset record in the sector (u16)
 * @param chunk the decoded chunk
 * @param slot the slot it solves (u64)
 */
public record Kappa(PublicKey publicKey, int sectorIndex, int pieceOffset, ScalarBytes chunk, long slot) {
    static Kappa of(Solution solution, long slot) {
        return new Kappa(solution.publicKey(), solution.sectorIndex(), solution.pieceOffset(), solution.chunk(), slot);
    }
}

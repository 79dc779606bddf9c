package xyz.autonomys.farmer.devnode.chain;

import java.util.List;
import xyz.autonomys.farmer.primitives.PotOutput;

/**
 * The proof of time of one slot.
 *
 * @param slot its number
 * @param seed with what it began
 * @param checkpoints eight outputs, the last one being the slot's
 */
public record SlotProof(long slot, PotOutput seed, List<PotOutput> checkpoints) {
    /** The slot's output. */
    public PotOutput output() {
        return checkpoints.getLast();
    }
}

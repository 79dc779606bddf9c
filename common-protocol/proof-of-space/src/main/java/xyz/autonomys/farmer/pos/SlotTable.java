package xyz.autonomys.farmer.pos;

import java.util.Optional;
import xyz.autonomys.farmer.primitives.PosProof;

/** A finished table: one slot per s-bucket over the parents of the levels below. */
final class SlotTable implements PosTable {
    private final BackPointers pointers;
    private final Slots slots;
    private final PlainMasks masks;
    private final int[] parents = new int[2 * MAX_MASKS];

    SlotTable(BackPointers pointers, Slots slots, PlainMasks masks) {
        this.pointers = pointers;
        this.slots = slots;
        this.masks = masks;
    }

    @Override
    public Optional<PosProof> findProof(int challengeIndex) {
        PosRules.checkSBucket(challengeIndex);
        if (slots.isEmpty(challengeIndex)) {
            return Optional.empty();
        }
        return Optional.of(PosProof.of(pointers.proof(slots.left(challengeIndex), slots.right(challengeIndex))));
    }

    @Override
    public int masks(long[] usedSBuckets, byte[] maskBytes) {
        int count = slots.collect(usedSBuckets, parents, MAX_MASKS);
        masks.make(pointers, parents, MAX_MASKS, count, maskBytes);
        return count;
    }
}

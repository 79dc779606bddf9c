package xyz.autonomys.farmer.pos;

import java.util.Optional;
import xyz.autonomys.farmer.primitives.PosProof;

/** A finished table: one slot per s-bucket over the parents of the levels below. */
final class SlotTable implements PosTable {
    private final BackPointers pointers;
    private final Slots slots;
    private final MaskMaker masks;
    private final int[] leftParents = new int[MAX_MASKS];
    private final int[] rightParents = new int[MAX_MASKS];

    SlotTable(BackPointers pointers, Slots slots, MaskMaker masks) {
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
        int count = slots.collect(usedSBuckets, leftParents, rightParents);
        masks.make(pointers, leftParents, rightParents, count, maskBytes);
        return count;
    }
}

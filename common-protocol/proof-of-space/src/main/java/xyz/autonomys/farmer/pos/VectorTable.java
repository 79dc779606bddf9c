package xyz.autonomys.farmer.pos;

import java.util.Optional;
import xyz.autonomys.farmer.primitives.PosProof;

/** A finished table of a fast builder, reading the builder's memory. */
final class VectorTable implements PosTable {
    private final TableMemory memory;
    private final Slots slots;
    private final VectorMasks masks;

    VectorTable(TableMemory memory, Slots slots, VectorMasks masks) {
        this.memory = memory;
        this.slots = slots;
        this.masks = masks;
    }

    @Override
    public Optional<PosProof> findProof(int challengeIndex) {
        PosRules.checkSBucket(challengeIndex);
        if (slots.isEmpty(challengeIndex)) {
            return Optional.empty();
        }
        return Optional.of(PosProof.of(memory.proof(slots.left(challengeIndex), slots.right(challengeIndex))));
    }

    @Override
    public int masks(long[] usedSBuckets, byte[] maskBytes) {
        return masks.make(memory, slots, usedSBuckets, maskBytes);
    }
}

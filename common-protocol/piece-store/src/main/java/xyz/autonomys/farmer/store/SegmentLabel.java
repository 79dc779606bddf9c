package xyz.autonomys.farmer.store;

import xyz.autonomys.farmer.primitives.Blake3Hash;
import xyz.autonomys.farmer.primitives.SegmentCommitment;

/**
 * Which segment a file holds.
 *
 * @param segmentIndex its index (u64)
 * @param genesisHash of which chain it is
 * @param commitment the commitment that its pieces belong to
 */
public record SegmentLabel(long segmentIndex, Blake3Hash genesisHash, SegmentCommitment commitment) {
    @Override
    public String toString() {
        return "segment " + Long.toUnsignedString(segmentIndex) + " of chain " + genesisHash + " with commitment "
                + commitment;
    }
}

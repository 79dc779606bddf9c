package xyz.autonomys.farmer.primitives;

/**
 * Header of an archived segment, variant V0.
 *
 * @param segmentIndex index of the segment (u64)
 * @param segmentCommitment commitment to the segment's records
 * @param prevSegmentHeaderHash BLAKE3 of the previous header's SCALE bytes, zero for segment 0
 * @param lastArchivedBlock where the segment ends
 */
public record SegmentHeader(
        long segmentIndex,
        SegmentCommitment segmentCommitment,
        Blake3Hash prevSegmentHeaderHash,
        LastArchivedBlock lastArchivedBlock) {}

package xyz.autonomys.farmer.primitives;

/**
 * A farmer's solution of a slot: a proof that it stores the chunk that won.
 *
 * @param publicKey key of the farm
 * @param rewardAddress account that is rewarded
 * @param sectorIndex sector of the farm (u16)
 * @param historySize history size at which the sector was plotted (u64, not zero)
 * @param pieceOffset record inside the sector (u16)
 * @param recordCommitment commitment to the record
 * @param recordWitness witness of the record in its segment
 * @param chunk the decoded chunk, big-endian scalar
 * @param chunkWitness witness of the chunk in its record
 * @param proofOfSpace proof of space of the audited s-bucket
 */
public record Solution(
        PublicKey publicKey,
        PublicKey rewardAddress,
        int sectorIndex,
        long historySize,
        int pieceOffset,
        RecordCommitment recordCommitment,
        RecordWitness recordWitness,
        ScalarBytes chunk,
        ChunkWitness chunkWitness,
        PosProof proofOfSpace) {}

package xyz.autonomys.farmer.sector.prove;

import xyz.autonomys.farmer.primitives.ChunkWitness;
import xyz.autonomys.farmer.primitives.PosProof;
import xyz.autonomys.farmer.primitives.PublicKey;
import xyz.autonomys.farmer.primitives.ScalarBytes;
import xyz.autonomys.farmer.primitives.Solution;
import xyz.autonomys.farmer.sector.SectorMetadata;
import xyz.autonomys.farmer.sector.read.StoredRecord;

/**
 * What has to be computed for a solution; everything else of it is read.
 *
 * @param chunk the unmasked chunk
 * @param witness that the chunk is in its record
 * @param proofOfSpace the proof whose hash masks the chunk
 */
public record ChunkProof(ScalarBytes chunk, ChunkWitness witness, PosProof proofOfSpace) {
    /**
     * The solution.
     *
     * @param publicKey key of the farm
     * @param rewardAddress account to reward
     * @param metadata of the sector
     * @param record that was proven
     */
    public Solution solution(
            PublicKey publicKey, PublicKey rewardAddress, SectorMetadata metadata, StoredRecord record) {
        return new Solution(
                publicKey,
                rewardAddress,
                metadata.sectorIndex(),
                metadata.historySize(),
                record.pieceOffset(),
                record.commitment(),
                record.witness(),
                chunk,
                witness,
                proofOfSpace);
    }
}

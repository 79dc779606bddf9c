package xyz.autonomys.farmer.sector.audit;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import xyz.autonomys.farmer.primitives.Blake3Hash;
import xyz.autonomys.farmer.primitives.ProtocolSizes;
import xyz.autonomys.farmer.primitives.SectorId;
import xyz.autonomys.farmer.primitives.hash.Blake3Batch;
import xyz.autonomys.farmer.sector.ReadAt;
import xyz.autonomys.farmer.sector.SectorIds;
import xyz.autonomys.farmer.sector.SectorLayout;
import xyz.autonomys.farmer.sector.SectorMetadata;
import xyz.autonomys.farmer.sector.SolutionRanges;

/** Audits sectors, one after another, on one thread, in buffers it keeps. */
public final class SectorAuditor {
    private final Blake3Batch batch = Blake3Batch.create();
    private byte[] chunks = new byte[0];
    private long[] points = new long[0];

    /**
     * Reads and audits the s-bucket that the challenge names.
     *
     * @param votingRange the wider of the slot's two ranges, unsigned
     * @return empty if no chunk is near enough; nothing is read if the s-bucket is empty
     * @throws IOException if the sector cannot be read
     */
    public Optional<SectorAudit> audit(
            SectorId sectorId, Blake3Hash globalChallenge, long votingRange, SectorMetadata metadata, ReadAt sector)
            throws IOException {
        Blake3Hash challenge = SectorIds.sectorSlotChallenge(sectorId, globalChallenge);
        int sBucket = SectorIds.sBucket(challenge);
        int size = metadata.sBucketSize(sBucket);
        if (size == 0) {
            return Optional.empty();
        }
        int length = size * ProtocolSizes.CHUNK_BYTES;
        if (chunks.length < length) {
            chunks = new byte[length];
        }
        long offset = new SectorLayout(metadata.piecesInSector()).chunkOffset(metadata.sBucketOffset(sBucket));
        sector.readAt(offset, chunks, 0, length);
        List<ChunkCandidate> candidates = candidates(globalChallenge, challenge, votingRange, chunks, 0, size);
        return candidates.isEmpty()
                ? Optional.empty()
                : Optional.of(new SectorAudit(sectorId, challenge, sBucket, candidates));
    }

    /**
     * The chunks of an s-bucket that lie within the range, nearest first; equally near ones in their order.
     *
     * @param stored the chunks as the sector has them, from {@code offset} on
     * @param count number of chunks
     */
    public List<ChunkCandidate> candidates(
            Blake3Hash globalChallenge,
            Blake3Hash sectorSlotChallenge,
            long votingRange,
            byte[] stored,
            int offset,
            int count) {
        if (points.length < count) {
            points = new long[count];
        }
        batch.keyedHash32(sectorSlotChallenge.toBytes(), stored, offset, count, points, 0);
        long target = SolutionRanges.point(globalChallenge);
        List<ChunkCandidate> candidates = new ArrayList<>();
        for (int chunk = 0; chunk < count; chunk++) {
            long distance = SolutionRanges.distance(target, points[chunk]);
            if (SolutionRanges.isWithin(distance, votingRange)) {
                candidates.add(new ChunkCandidate(chunk, distance));
            }
        }
        // The sort is stable, which the protocol's order of equal distances relies on.
        candidates.sort((a, b) -> Long.compareUnsigned(a.distance(), b.distance()));
        return candidates;
    }
}

package xyz.autonomys.farmer.sector.audit;

import java.util.List;
import xyz.autonomys.farmer.primitives.Blake3Hash;
import xyz.autonomys.farmer.primitives.SectorId;

/**
 * A sector with chunks that may win.
 *
 * @param sectorId the sector
 * @param challenge its challenge in this slot
 * @param sBucket the audited s-bucket
 * @param candidates at least one, nearest first
 */
public record SectorAudit(SectorId sectorId, Blake3Hash challenge, int sBucket, List<ChunkCandidate> candidates) {
    /** Takes a copy of the list. */
    public SectorAudit {
        candidates = List.copyOf(candidates);
    }
}

package xyz.autonomys.farmer.sector.prove;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import xyz.autonomys.farmer.primitives.SectorId;
import xyz.autonomys.farmer.sector.SectorContentsMap;
import xyz.autonomys.farmer.sector.SectorContentsMap.Presence;
import xyz.autonomys.farmer.sector.audit.ChunkCandidate;
import xyz.autonomys.farmer.sector.audit.SectorAudit;

/**
 * The chunks of an audited sector that can be proven, nearest first (specification 04 §13).
 *
 * @param sectorId the sector
 * @param sBucket the audited s-bucket
 * @param candidates at least one
 */
public record SectorCandidates(SectorId sectorId, int sBucket, List<SolutionCandidate> candidates) {
    /** Takes a copy of the list. */
    public SectorCandidates {
        candidates = List.copyOf(candidates);
    }

    /**
     * Finds the record of each winning chunk. Chunks stored without a mask are left out, since there is no proof of space
     * for them, and so are those that the map does not know.
     *
     * @param map the contents map of the audited sector
     * @return empty if nothing is left
     */
    public static Optional<SectorCandidates> of(SectorAudit audit, SectorContentsMap map) {
        int[] records = new int[map.records()];
        int present = 0;
        for (int record = 0; record < records.length; record++) {
            if (map.isPresent(record, audit.sBucket())) {
                records[present++] = record;
            }
        }
        List<SolutionCandidate> candidates = new ArrayList<>();
        for (ChunkCandidate candidate : audit.candidates()) {
            if (candidate.chunkOffset() < present) {
                int record = records[candidate.chunkOffset()];
                if (map.presence(record, audit.sBucket()) == Presence.ENCODED) {
                    candidates.add(new SolutionCandidate(record, candidate.distance()));
                }
            }
        }
        return candidates.isEmpty()
                ? Optional.empty()
                : Optional.of(new SectorCandidates(audit.sectorId(), audit.sBucket(), candidates));
    }

    /** The distance of the first candidate, unsigned. */
    public long bestDistance() {
        return candidates.getFirst().distance();
    }
}

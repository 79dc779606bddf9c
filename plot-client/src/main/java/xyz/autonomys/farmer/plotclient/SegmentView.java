package xyz.autonomys.farmer.plotclient;

import java.util.Optional;
import java.util.OptionalLong;
import xyz.autonomys.farmer.cluster.control.SegmentLedger;
import xyz.autonomys.farmer.primitives.FarmerProtocolInfo;
import xyz.autonomys.farmer.primitives.SectorId;
import xyz.autonomys.farmer.primitives.SegmentCommitment;
import xyz.autonomys.farmer.sector.SectorExpiration;

/** What the cluster's history means for sectors. */
record SegmentView(SegmentLedger ledger) {
    /** The history size that a sector plotted now gets. */
    long historySize() {
        return ledger.contiguousSegments();
    }

    /**
     * Whether a sector must be replaced: it is expired, or will be with the next segment.
     *
     * @param plottedHistorySize history size of the sector
     */
    boolean isExpiring(SectorId sectorId, long plottedHistorySize, FarmerProtocolInfo protocol) {
        OptionalLong check = SectorExpiration.checkHistorySize(plottedHistorySize, protocol.minSectorLifetime());
        if (check.isEmpty()) {
            return false;
        }
        Optional<SegmentCommitment> commitment = ledger.commitment(check.getAsLong() - 1);
        if (commitment.isEmpty()) {
            return false;
        }
        OptionalLong expiration = SectorExpiration.expirationHistorySize(
                sectorId, plottedHistorySize, protocol.minSectorLifetime(), commitment.get());
        return expiration.isPresent() && SectorExpiration.isExpired(expiration.getAsLong(), historySize() + 1);
    }
}

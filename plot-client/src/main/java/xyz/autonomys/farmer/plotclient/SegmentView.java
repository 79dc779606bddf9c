package xyz.autonomys.farmer.plotclient;

import java.util.Optional;
import java.util.OptionalLong;
import xyz.autonomys.farmer.cluster.control.Member;
import xyz.autonomys.farmer.cluster.control.MemberRole;
import xyz.autonomys.farmer.cluster.control.Membership;
import xyz.autonomys.farmer.cluster.control.SegmentLedger;
import xyz.autonomys.farmer.primitives.FarmerProtocolInfo;
import xyz.autonomys.farmer.primitives.SectorId;
import xyz.autonomys.farmer.primitives.SegmentCommitment;
import xyz.autonomys.farmer.sector.SectorExpiration;

/** What the cluster's history means for sectors. */
record SegmentView(SegmentLedger ledger, Membership membership) {
    /**
     * The history size that a sector plotted now gets: as far as the cluster knows all headers and every healthy node has
     * got, so that no node lacks a segment of it (rule M10 of the node RPC chapter, section 13.3).
     */
    long historySize() {
        long size = ledger.contiguousSegments();
        for (Member controller : membership.present(MemberRole.CONTROLLER)) {
            if (controller.healthy()) {
                Optional<String> told = controller.detail(Member.HISTORY_SIZE);
                if (told.isPresent() && told.get().matches("[0-9]{1,18}")) {
                    size = Math.min(size, Long.parseLong(told.get()));
                }
            }
        }
        return size;
    }

    /** Whether a sector is worthless by the history that is recorded now. */
    boolean isExpired(SectorId sectorId, long plottedHistorySize, FarmerProtocolInfo protocol) {
        OptionalLong expires = expires(sectorId, plottedHistorySize, protocol);
        return expires.isPresent() && SectorExpiration.isExpired(expires.getAsLong(), ledger.contiguousSegments());
    }

    /** Why nothing may be plotted now: two nodes disagree about history. */
    Optional<String> alarm() {
        return membership.present(MemberRole.CONTROLLER).stream()
                .flatMap(controller -> controller.detail(Member.ALARM).stream())
                .findFirst();
    }

    /**
     * The history size from which on a sector is worthless, as soon as it is known.
     *
     * @param plottedHistorySize history size of the sector
     */
    OptionalLong expires(SectorId sectorId, long plottedHistorySize, FarmerProtocolInfo protocol) {
        OptionalLong check = SectorExpiration.checkHistorySize(plottedHistorySize, protocol.minSectorLifetime());
        if (check.isEmpty()) {
            return OptionalLong.empty();
        }
        Optional<SegmentCommitment> commitment = ledger.commitment(check.getAsLong() - 1);
        return commitment.isEmpty()
                ? OptionalLong.empty()
                : SectorExpiration.expirationHistorySize(
                        sectorId, plottedHistorySize, protocol.minSectorLifetime(), commitment.get());
    }
}

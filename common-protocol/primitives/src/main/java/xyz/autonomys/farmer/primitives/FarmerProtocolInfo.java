package xyz.autonomys.farmer.primitives;

/**
 * What a farmer must know of the chain to plot. All integers are unsigned.
 *
 * @param historySize number of archived segments, not zero
 * @param maxPiecesInSector pieces in a full sector (u16)
 * @param recentSegments segments that count as recent history
 * @param recentHistoryNumerator numerator of the share of pieces taken from recent history
 * @param recentHistoryDenominator its denominator
 * @param minSectorLifetime segments after which a sector may expire at the earliest
 */
public record FarmerProtocolInfo(
        long historySize,
        int maxPiecesInSector,
        long recentSegments,
        long recentHistoryNumerator,
        long recentHistoryDenominator,
        long minSectorLifetime) {}

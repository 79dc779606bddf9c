package xyz.autonomys.farmer.sector;

import java.math.BigInteger;
import java.util.OptionalLong;
import xyz.autonomys.farmer.primitives.Blake3Hash;
import xyz.autonomys.farmer.primitives.SectorId;
import xyz.autonomys.farmer.primitives.SegmentCommitment;
import xyz.autonomys.farmer.primitives.hash.Blake3;

/**
 * How long a sector counts (specification 04 §5). The end is drawn from the commitment of a segment that does not exist
 * yet when the sector is plotted, so nobody can choose sectors that live long.
 *
 * <p>Source: autonomys/subspace, crates/subspace-core-primitives/src/sectors.rs ({@code derive_expiration_history_size}).
 */
public final class SectorExpiration {
    private static final BigInteger MAX_U64 = LittleEndianHashes.unsigned(-1L);

    private SectorExpiration() {}

    /**
     * The history size at which the end of life becomes known: its last segment, index one less, decides.
     *
     * @return empty if the sum exceeds 64 bits
     */
    public static OptionalLong checkHistorySize(long historySize, long minSectorLifetime) {
        long sum = historySize + minSectorLifetime;
        return Long.compareUnsigned(sum, historySize) < 0 ? OptionalLong.empty() : OptionalLong.of(sum);
    }

    /**
     * The history size from which on the sector is expired, between h + L and 4h + L − 1.
     *
     * @param checkSegment commitment of the segment with index {@code checkHistorySize − 1}
     * @return empty if a term exceeds 64 bits; such a history size is invalid
     */
    public static OptionalLong expirationHistorySize(
            SectorId sectorId, long historySize, long minSectorLifetime, SegmentCommitment checkSegment) {
        BigInteger history = LittleEndianHashes.unsigned(historySize);
        BigInteger lifetime = LittleEndianHashes.unsigned(minSectorLifetime);
        BigInteger lastPossible = lifetime.add(history.shiftLeft(2));
        if (lastPossible.compareTo(MAX_U64) > 0 || historySize == 0) {
            return OptionalLong.empty();
        }
        long check = historySize + minSectorLifetime;
        long window = lastPossible.longValue() - check;
        Blake3Hash input = Blake3.hash(sectorId.toBytes(), checkSegment.toBytes());
        return OptionalLong.of(check + LittleEndianHashes.remainder(input, window));
    }

    /** Whether a sector that expires at {@code expirationHistorySize} is expired at {@code currentHistorySize}. */
    public static boolean isExpired(long expirationHistorySize, long currentHistorySize) {
        return Long.compareUnsigned(expirationHistorySize, currentHistorySize) <= 0;
    }
}

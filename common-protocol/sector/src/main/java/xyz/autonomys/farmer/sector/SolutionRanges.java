package xyz.autonomys.farmer.sector;

import java.math.BigInteger;
import xyz.autonomys.farmer.primitives.Blake3Hash;
import xyz.autonomys.farmer.primitives.ProtocolSizes;
import xyz.autonomys.farmer.primitives.hash.Blake3;

/**
 * Distances and ranges (specification 04 §12 and §16). All values are unsigned 64-bit integers in a {@code long}.
 *
 * <p>Source: autonomys/subspace, crates/subspace-core-primitives/src/solutions.rs.
 */
public final class SolutionRanges {
    private static final BigInteger MAX_U64 = LittleEndianHashes.unsigned(-1L);
    private static final BigInteger MAX_U128 = BigInteger.ONE.shiftLeft(128).subtract(BigInteger.ONE);

    private SolutionRanges() {}

    /** The distance of two points on the ring of 64-bit numbers, 0 to 2^63. */
    public static long distance(long a, long b) {
        long forward = a - b;
        return Long.compareUnsigned(forward, -forward) <= 0 ? forward : -forward;
    }

    /** The first eight bytes of a challenge, little-endian: the point chunks are measured from. */
    public static long point(Blake3Hash hash) {
        long value = 0;
        for (int i = 7; i >= 0; i--) {
            value = value << 8 | hash.byteAt(i) & 0xFF;
        }
        return value;
    }

    /** The distance of a chunk as stored in a sector, that is with its mask, from the global challenge. */
    public static long chunkDistance(Blake3Hash globalChallenge, Blake3Hash sectorSlotChallenge, byte[] storedChunk) {
        return distance(point(globalChallenge), point(Blake3.keyedHash(sectorSlotChallenge.toBytes(), storedChunk)));
    }

    /** Whether a distance lies within a range: at most half of it, rounded down. */
    public static boolean isWithin(long distance, long solutionRange) {
        return Long.compareUnsigned(distance, solutionRange >>> 1) <= 0;
    }

    /** The range at which {@code pieces} pieces give the wanted number of solutions per slot. */
    public static long ofPieces(long pieces, long slotNumerator, long slotDenominator) {
        return Long.divideUnsigned(numerator(slotNumerator, slotDenominator), pieces);
    }

    /** The number of pieces a range stands for; the inverse of {@link #ofPieces}. */
    public static long toPieces(long solutionRange, long slotNumerator, long slotDenominator) {
        return Long.divideUnsigned(numerator(slotNumerator, slotDenominator), solutionRange);
    }

    private static long numerator(long slotNumerator, long slotDenominator) {
        long perSlot = Long.divideUnsigned(-1L, slotDenominator) * slotNumerator;
        return Long.divideUnsigned(perSlot, ProtocolSizes.RECORD_CHUNKS) * ProtocolSizes.S_BUCKETS;
    }

    /**
     * The solution range of the next era: scaled by the time this era took, at most four times more or less.
     *
     * @param eraStartSlot slot of the first block of the era
     * @param currentSlot slot of the block that ends it
     * @param eraBlocks blocks of an era
     */
    public static long next(
            long eraStartSlot,
            long currentSlot,
            long slotNumerator,
            long slotDenominator,
            long currentRange,
            long eraBlocks) {
        BigInteger range = LittleEndianHashes.unsigned(currentRange);
        BigInteger scaled = range.multiply(LittleEndianHashes.unsigned(currentSlot - eraStartSlot))
                .min(MAX_U128)
                .multiply(LittleEndianHashes.unsigned(slotNumerator))
                .min(MAX_U128)
                .divide(LittleEndianHashes.unsigned(eraBlocks))
                .divide(LittleEndianHashes.unsigned(slotDenominator))
                .min(MAX_U64);
        BigInteger lowest = range.shiftRight(2);
        BigInteger highest = range.shiftLeft(2).min(MAX_U64);
        return scaled.max(lowest).min(highest).longValue();
    }

    /** The range in which a solution is a vote: {@code votesPerBlock + 1} times the block's, saturating. */
    public static long voting(long solutionRange, int votesPerBlock) {
        return LittleEndianHashes.unsigned(solutionRange)
                .multiply(BigInteger.valueOf(votesPerBlock + 1L))
                .min(MAX_U64)
                .longValue();
    }
}

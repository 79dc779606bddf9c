package xyz.autonomys.farmer.devnode.chain;

import xyz.autonomys.farmer.primitives.Blake3Hash;
import xyz.autonomys.farmer.primitives.FarmerProtocolInfo;

/**
 * What makes a simulated chain the chain it is.
 *
 * @param stateRoot state root of block 0; the genesis hash follows from it
 * @param slotMillis duration of a slot in milliseconds, 1000 on real networks
 * @param authoringDelay slots between a slot and the block that claims it, 4 on real networks
 * @param confirmationDepth blocks after which a block is archived, 100 on real networks, 5 on development ones
 * @param maxPiecesInSector pieces of the largest sector (u16)
 * @param recentSegments segments that count as recent history
 * @param recentHistoryNumerator numerator of the share of pieces taken from recent history
 * @param recentHistoryDenominator its denominator
 * @param minSectorLifetime segments after which a sector may expire at the earliest
 * @param eraBlocks blocks between adjustments of the solution range
 * @param solutionRange the first solution range (u64)
 * @param adjustSolutionRange whether the range is adjusted at the end of an era
 * @param votesPerBlock expected votes per block; the voting range is larger by this number plus one
 * @param potIterations iterations of one slot's proof of time, a multiple of 16
 * @param blockBodyBytes bytes of filler in every block, which decide how fast history grows
 */
public record ChainSettings(
        Blake3Hash stateRoot,
        int slotMillis,
        int authoringDelay,
        int confirmationDepth,
        int maxPiecesInSector,
        long recentSegments,
        long recentHistoryNumerator,
        long recentHistoryDenominator,
        long minSectorLifetime,
        int eraBlocks,
        long solutionRange,
        boolean adjustSolutionRange,
        int votesPerBlock,
        int potIterations,
        int blockBodyBytes) {
    /** Slots in which a block is expected on average once: the slot probability of every known network is 1/6. */
    public static final int SLOTS_PER_BLOCK = 6;

    /**
     * Checks what the chain's rules rely on.
     *
     * @throws IllegalArgumentException naming the setting that is out of its range
     */
    public ChainSettings {
        require(slotMillis >= 1, "slot duration", slotMillis);
        require(authoringDelay >= 1, "authoring delay", authoringDelay);
        require(confirmationDepth >= 1, "confirmation depth", confirmationDepth);
        require(maxPiecesInSector >= 1 && maxPiecesInSector <= 0xffff, "pieces in a sector", maxPiecesInSector);
        require(minSectorLifetime >= 1, "minimum sector lifetime", minSectorLifetime);
        require(eraBlocks >= 1, "blocks of an era", eraBlocks);
        require(potIterations >= 16 && potIterations % 16 == 0, "proof of time iterations", potIterations);
        require(blockBodyBytes >= 0 && blockBodyBytes <= 1 << 26, "bytes of a block", blockBodyBytes);
        require(solutionRange != 0, "solution range", solutionRange);
    }

    private static void require(boolean holds, String what, long value) {
        if (!holds) {
            throw new IllegalArgumentException("the simulated chain cannot have a " + what + " of " + value);
        }
    }

    /** A development chain: upstream's constants with a confirmation depth of 5 and no adjustment. */
    public static ChainSettings development(int maxPiecesInSector, long solutionRange, int slotMillis) {
        return new ChainSettings(
                Blake3Hash.fromHex("6175746f6e6f6d79732d6661726d657220646576656c6f706d656e7420636861"),
                slotMillis,
                4,
                5,
                maxPiecesInSector,
                5,
                1,
                10,
                4,
                2016,
                solutionRange,
                false,
                9,
                1024,
                4 << 20);
    }

    /** The same with another number of expected votes per block. */
    public ChainSettings withVotesPerBlock(int votes) {
        return new ChainSettings(
                stateRoot,
                slotMillis,
                authoringDelay,
                confirmationDepth,
                maxPiecesInSector,
                recentSegments,
                recentHistoryNumerator,
                recentHistoryDenominator,
                minSectorLifetime,
                eraBlocks,
                solutionRange,
                adjustSolutionRange,
                votes,
                potIterations,
                blockBodyBytes);
    }

    /** The same with other filler in its blocks. */
    public ChainSettings withBlockBodyBytes(int bytes) {
        return new ChainSettings(
                stateRoot,
                slotMillis,
                authoringDelay,
                confirmationDepth,
                maxPiecesInSector,
                recentSegments,
                recentHistoryNumerator,
                recentHistoryDenominator,
                minSectorLifetime,
                eraBlocks,
                solutionRange,
                adjustSolutionRange,
                votesPerBlock,
                potIterations,
                bytes);
    }

    /** The same with a solution range that is adjusted after so many blocks, as real networks do after 2016. */
    public ChainSettings withAdjustmentEvery(int blocks) {
        return new ChainSettings(
                stateRoot,
                slotMillis,
                authoringDelay,
                confirmationDepth,
                maxPiecesInSector,
                recentSegments,
                recentHistoryNumerator,
                recentHistoryDenominator,
                minSectorLifetime,
                blocks,
                solutionRange,
                true,
                votesPerBlock,
                potIterations,
                blockBodyBytes);
    }

    /** The same with another number of iterations per slot, a multiple of 16. */
    public ChainSettings withPotIterations(int iterations) {
        return new ChainSettings(
                stateRoot,
                slotMillis,
                authoringDelay,
                confirmationDepth,
                maxPiecesInSector,
                recentSegments,
                recentHistoryNumerator,
                recentHistoryDenominator,
                minSectorLifetime,
                eraBlocks,
                solutionRange,
                adjustSolutionRange,
                votesPerBlock,
                iterations,
                blockBodyBytes);
    }

    /** What a farmer is told about plotting at a history size. */
    public FarmerProtocolInfo protocolInfo(long historySize) {
        return new FarmerProtocolInfo(
                historySize,
                maxPiecesInSector,
                recentSegments,
                recentHistoryNumerator,
                recentHistoryDenominator,
                minSectorLifetime);
    }
}

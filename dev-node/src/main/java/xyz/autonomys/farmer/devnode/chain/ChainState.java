package xyz.autonomys.farmer.devnode.chain;

import java.util.List;
import java.util.Map;
import xyz.autonomys.farmer.primitives.Blake3Hash;
import xyz.autonomys.farmer.primitives.SegmentHeader;

/**
 * What a restart needs besides the newest blocks.
 *
 * @param kind which chain this is: what can never change while it goes on, in words
 * @param bestNumber number of the best block
 * @param lastSlot the last slot that was announced
 * @param solutionRange range of the best block's child, unless {@code nextSolutionRange} replaces it
 * @param nextSolutionRange scheduled range or 0
 * @param eraStartSlot slot of the last adjustment, 0 if there was none
 * @param headers all revealed segment headers
 * @param revealedBlock the last block whose segments are revealed
 * @param entropies entropy collected for later injection, by the number of the block that gave it
 * @param injections entropy that will be mixed into the proof of time, by slot
 */
public record ChainState(
        String kind,
        long bestNumber,
        long lastSlot,
        long solutionRange,
        long nextSolutionRange,
        long eraStartSlot,
        List<SegmentHeader> headers,
        long revealedBlock,
        Map<Long, Blake3Hash> entropies,
        Map<Long, Blake3Hash> injections) {}

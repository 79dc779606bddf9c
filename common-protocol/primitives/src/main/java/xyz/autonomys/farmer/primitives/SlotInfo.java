package xyz.autonomys.farmer.primitives;

/**
 * A slot as the node announces it. All integers are unsigned 64 bits.
 *
 * @param slotNumber number of the slot
 * @param globalChallenge challenge of the slot
 * @param solutionRange range in which a solution makes a block
 * @param votingSolutionRange range in which a solution makes a vote
 */
public record SlotInfo(long slotNumber, Blake3Hash globalChallenge, long solutionRange, long votingSolutionRange) {}

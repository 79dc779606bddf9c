package xyz.autonomys.farmer.primitives;

/**
 * The last block of a segment and how much of it was archived.
 *
 * @param number block number (u32)
 * @param partialBytes archived bytes of the block (u32) if it continues in the next segment, else -1: complete
 */
public record LastArchivedBlock(long number, long partialBytes) {}

package xyz.autonomys.farmer.archiving;

/**
 * A block read back from history.
 *
 * @param number block number
 * @param bytes its encoded bytes as they were archived
 */
public record ArchivedBlock(long number, byte[] bytes) {}

package xyz.autonomys.farmer.sector.audit;

/**
 * A chunk that may win.
 *
 * @param chunkOffset its place among the chunks of its s-bucket; not a piece offset
 * @param distance its distance from the global challenge, unsigned
 */
public record ChunkCandidate(int chunkOffset, long distance) {}

package xyz.autonomys.farmer.sector.prove;

/**
 * A chunk that can be proven.
 *
 * @param pieceOffset the record it belongs to
 * @param distance from the global challenge, unsigned
 */
public record SolutionCandidate(int pieceOffset, long distance) {}

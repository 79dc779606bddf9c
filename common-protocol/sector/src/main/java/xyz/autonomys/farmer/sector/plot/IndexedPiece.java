package xyz.autonomys.farmer.sector.plot;

import xyz.autonomys.farmer.primitives.Piece;

/**
 * A piece and the index it was asked for under.
 *
 * @param index piece index, unsigned
 * @param piece what came as the answer
 */
public record IndexedPiece(long index, Piece piece) {}

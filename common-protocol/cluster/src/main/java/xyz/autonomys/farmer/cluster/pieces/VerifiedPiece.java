package xyz.autonomys.farmer.cluster.pieces;

import xyz.autonomys.farmer.primitives.Piece;

/**
 * A piece that was checked against the commitment of its segment.
 *
 * @param index its index (u64)
 * @param piece the bytes
 */
public record VerifiedPiece(long index, Piece piece) {}

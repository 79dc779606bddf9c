package xyz.autonomys.farmer.archiving;

import xyz.autonomys.farmer.primitives.Piece;
import xyz.autonomys.farmer.primitives.SegmentCommitment;

/**
 * The claim that a piece belongs to history.
 *
 * @param pieceIndex its index (u64)
 * @param piece the bytes
 * @param segmentCommitment commitment of the segment that owns the index, from a trusted header
 */
public record PieceClaim(long pieceIndex, Piece piece, SegmentCommitment segmentCommitment) {}

package xyz.autonomys.farmer.archiving;

import java.util.List;
import xyz.autonomys.farmer.primitives.Piece;
import xyz.autonomys.farmer.primitives.SegmentHeader;

/**
 * A finished segment of history.
 *
 * @param header its header, whose hash the next segment carries
 * @param pieces its 256 pieces by position, source and parity interleaved
 */
public record ArchivedSegment(SegmentHeader header, List<Piece> pieces) {}

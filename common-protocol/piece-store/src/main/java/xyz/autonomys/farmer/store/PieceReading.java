package xyz.autonomys.farmer.store;

import xyz.autonomys.farmer.primitives.Blake3Hash;
import xyz.autonomys.farmer.primitives.Piece;

/** What reading a piece from disk gave. */
public sealed interface PieceReading {
    /** The piece; its checksum has been verified. */
    record Found(Piece piece, Blake3Hash checksum) implements PieceReading {}

    /** There is no such piece here. */
    record Absent() implements PieceReading {}

    /**
     * The bytes are not those that were stored. The piece counts as lacking from now on.
     *
     * @param what names the piece and the place
     */
    record Corrupt(String what) implements PieceReading {}
}

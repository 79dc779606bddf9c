package xyz.autonomys.farmer.cluster.data;

import xyz.autonomys.farmer.primitives.Piece;

/** What a peer said about one piece index it was asked for. */
public sealed interface PieceAnswer {
    /** Which piece (u64). */
    long index();

    /**
     * The piece came, and has the checksum that it was announced with. Whether it is the right piece is for the caller
     * to verify against its segment commitment.
     */
    record Found(long index, Piece piece) implements PieceAnswer {}

    /** The peer does not have it. */
    record Missing(long index) implements PieceAnswer {}

    /** Something came that is not a piece or does not have its checksum; {@code why} says what. */
    record Damaged(long index, String why) implements PieceAnswer {}
}

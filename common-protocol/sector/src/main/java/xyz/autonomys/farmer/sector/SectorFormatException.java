package xyz.autonomys.farmer.sector;

/** A part of a sector that is not what it should be. The message says which part, what was expected and what was found. */
public final class SectorFormatException extends Exception {
    private static final long serialVersionUID = 1L;

    /** What is wrong, as far as callers tell it apart. */
    public enum Kind {
        /** The number of bytes is wrong. */
        INVALID_LENGTH,
        /** The checksum does not match the bytes. */
        CHECKSUM_MISMATCH,
        /** A record of the contents map has more than 32,768 encoded chunks. */
        INVALID_ENCODED_RECORD_CHUNKS,
        /** A history size of zero, which no sector has. */
        ZERO_HISTORY_SIZE
    }

    private final Kind kind;

    SectorFormatException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    /** What is wrong. */
    public Kind kind() {
        return kind;
    }
}

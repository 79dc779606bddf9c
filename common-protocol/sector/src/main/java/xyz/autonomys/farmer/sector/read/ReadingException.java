package xyz.autonomys.farmer.sector.read;

import java.io.Serial;

/** A record that cannot be read back from its sector. The message says what was read, where, and what is wrong. */
public final class ReadingException extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    /** What is wrong, as far as callers tell it apart. None of these speaks against the other sectors of a farm. */
    public enum Kind {
        /** The contents map is damaged; the cause says how. */
        INVALID_CONTENTS_MAP,
        /** The disk did not give a chunk, or the sector ends before it. */
        UNREADABLE_CHUNK,
        /** The map has an encoded chunk where the table has no proof. */
        MISSING_PROOF,
        /** An unmasked chunk is no canonical scalar. */
        INVALID_CHUNK,
        /** All chunks are scalars, but the piece is not the one that was plotted. */
        CHECKSUM_MISMATCH
    }

    private final Kind kind;

    ReadingException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    ReadingException(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    /** What is wrong. */
    public Kind kind() {
        return kind;
    }
}

package xyz.autonomys.farmer.sector.prove;

import java.io.Serial;

/** A chunk that could not be proven. The message says why. */
public final class ProvingException extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    /** What happened, as far as callers tell it apart. */
    public enum Kind {
        /** The caller gave up, most often because the slot is over. */
        CANCELLED,
        /** The record has no encoded chunk in the s-bucket, or no proof of space for it. */
        ABSENT_CHUNK,
        /** The record is damaged; the cause says how. */
        DAMAGED_RECORD
    }

    private final Kind kind;

    /**
     * Why a chunk was not proven.
     *
     * @param message names the record
     * @param cause what was found, or null
     */
    public ProvingException(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    /** What happened. */
    public Kind kind() {
        return kind;
    }
}

package xyz.autonomys.farmer.sector.plot;

/** A sector that could not be made. The message says what was missing or wrong. */
public final class PlottingException extends Exception {
    private static final long serialVersionUID = 1L;

    /** What is wrong, as far as callers tell it apart. */
    public enum Kind {
        /** Pieces could not be had in all attempts; later it may go well. */
        MISSING_PIECES,
        /** A piece that passed the check holds a chunk that is no scalar: the check is not one. */
        INVALID_RECORD
    }

    private final Kind kind;

    PlottingException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    /** What is wrong. */
    public Kind kind() {
        return kind;
    }
}

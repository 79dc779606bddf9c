package xyz.autonomys.farmer.farm;

import java.io.IOException;

/** A farm that cannot be opened or used as it is. The message is one line for the operator, with the remedy. */
public final class FarmException extends IOException {
    private static final long serialVersionUID = 1L;

    /** What is the matter, for exit codes. */
    public enum Reason {
        /** There is no farm in the directory. */
        NO_FARM,
        /** There is a farm where a new one was to be made. */
        ALREADY_THERE,
        /** Another process holds the farm. */
        IN_USE,
        /** The allocated size holds no sector, or too many. */
        BAD_SIZE,
        /** A file is missing, too short or has other contents than it should. */
        DAMAGED,
        /** The farm belongs to another chain or another key. */
        FOREIGN,
        /** The disk has no room for the farm's files. */
        NO_SPACE,
        /** The size does not hold all sectors that are plotted. */
        WOULD_LOSE,
        /** A sector handed over for storing is not what it should be; the farm is as it was. */
        BAD_SECTOR
    }

    private final Reason reason;

    FarmException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    FarmException(Reason reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    /** What is the matter. */
    public Reason reason() {
        return reason;
    }
}

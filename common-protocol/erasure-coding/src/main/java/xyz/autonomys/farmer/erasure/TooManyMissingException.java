package xyz.autonomys.farmer.erasure;

/** More than half of the chunks are missing: nothing can be recovered. */
public final class TooManyMissingException extends Exception {
    private static final long serialVersionUID = 1L;

    /** The text gives both counts. */
    TooManyMissingException(int known, int total) {
        super("impossible to recover: " + known + " of " + total + " chunks are known, at least " + total / 2
                + " are needed");
    }
}

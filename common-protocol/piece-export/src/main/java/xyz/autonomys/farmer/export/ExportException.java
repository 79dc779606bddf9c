package xyz.autonomys.farmer.export;

/** Why an export cannot go on: the text says what was found, what was expected, and what helps. */
public final class ExportException extends Exception {
    private static final long serialVersionUID = 1L;

    /** A failure in words for the operator. */
    public ExportException(String message) {
        super(message);
    }
}

package xyz.autonomys.farmer.archiving;

/** Pieces from which a segment, its missing pieces or its blocks cannot be rebuilt; the message says what is wrong. */
public final class ReconstructionException extends Exception {
    private static final long serialVersionUID = 1L;

    ReconstructionException(String message) {
        super(message);
    }

    ReconstructionException(String message, Throwable cause) {
        super(message, cause);
    }
}

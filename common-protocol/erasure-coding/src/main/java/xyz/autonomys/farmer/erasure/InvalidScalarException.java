package xyz.autonomys.farmer.erasure;

/** Bytes that are no canonical scalar: read big-endian they are not below the modulus of the field. */
public final class InvalidScalarException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int index;

    /**
     * A bad chunk.
     *
     * @param index which chunk of those given, from 0
     */
    public InvalidScalarException(int index) {
        super("chunk " + index + " is no canonical scalar: its 32 bytes, read big-endian, are not below the modulus");
        this.index = index;
    }

    /** Which chunk of those given, from 0. */
    public int index() {
        return index;
    }
}

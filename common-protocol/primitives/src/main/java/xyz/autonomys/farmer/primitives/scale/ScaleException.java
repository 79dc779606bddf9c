package xyz.autonomys.farmer.primitives.scale;

/** SCALE bytes that cannot be decoded. The message names the value, the offset and what was expected there. */
public final class ScaleException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private final int offset;

    /**
     * @param what name of the value that was read, for example {@code "segment header"}
     * @param offset offset of the offending byte
     * @param problem what was expected and found
     */
    public ScaleException(String what, int offset, String problem) {
        super("SCALE " + what + ", offset " + offset + ": " + problem);
        this.offset = offset;
    }

    /** Offset of the byte at which decoding failed. */
    public int offset() {
        return offset;
    }
}

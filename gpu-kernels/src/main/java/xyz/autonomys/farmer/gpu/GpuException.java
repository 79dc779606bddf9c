package xyz.autonomys.farmer.gpu;

/** A call of the GPU driver failed. */
public final class GpuException extends Exception {
    private static final long serialVersionUID = 1;

    private final int code;

    /**
     * A failure.
     *
     * @param message what failed, on which device, and how the driver calls it
     * @param code the driver's result (CUresult)
     */
    public GpuException(String message, int code) {
        super(message);
        this.code = code;
    }

    /** The driver's result (CUresult). */
    public int code() {
        return code;
    }

    /** Whether the device's context is lost: nothing on it works any more until the process ends. */
    public boolean isSticky() {
        return switch (code) {
            // ECC error, NVLink error, illegal address, launch time-out, assertion, hardware, instruction, alignment, …
            case 214, 220, 700, 702, 709, 710, 714, 715, 716, 717, 718, 719, 999 -> true;
            default -> false;
        };
    }
}

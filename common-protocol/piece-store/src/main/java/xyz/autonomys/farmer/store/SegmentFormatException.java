package xyz.autonomys.farmer.store;

import java.io.IOException;

/** A file that could be read is no segment file of this format. */
final class SegmentFormatException extends IOException {
    private static final long serialVersionUID = 1L;

    SegmentFormatException(String message) {
        super(message);
    }
}

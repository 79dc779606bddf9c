package xyz.autonomys.farmer.cluster.data;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Where the bytes of a downloaded file go. */
@FunctionalInterface
public interface FileSink {
    /**
     * Writes all of {@code bytes}, a direct buffer whose address is a multiple of 4096. All blocks but the last have the
     * block size of the download; they come in order.
     *
     * @param bytes to be consumed before the call returns
     * @param offset where they belong, counted in the file that is downloaded
     */
    void write(ByteBuffer bytes, long offset) throws IOException;
}

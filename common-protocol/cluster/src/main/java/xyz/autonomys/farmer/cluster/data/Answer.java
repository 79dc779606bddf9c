package xyz.autonomys.farmer.cluster.data;

import java.io.IOException;
import java.nio.channels.FileChannel;
import xyz.autonomys.farmer.primitives.Blake3Hash;

/**
 * The answer to one request, written item by item. Each call waits until the asker granted credit and the bytes went to
 * the socket, so a handler never holds more than the item at hand, and may reuse its buffer after the call. Used by one
 * thread at a time.
 */
public interface Answer {
    /**
     * Sends an item whole.
     *
     * @param key which item, in the meaning of the request
     * @param bytes its bytes
     * @param checksum their BLAKE3
     * @throws IOException if the asker has gone, gave up or grants nothing for too long
     */
    void item(long key, byte[] bytes, Blake3Hash checksum) throws IOException, InterruptedException;

    /**
     * Sends a part of a file, from the file to the socket without a copy.
     *
     * @param key which item, in the meaning of the request
     * @param file open for reading, at least until the call returns
     * @param fileOffset where the item begins in the file
     * @param totalLength bytes of the whole item
     * @param offset first byte to send, counted in the item
     * @param length how many bytes to send
     * @param checksum BLAKE3 of the whole item
     * @throws IOException as above, or if the file is shorter than that
     */
    void file(
            long key,
            FileChannel file,
            long fileOffset,
            long totalLength,
            long offset,
            long length,
            Blake3Hash checksum)
            throws IOException, InterruptedException;

    /** Says that there is no such item here. */
    void missing(long key) throws IOException, InterruptedException;

    /** Whether the asker has gone or given up; long work ends early then. */
    boolean isCancelled();
}

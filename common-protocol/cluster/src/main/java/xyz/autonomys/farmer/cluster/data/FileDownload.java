package xyz.autonomys.farmer.cluster.data;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import xyz.autonomys.farmer.primitives.Blake3Hash;
import xyz.autonomys.farmer.primitives.hash.Blake3Hasher;

/**
 * One staged file on its way here. The object outlives broken connections: {@link #continueFrom} may be called again, for
 * the same peer or another one that staged the same bytes, and goes on at the first byte that is missing. The checksum is
 * taken over the bytes as they are handed to the sink, so every byte is read once.
 *
 * <p>Owns one aligned direct block until it is closed. Used by one thread.
 */
public final class FileDownload implements AutoCloseable {
    /** Bytes in a block, a multiple of every disk's sector size. */
    public static final int BLOCK_BYTES = 1 << 20;

    private static final int ALIGNMENT = 4096;

    private final DataClient client;
    private final String fileId;
    private final long expectedLength;
    private final FileSink sink;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment block = arena.allocate(BLOCK_BYTES, ALIGNMENT);
    private Blake3Hasher hasher = Blake3Hasher.create();
    private Blake3Hash checksum;
    private long written;
    private int filled;
    private boolean complete;

    /**
     * A download that begins at the first byte.
     *
     * @param expectedLength bytes the file has, as announced by whoever staged it
     */
    public FileDownload(DataClient client, String fileId, long expectedLength, FileSink sink) {
        if (expectedLength <= 0) {
            throw new IllegalArgumentException("a staged file has a byte or more, got " + expectedLength);
        }
        this.client = client;
        this.fileId = fileId;
        this.expectedLength = expectedLength;
        this.sink = sink;
    }

    /**
     * Takes over what an earlier process already wrote, whole blocks of it, read again for the checksum. Call before the
     * first {@link #continueFrom}.
     *
     * @param source what was written
     * @param length bytes of it from the first one on
     * @throws IOException if they cannot be read
     */
    public void adopt(WrittenBytes source, long length) throws IOException {
        if (position() != 0) {
            throw new IllegalStateException("the download of " + fileId + " has begun");
        }
        long whole = Math.min(length, expectedLength - 1) / BLOCK_BYTES * BLOCK_BYTES;
        for (long at = 0; at < whole; at += BLOCK_BYTES) {
            source.read(block.asByteBuffer(), at);
            hash(BLOCK_BYTES);
        }
        written = whole;
    }

    /** What an earlier process wrote of a file. */
    @FunctionalInterface
    public interface WrittenBytes {
        /** Fills {@code target} with the bytes from {@code offset} on; called in order. */
        void read(ByteBuffer target, long offset) throws IOException;
    }

    /** Bytes received so far. */
    public long position() {
        return written + filled;
    }

    /** Whether all bytes are in the sink and have the announced checksum. */
    public boolean isComplete() {
        return complete;
    }

    /**
     * Receives what is missing. Does nothing if the download is complete.
     *
     * @throws DataPlaneException if the peer failed; the download can go on. {@link FailureKind#CHECKSUM}: all bytes
     *     came but are not the announced ones, and the download begins at the first byte again
     * @throws IOException if the sink failed; the download begins at the first byte again
     */
    public void continueFrom(PeerAddress peer, RequestOptions options) throws IOException, InterruptedException {
        if (complete) {
            return;
        }
        DataRequest request = new DataRequest.FileRange(fileId, position(), expectedLength);
        try (Exchange exchange = client.exchange(peer, request, options, 0)) {
            Exchange.Item next = exchange.nextItem();
            ItemHeader item = next == null ? null : next.header();
            if (item == null || !item.found()) {
                throw client.failed(peer, FailureKind.MISSING, "does not have file " + fileId);
            }
            if (item.totalLength() != expectedLength
                    || item.offset() != position()
                    || item.length() != expectedLength - position()) {
                throw client.failed(
                        peer,
                        FailureKind.PROTOCOL,
                        "sends " + item.length() + " bytes from " + item.offset() + " of file " + fileId + " of "
                                + item.totalLength() + "; asked for were all from " + position() + " of "
                                + expectedLength);
            }
            if (checksum != null && !checksum.equals(item.checksum())) {
                reset();
                throw client.failed(
                        peer, FailureKind.CHECKSUM, "announces another checksum for file " + fileId + " than before");
            }
            checksum = item.checksum();
            for (ByteBuf part = exchange.nextBytes(); part != null; part = exchange.nextBytes()) {
                try {
                    take(part);
                } finally {
                    part.release();
                }
            }
        }
        Blake3Hash actual = hasher.finish();
        if (!actual.equals(checksum)) {
            Blake3Hash announced = checksum;
            reset();
            throw client.failed(
                    peer,
                    FailureKind.CHECKSUM,
                    "sent file " + fileId + " with BLAKE3 " + actual + ", announced was " + announced);
        }
        complete = true;
    }

    private void take(ByteBuf part) throws IOException {
        while (part.isReadable()) {
            int count = Math.min(part.readableBytes(), BLOCK_BYTES - filled);
            part.readBytes(block.asSlice(filled, count).asByteBuffer());
            filled += count;
            if (filled == BLOCK_BYTES || position() == expectedLength) {
                flush();
            }
        }
    }

    private void flush() throws IOException {
        hash(filled);
        ByteBuffer bytes = block.asSlice(0, filled).asByteBuffer();
        boolean stored = false;
        try {
            sink.write(bytes, written);
            stored = !bytes.hasRemaining();
        } finally {
            if (!stored) {
                reset();
            }
        }
        if (!stored) {
            throw new IOException("the target of " + fileId + " left bytes unwritten");
        }
        written += filled;
        filled = 0;
    }

    private void hash(int count) {
        hasher.update(block.asSlice(0, count));
    }

    private void reset() {
        hasher = Blake3Hasher.create();
        checksum = null;
        written = 0;
        filled = 0;
    }

    /** Frees the block. */
    @Override
    public void close() {
        arena.close();
    }
}

package xyz.autonomys.farmer.sector.plot;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/** A channel into memory, for sectors that are sent on or benchmarked without a disk. */
public final class SegmentChannel implements WritableByteChannel {
    private final MemorySegment target;
    private long position;

    /** Writes from the start of {@code target} on. */
    public SegmentChannel(MemorySegment target) {
        this.target = target;
    }

    /** Bytes written so far. */
    public long position() {
        return position;
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
        int length = source.remaining();
        if (length > target.byteSize() - position) {
            throw new IOException("memory of " + target.byteSize() + " bytes ends before byte " + (position + length));
        }
        target.asSlice(position, length).copyFrom(MemorySegment.ofBuffer(source));
        source.position(source.limit());
        position += length;
        return length;
    }

    @Override
    public boolean isOpen() {
        return true;
    }

    /** Does nothing: the memory belongs to whoever made it. */
    @Override
    public void close() {}
}

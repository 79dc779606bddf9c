package xyz.autonomys.farmer.plotserver;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import xyz.autonomys.farmer.primitives.Blake3Hash;
import xyz.autonomys.farmer.primitives.hash.Blake3Hasher;

/** Hashes and counts what goes through to a file, which it does not own. */
final class HashingChannel implements WritableByteChannel {
    private final WritableByteChannel file;
    private final Blake3Hasher hasher = Blake3Hasher.create();
    private long length;

    HashingChannel(WritableByteChannel file) {
        this.file = file;
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
        MemorySegment bytes = MemorySegment.ofBuffer(source);
        int written = file.write(source);
        hasher.update(bytes.asSlice(0, written));
        length += written;
        return written;
    }

    long length() {
        return length;
    }

    Blake3Hash checksum() {
        return hasher.finish();
    }

    @Override
    public boolean isOpen() {
        return file.isOpen();
    }

    @Override
    public void close() {}
}

package xyz.autonomys.farmer.sector;

import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** The bytes of one sector, wherever they are: a file, memory, a disk without cache. Offsets count from the sector's start. */
@FunctionalInterface
public interface ReadAt {
    /**
     * Fills {@code length} bytes of {@code target} from {@code offset} on.
     *
     * @throws EOFException if the bytes end before
     */
    void readAt(long sectorOffset, byte[] target, int offset, int length) throws IOException;

    /** A sector in memory. */
    static ReadAt of(MemorySegment sector) {
        return (sectorOffset, target, offset, length) -> {
            if (sectorOffset + length > sector.byteSize()) {
                throw new EOFException("a sector of " + sector.byteSize() + " bytes has no " + length
                        + " bytes at offset " + sectorOffset);
            }
            MemorySegment.copy(sector, ValueLayout.JAVA_BYTE, sectorOffset, target, offset, length);
        };
    }

    /** A sector in a file, beginning at {@code start}. */
    static ReadAt of(FileChannel file, long start) {
        return (sectorOffset, target, offset, length) -> {
            ByteBuffer buffer = ByteBuffer.wrap(target, offset, length);
            while (buffer.hasRemaining()) {
                long position = start + sectorOffset + buffer.position() - offset;
                if (file.read(buffer, position) < 0) {
                    throw new EOFException("the plot file ends at byte " + file.size() + ", wanted " + length
                            + " bytes at " + (start + sectorOffset));
                }
            }
        };
    }
}

package xyz.autonomys.farmer.gpu;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import xyz.autonomys.farmer.primitives.Blake3Hash;
import xyz.autonomys.farmer.primitives.ProtocolSizes;
import xyz.autonomys.farmer.sector.SectorContentsMap;
import xyz.autonomys.farmer.sector.SectorLayout;

/**
 * Pinned memory for the small things of a sector.
 *
 * <table>
 * <caption>Layout, every part from a multiple of 256 on</caption>
 * <tr><th>part</th><th>size</th></tr>
 * <tr><td>first chunk of each s-bucket, then the number of all</td><td>65,537 u32</td></tr>
 * <tr><td>flags of the records</td><td>a u32 each</td></tr>
 * <tr><td>checksum</td><td>32</td></tr>
 * <tr><td>record metadata</td><td>128 each</td></tr>
 * <tr><td>a record that the processor encoded: chunks, used, present, before, encoded</td><td>1 MiB + 20 KiB + 4</td></tr>
 * </table>
 */
final class HostFacts implements AutoCloseable {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final int S_BUCKETS = ProtocolSizes.S_BUCKETS;

    private final CudaDevice device;
    private final PinnedMemory memory;
    private final long flagsAt;
    private final long checksumAt;
    private final long metadataAt;
    private final long recordAt;

    HostFacts(CudaDevice device, int records) throws GpuException {
        this.device = device;
        flagsAt = TableKernels.aligned((S_BUCKETS + 1L) * Integer.BYTES);
        checksumAt = flagsAt + TableKernels.aligned((long) records * Integer.BYTES);
        metadataAt = checksumAt + TableKernels.aligned(Blake3Hash.SIZE);
        recordAt = metadataAt + TableKernels.aligned((long) records * SectorLayout.RECORD_METADATA_BYTES);
        memory = device.allocatePinned(recordAt
                + ProtocolSizes.RECORD_BYTES
                + 2L * TableKernels.BITMAP_BYTES
                + TableKernels.BEFORE_BYTES
                + Integer.BYTES);
    }

    void downloadStarts(CudaStream stream, SectorSpace space) throws GpuException {
        stream.download(space.starts(), memory, 0, space.starts().bytes());
        stream.download(space.flags(), memory, flagsAt, (long) space.records() * Integer.BYTES);
    }

    /** Number of the first chunk of an s-bucket; for 65,536 the number of all chunks. */
    int start(int sBucket) {
        return memory.bytes().get(INT, (long) sBucket * Integer.BYTES);
    }

    /** Chunks of every s-bucket. */
    char[] sBucketSizes() {
        char[] sizes = new char[S_BUCKETS];
        for (int s = 0; s < S_BUCKETS; s++) {
            sizes[s] = (char) (start(s + 1) - start(s));
        }
        return sizes;
    }

    int flags(int record) {
        return memory.bytes().get(INT, flagsAt + (long) record * Integer.BYTES);
    }

    void uploadMetadata(CudaStream stream, byte[] metadata, DeviceMemory to) throws GpuException {
        MemorySegment.copy(metadata, 0, memory.bytes(), ValueLayout.JAVA_BYTE, metadataAt, metadata.length);
        stream.upload(memory, metadataAt, to, metadata.length);
    }

    void downloadChecksum(CudaStream stream, DeviceMemory from) throws GpuException {
        stream.download(from, memory, checksumAt, Blake3Hash.SIZE);
    }

    Blake3Hash checksum() {
        byte[] bytes = new byte[Blake3Hash.SIZE];
        MemorySegment.copy(memory.bytes(), ValueLayout.JAVA_BYTE, checksumAt, bytes, 0, bytes.length);
        return Blake3Hash.of(bytes);
    }

    /** Replaces what the device has of a record by what the processor made; the flags stay. */
    void uploadRecord(
            CudaStream stream, MemorySegment chunks, long[] bitmap, TableKernels.Places places, DeviceMemory to)
            throws GpuException {
        long used = recordAt + ProtocolSizes.RECORD_BYTES;
        long present = used + TableKernels.BITMAP_BYTES;
        long before = present + TableKernels.BITMAP_BYTES;
        long encoded = before + TableKernels.BEFORE_BYTES;
        MemorySegment.copy(chunks, 0, memory.bytes(), recordAt, ProtocolSizes.RECORD_BYTES);
        int count = 0;
        for (long word : bitmap) {
            count += Long.bitCount(word);
        }
        int fill = ProtocolSizes.RECORD_CHUNKS - count;
        int rank = 0;
        for (int word = 0; word < SectorContentsMap.WORDS; word++) {
            long bits = bitmap[word];
            memory.bytes().set(LONG, used + (long) word * Long.BYTES, bits);
            memory.bytes().set(SHORT, before + 4L * word, (short) rank);
            memory.bytes().set(SHORT, before + 4L * word + 2, (short) (rank + Integer.bitCount((int) bits)));
            rank += Long.bitCount(bits);
            long filled = bits;
            for (long free = ~bits; free != 0 && fill > 0; free &= free - 1) {
                filled |= Long.lowestOneBit(free);
                fill--;
            }
            memory.bytes().set(LONG, present + (long) word * Long.BYTES, filled);
        }
        memory.bytes().set(INT, encoded, count);
        stream.upload(memory, recordAt, to, ProtocolSizes.RECORD_BYTES);
        stream.upload(memory, used, places.used(), TableKernels.BITMAP_BYTES);
        stream.upload(memory, present, places.present(), TableKernels.BITMAP_BYTES);
        stream.upload(memory, before, places.before(), TableKernels.BEFORE_BYTES);
        stream.upload(memory, encoded, places.encoded(), Integer.BYTES);
    }

    @Override
    public void close() {
        device.free(memory);
    }
}

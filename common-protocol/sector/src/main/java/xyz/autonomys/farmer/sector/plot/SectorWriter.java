package xyz.autonomys.farmer.sector.plot;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import xyz.autonomys.farmer.primitives.Blake3Hash;
import xyz.autonomys.farmer.primitives.ProtocolSizes;
import xyz.autonomys.farmer.primitives.hash.Blake3Hasher;
import xyz.autonomys.farmer.sector.SectorContentsMap;

/**
 * Streams the bytes of a sector and hashes them on the way (specification 04 §8).
 *
 * <p>A sector is the transpose of its records: records have their chunks by s-bucket, a sector has s-buckets with their
 * chunks by record. It is made 64 s-buckets at a time, so that every record is read in runs of about a kibibyte.
 */
final class SectorWriter {
    private static final int CHUNK = ProtocolSizes.CHUNK_BYTES;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.nativeOrder());

    private final WritableByteChannel out;
    private final Blake3Hasher hasher = Blake3Hasher.create();

    SectorWriter(WritableByteChannel out) {
        this.out = out;
    }

    Blake3Hash write(SectorContentsMap map, SectorRecords records) throws IOException {
        put(MemorySegment.ofArray(map.encode()));
        chunks(map, records);
        put(MemorySegment.ofArray(records.metadata()));
        Blake3Hash checksum = hasher.finish();
        write(MemorySegment.ofArray(checksum.toBytes()));
        return checksum;
    }

    private void chunks(SectorContentsMap map, SectorRecords records) throws IOException {
        int count = map.records();
        long[] nextEncoded = new long[count];
        long[] nextUnencoded = new long[count];
        for (int record = 0; record < count; record++) {
            nextUnencoded[record] = (long) CHUNK * map.encodedChunks(record);
        }
        try (Arena arena = Arena.ofShared()) {
            MemorySegment block = arena.allocate((long) CHUNK * Long.SIZE * count, CHUNK);
            long[] target = new long[Long.SIZE];
            for (int word = 0; word < SectorContentsMap.WORDS; word++) {
                long length = layOut(map, word, target);
                for (int record = 0; record < count; record++) {
                    long encoded = map.encodedWord(record, word);
                    MemorySegment stored = records.record(record);
                    for (long bits = map.presentWord(record, word); bits != 0; bits &= bits - 1) {
                        int sBucket = Long.numberOfTrailingZeros(bits);
                        long[] next = (encoded >>> sBucket & 1) != 0 ? nextEncoded : nextUnencoded;
                        copyChunk(stored, next[record], block, target[sBucket]);
                        next[record] += CHUNK;
                        target[sBucket] += CHUNK;
                    }
                }
                put(block.asSlice(0, length));
            }
        }
    }

    /** Where the chunks of each of the 64 s-buckets begin in the block; returns the block's length. */
    private static long layOut(SectorContentsMap map, int word, long[] target) {
        long[] sizes = new long[Long.SIZE];
        for (int record = 0; record < map.records(); record++) {
            for (long bits = map.presentWord(record, word); bits != 0; bits &= bits - 1) {
                sizes[Long.numberOfTrailingZeros(bits)] += CHUNK;
            }
        }
        long offset = 0;
        for (int sBucket = 0; sBucket < sizes.length; sBucket++) {
            target[sBucket] = offset;
            offset += sizes[sBucket];
        }
        return offset;
    }

    private static void copyChunk(MemorySegment from, long source, MemorySegment to, long target) {
        for (int i = 0; i < CHUNK; i += Long.BYTES) {
            to.set(LONG, target + i, from.get(LONG, source + i));
        }
    }

    private void put(MemorySegment bytes) throws IOException {
        hasher.update(bytes);
        write(bytes);
    }

    private void write(MemorySegment bytes) throws IOException {
        var buffer = bytes.asByteBuffer();
        while (buffer.hasRemaining()) {
            out.write(buffer);
        }
    }
}

package xyz.autonomys.farmer.primitives.hash;

import java.util.Objects;
import xyz.autonomys.farmer.primitives.Blake3Hash;

/**
 * BLAKE3 of many short inputs of equal length, one per vector lane: the audit hashes the chunks of an s-bucket under
 * one key, a record's masks are hashes of its proofs of space. Belongs to one thread.
 */
public final class Blake3Batch {
    private final Blake3Bulk bulk;

    Blake3Batch(Blake3Bulk bulk) {
        this.bulk = bulk;
    }

    /** A batch in the fastest form this JVM has. */
    public static Blake3Batch create() {
        return new Blake3Batch(Blake3Bulk.create());
    }

    /**
     * The first eight bytes, little-endian, of the keyed hash of each of {@code count} inputs of 32 bytes.
     *
     * @param key 32 bytes
     * @param source inputs one after another from {@code offset} on
     * @param target receives one value per input from {@code targetOffset} on
     */
    public void keyedHash32(byte[] key, byte[] source, int offset, int count, long[] target, int targetOffset) {
        Objects.checkFromIndexSize(offset, 32L * count, (long) source.length);
        bulk.keyed32(Blake3Compression.keyWords(key), source, offset, count, target, targetOffset);
    }

    /**
     * The hashes of {@code count} inputs of {@code length} bytes each.
     *
     * @param source inputs one after another from {@code offset} on
     * @param length bytes of one input, at most 1024
     * @param target receives 32 bytes per input from {@code targetOffset} on
     */
    public void hash(byte[] source, int offset, int length, int count, byte[] target, int targetOffset) {
        if (length > Blake3Compression.CHUNK_BYTES) {
            throw new IllegalArgumentException("inputs of a batch have at most 1024 bytes, got " + length);
        }
        Objects.checkFromIndexSize(offset, (long) length * count, (long) source.length);
        Objects.checkFromIndexSize(targetOffset, (long) Blake3Hash.SIZE * count, (long) target.length);
        bulk.messages(Blake3Compression.iv(), 0, source, offset, length, count, target, targetOffset);
    }
}

package xyz.autonomys.farmer.primitives.hash;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;
import xyz.autonomys.farmer.primitives.Blake3Hash;

/**
 * BLAKE3 of input that arrives in parts. Long parts are hashed many chunks at a time in vector lanes.
 *
 * <p>Belongs to one thread. After {@link #finish} the same hasher may go on: the result is the hash of all input so
 * far.
 */
public final class Blake3Hasher {
    /** Chunks hashed as one subtree: 64 KiB of input. */
    private static final int SUBTREE_CHUNKS = 64;

    private static final int STAGING_BYTES = SUBTREE_CHUNKS * Blake3Compression.CHUNK_BYTES;

    /** A subtree of 2^k chunks for every bit of the chunk counter. */
    private static final int MAX_DEPTH = 54;

    private final int[] key;
    private final int flags;
    private final int[] cv = new int[8];
    private final int[] m = new int[16];
    private final byte[] pending = new byte[Blake3Compression.CHUNK_BYTES];
    private final int[] stack = new int[8 * MAX_DEPTH];
    private int depth;
    private int pendingLength;
    private long chunkCount;
    private Blake3Bulk bulk;
    private int[] subtree;
    private byte[] staging;

    Blake3Hasher(int[] key, int flags) {
        this.key = key;
        this.flags = flags;
    }

    /** A hasher of the plain hash. */
    public static Blake3Hasher create() {
        return new Blake3Hasher(Blake3Compression.iv(), 0);
    }

    /**
     * A hasher of the keyed hash.
     *
     * @param key 32 bytes
     */
    public static Blake3Hasher keyed(byte[] key) {
        return new Blake3Hasher(Blake3Compression.keyWords(key), Blake3Compression.KEYED_HASH);
    }

    /** Appends all of {@code source}. */
    public Blake3Hasher update(byte[] source) {
        return update(source, 0, source.length);
    }

    /** Appends {@code length} bytes of {@code source} from {@code offset} on. */
    public Blake3Hasher update(byte[] source, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, source.length);
        append(source, offset, length, false);
        return this;
    }

    /** Appends all bytes of {@code source}, which may lie on or off the heap. */
    public Blake3Hasher update(MemorySegment source) {
        if (staging == null) {
            staging = new byte[(int) Math.min(STAGING_BYTES, source.byteSize())];
        } else if (staging.length < STAGING_BYTES && staging.length < source.byteSize()) {
            staging = new byte[STAGING_BYTES];
        }
        long size = source.byteSize();
        for (long at = 0; at < size; ) {
            int length = (int) Math.min(staging.length, size - at);
            MemorySegment.copy(source, ValueLayout.JAVA_BYTE, at, staging, 0, length);
            at += length;
            append(staging, 0, length, at < size);
        }
        return this;
    }

    /** The hash of everything appended so far. */
    public Blake3Hash finish() {
        byte[] out = new byte[Blake3Hash.SIZE];
        finish(out, 0);
        return Blake3Hash.of(out);
    }

    /** Writes the 32 bytes of the hash of everything appended so far. */
    public void finish(byte[] target, int offset) {
        System.arraycopy(key, 0, cv, 0, 8);
        Blake3Compression.chunk(
                cv, pending, 0, pendingLength, chunkCount, flags, depth == 0 ? Blake3Compression.ROOT : 0, m);
        for (int level = depth - 1; level >= 0; level--) {
            parent(level, level == 0 ? Blake3Compression.ROOT : 0);
        }
        Blake3Compression.store(cv, target, offset);
    }

    /**
     * @param more more input follows for certain, so that the last chunk need not be kept back for the root
     */
    private void append(byte[] source, int from, int size, boolean more) {
        int offset = from;
        int length = size;
        while (length > 0) {
            if (pendingLength == Blake3Compression.CHUNK_BYTES) {
                System.arraycopy(key, 0, cv, 0, 8);
                Blake3Compression.chunk(cv, pending, 0, Blake3Compression.CHUNK_BYTES, chunkCount, flags, 0, m);
                push(1);
                pendingLength = 0;
            }
            int whole = (more ? length : length - 1) / Blake3Compression.CHUNK_BYTES;
            if (pendingLength == 0 && whole > 0) {
                int chunks = subtreeSize(whole);
                subtree(source, offset, chunks);
                offset += chunks * Blake3Compression.CHUNK_BYTES;
                length -= chunks * Blake3Compression.CHUNK_BYTES;
                continue;
            }
            int take = Math.min(length, Blake3Compression.CHUNK_BYTES - pendingLength);
            System.arraycopy(source, offset, pending, pendingLength, take);
            pendingLength += take;
            offset += take;
            length -= take;
        }
    }

    /** The largest power of two that fits the available chunks, the place in the tree and the scratch memory. */
    private int subtreeSize(int available) {
        int fitting = Math.min(SUBTREE_CHUNKS, Integer.highestOneBit(available));
        return chunkCount == 0 ? fitting : (int) Math.min(fitting, Long.lowestOneBit(chunkCount));
    }

    private void subtree(byte[] source, int offset, int chunks) {
        if (chunks == 1) {
            System.arraycopy(key, 0, cv, 0, 8);
            Blake3Compression.chunk(cv, source, offset, Blake3Compression.CHUNK_BYTES, chunkCount, flags, 0, m);
        } else {
            if (bulk == null) {
                bulk = Blake3Bulk.create();
                subtree = new int[8 * SUBTREE_CHUNKS];
            }
            bulk.chunks(source, offset, chunks, key, chunkCount, flags, subtree);
            for (int count = chunks / 2; count > 0; count /= 2) {
                bulk.parents(subtree, count, key, flags);
            }
            System.arraycopy(subtree, 0, cv, 0, 8);
        }
        push(chunks);
    }

    /** Puts the subtree in {@code cv} on the stack and merges what has become complete. More input follows. */
    private void push(int chunks) {
        chunkCount += chunks;
        for (long rest = chunkCount / chunks; (rest & 1) == 0; rest >>>= 1) {
            depth--;
            parent(depth, 0);
        }
        System.arraycopy(cv, 0, stack, 8 * depth, 8);
        depth++;
    }

    /** Replaces {@code cv} by the parent of the stack's entry {@code level} and {@code cv}. */
    private void parent(int level, int extraFlags) {
        System.arraycopy(stack, 8 * level, m, 0, 8);
        System.arraycopy(cv, 0, m, 8, 8);
        System.arraycopy(key, 0, cv, 0, 8);
        Blake3Compression.compress(
                cv, m, 0, Blake3Compression.BLOCK_BYTES, flags | Blake3Compression.PARENT | extraFlags);
    }
}

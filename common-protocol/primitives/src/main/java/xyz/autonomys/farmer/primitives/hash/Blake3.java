package xyz.autonomys.farmer.primitives.hash;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import xyz.autonomys.farmer.primitives.Blake3Hash;

/**
 * BLAKE3 with 32 bytes of output: plain, keyed and key derivation. Input of up to one chunk (1024 bytes) takes a short
 * path; longer input goes through {@link Blake3Hasher}.
 */
public final class Blake3 {
    private Blake3() {}

    /** The hash of the concatenation of {@code parts}. */
    public static Blake3Hash hash(byte[]... parts) {
        return hash(Blake3Compression.iv(), 0, parts);
    }

    /** The hash of {@code length} bytes of {@code source} from {@code offset} on. */
    public static Blake3Hash hash(byte[] source, int offset, int length) {
        byte[] out = new byte[Blake3Hash.SIZE];
        hashInto(source, offset, length, out, 0);
        return Blake3Hash.of(out);
    }

    /** The hash of all bytes of {@code source}, on or off the heap. */
    public static Blake3Hash hash(MemorySegment source) {
        return Blake3Hasher.create().update(source).finish();
    }

    /** Writes the 32 bytes of the hash of a range of {@code source} to {@code target}. */
    public static void hashInto(byte[] source, int offset, int length, byte[] target, int targetOffset) {
        if (length <= Blake3Compression.CHUNK_BYTES) {
            int[] cv = Blake3Compression.iv();
            Blake3Compression.chunk(cv, source, offset, length, 0, 0, Blake3Compression.ROOT, new int[16]);
            Blake3Compression.store(cv, target, targetOffset);
        } else {
            Blake3Hasher.create().update(source, offset, length).finish(target, targetOffset);
        }
    }

    /**
     * The keyed hash of the concatenation of {@code parts}.
     *
     * @param key 32 bytes
     */
    public static Blake3Hash keyedHash(byte[] key, byte[]... parts) {
        return hash(Blake3Compression.keyWords(key), Blake3Compression.KEYED_HASH, parts);
    }

    /**
     * A 32-byte key derived from {@code material} for the purpose named by {@code context}.
     *
     * @param context unique text naming application and purpose
     */
    public static Blake3Hash deriveKey(String context, byte[] material) {
        Blake3Hash contextKey = hash(Blake3Compression.iv(), Blake3Compression.DERIVE_KEY_CONTEXT, new byte[][] {
            context.getBytes(StandardCharsets.UTF_8)
        });
        return hash(
                Blake3Compression.keyWords(contextKey.toBytes()),
                Blake3Compression.DERIVE_KEY_MATERIAL,
                new byte[][] {material});
    }

    private static Blake3Hash hash(int[] key, int flags, byte[][] parts) {
        long total = 0;
        for (byte[] part : parts) {
            total += part.length;
        }
        byte[] out = new byte[Blake3Hash.SIZE];
        if (total > Blake3Compression.CHUNK_BYTES) {
            Blake3Hasher hasher = new Blake3Hasher(key, flags);
            for (byte[] part : parts) {
                hasher.update(part);
            }
            hasher.finish(out, 0);
        } else {
            byte[] joined = parts.length == 1 ? parts[0] : join(parts, (int) total);
            Blake3Compression.chunk(key, joined, 0, joined.length, 0, flags, Blake3Compression.ROOT, new int[16]);
            Blake3Compression.store(key, out, 0);
        }
        return Blake3Hash.of(out);
    }

    private static byte[] join(byte[][] parts, int total) {
        byte[] joined = new byte[total];
        int at = 0;
        for (byte[] part : parts) {
            System.arraycopy(part, 0, joined, at, part.length);
            at += part.length;
        }
        return joined;
    }
}

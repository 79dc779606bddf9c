package xyz.autonomys.farmer.primitives.hash;

/** One after another in plain Java. */
final class PlainBlake3Bulk extends Blake3Bulk {
    private final int[] cv = new int[8];
    private final int[] m = new int[16];

    @Override
    int lanes() {
        return 1;
    }

    @Override
    void chunks(byte[] source, int offset, int count, int[] key, long counter, int flags, int[] cvs) {
        for (int i = 0; i < count; i++) {
            System.arraycopy(key, 0, cv, 0, 8);
            Blake3Compression.chunk(
                    cv,
                    source,
                    offset + i * Blake3Compression.CHUNK_BYTES,
                    Blake3Compression.CHUNK_BYTES,
                    counter + i,
                    flags,
                    0,
                    m);
            System.arraycopy(cv, 0, cvs, 8 * i, 8);
        }
    }

    @Override
    void parents(int[] cvs, int count, int[] key, int flags) {
        for (int i = 0; i < count; i++) {
            System.arraycopy(key, 0, cv, 0, 8);
            System.arraycopy(cvs, 16 * i, m, 0, 16);
            Blake3Compression.compress(cv, m, 0, Blake3Compression.BLOCK_BYTES, flags | Blake3Compression.PARENT);
            System.arraycopy(cv, 0, cvs, 8 * i, 8);
        }
    }

    @Override
    void keyed32(int[] key, byte[] source, int offset, int count, long[] target, int targetOffset) {
        for (int i = 0; i < count; i++) {
            System.arraycopy(key, 0, cv, 0, 8);
            Blake3Compression.chunk(
                    cv, source, offset + 32 * i, 32, 0, Blake3Compression.KEYED_HASH, Blake3Compression.ROOT, m);
            target[targetOffset + i] = Integer.toUnsignedLong(cv[0]) | (long) cv[1] << 32;
        }
    }

    @Override
    void messages(
            int[] key, int flags, byte[] source, int offset, int length, int count, byte[] target, int targetOffset) {
        for (int i = 0; i < count; i++) {
            System.arraycopy(key, 0, cv, 0, 8);
            Blake3Compression.chunk(cv, source, offset + length * i, length, 0, flags, Blake3Compression.ROOT, m);
            Blake3Compression.store(cv, target, targetOffset + 32 * i);
        }
    }
}

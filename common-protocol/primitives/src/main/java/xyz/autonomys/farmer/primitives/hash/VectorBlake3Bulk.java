package xyz.autonomys.farmer.primitives.hash;

import java.util.Arrays;

/**
 * One piece of work per vector lane. The words are transposed into planes for several blocks at once before any of them
 * is compressed, so that the vector loads do not wait for the scalar stores. What does not fill a vector goes through
 * {@link PlainBlake3Bulk}.
 */
final class VectorBlake3Bulk extends Blake3Bulk {
    private static final int LANES = Blake3VectorKernel.LANES;
    private static final int BLOCKS_IN_CHUNK = Blake3Compression.CHUNK_BYTES / Blake3Compression.BLOCK_BYTES;
    private static final int BLOCK_PLANES = 16 * LANES;

    private final PlainBlake3Bulk rest = new PlainBlake3Bulk();
    private final int[] cv = new int[8 * LANES];
    private final int[] m = new int[BLOCKS_IN_CHUNK * BLOCK_PLANES];
    private final int[] rows = new int[8 * LANES];
    private final byte[] padded = new byte[Blake3Compression.BLOCK_BYTES];

    @Override
    int lanes() {
        return LANES;
    }

    @Override
    void chunks(byte[] source, int offset, int count, int[] key, long counter, int flags, int[] cvs) {
        int done = 0;
        for (; done + LANES <= count; done += LANES) {
            fillKey(key);
            for (int lane = 0; lane < LANES; lane++) {
                spread(source, offset + (done + lane) * Blake3Compression.CHUNK_BYTES, 16 * BLOCKS_IN_CHUNK, lane);
            }
            for (int block = 0; block < BLOCKS_IN_CHUNK; block++) {
                int blockFlags = flags
                        | (block == 0 ? Blake3Compression.CHUNK_START : 0)
                        | (block == BLOCKS_IN_CHUNK - 1 ? Blake3Compression.CHUNK_END : 0);
                Blake3VectorKernel.compress(
                        cv, m, block * BLOCK_PLANES, counter + done, 1, Blake3Compression.BLOCK_BYTES, blockFlags);
            }
            gather(cvs, 8 * done);
        }
        if (done < count) {
            rest.chunks(
                    source,
                    offset + done * Blake3Compression.CHUNK_BYTES,
                    count - done,
                    key,
                    counter + done,
                    flags,
                    rows);
            System.arraycopy(rows, 0, cvs, 8 * done, 8 * (count - done));
        }
    }

    @Override
    void parents(int[] cvs, int count, int[] key, int flags) {
        int done = 0;
        for (; done + LANES <= count; done += LANES) {
            fillKey(key);
            for (int lane = 0; lane < LANES; lane++) {
                int from = 16 * (done + lane);
                for (int word = 0; word < 16; word++) {
                    m[word * LANES + lane] = cvs[from + word];
                }
            }
            Blake3VectorKernel.compress(
                    cv, m, 0, 0, 0, Blake3Compression.BLOCK_BYTES, flags | Blake3Compression.PARENT);
            gather(cvs, 8 * done);
        }
        if (done == 0) {
            rest.parents(cvs, count, key, flags);
        } else if (done < count) {
            throw new IllegalArgumentException(count + " parents do not fill vectors of " + LANES);
        }
    }

    @Override
    void keyed32(int[] key, byte[] source, int offset, int count, long[] target, int targetOffset) {
        Arrays.fill(m, 8 * LANES, 16 * LANES, 0);
        int done = 0;
        for (; done + LANES <= count; done += LANES) {
            fillKey(key);
            for (int lane = 0; lane < LANES; lane++) {
                spread(source, offset + 32 * (done + lane), 8, lane);
            }
            Blake3VectorKernel.compress(
                    cv,
                    m,
                    0,
                    0,
                    0,
                    32,
                    Blake3Compression.KEYED_HASH
                            | Blake3Compression.CHUNK_START
                            | Blake3Compression.CHUNK_END
                            | Blake3Compression.ROOT);
            for (int lane = 0; lane < LANES; lane++) {
                target[targetOffset + done + lane] = Integer.toUnsignedLong(cv[lane]) | (long) cv[LANES + lane] << 32;
            }
        }
        rest.keyed32(key, source, offset + 32 * done, count - done, target, targetOffset + done);
    }

    @Override
    void messages(
            int[] key, int flags, byte[] source, int offset, int length, int count, byte[] target, int targetOffset) {
        int blocks = Math.max(1, (length + Blake3Compression.BLOCK_BYTES - 1) / Blake3Compression.BLOCK_BYTES);
        int lastLength = length - (blocks - 1) * Blake3Compression.BLOCK_BYTES;
        int done = 0;
        for (; done + LANES <= count; done += LANES) {
            fillKey(key);
            for (int lane = 0; lane < LANES; lane++) {
                int from = offset + length * (done + lane);
                spread(source, from, 16 * (blocks - 1), lane);
                Arrays.fill(padded, (byte) 0);
                System.arraycopy(source, from + length - lastLength, padded, 0, lastLength);
                for (int word = 0; word < 16; word++) {
                    m[(blocks - 1) * BLOCK_PLANES + word * LANES + lane] =
                            (int) Blake3Compression.INT.get(padded, 4 * word);
                }
            }
            for (int block = 0; block < blocks; block++) {
                boolean last = block == blocks - 1;
                int blockFlags = flags
                        | (block == 0 ? Blake3Compression.CHUNK_START : 0)
                        | (last ? Blake3Compression.CHUNK_END | Blake3Compression.ROOT : 0);
                Blake3VectorKernel.compress(
                        cv,
                        m,
                        block * BLOCK_PLANES,
                        0,
                        0,
                        last ? lastLength : Blake3Compression.BLOCK_BYTES,
                        blockFlags);
            }
            gather(rows, 0);
            for (int i = 0; i < 8 * LANES; i++) {
                Blake3Compression.INT.set(target, targetOffset + 32 * done + 4 * i, rows[i]);
            }
        }
        rest.messages(
                key, flags, source, offset + length * done, length, count - done, target, targetOffset + 32 * done);
    }

    /** Spreads {@code words} consecutive words of one lane over the planes. */
    private void spread(byte[] source, int offset, int words, int lane) {
        for (int word = 0, at = lane; word < words; word++, at += LANES) {
            m[at] = (int) Blake3Compression.INT.get(source, offset + 4 * word);
        }
    }

    private void fillKey(int[] key) {
        for (int word = 0; word < 8; word++) {
            Arrays.fill(cv, word * LANES, (word + 1) * LANES, key[word]);
        }
    }

    /** The chaining values of all lanes as rows. */
    private void gather(int[] target, int offset) {
        for (int lane = 0; lane < LANES; lane++) {
            for (int word = 0; word < 8; word++) {
                target[offset + 8 * lane + word] = cv[word * LANES + lane];
            }
        }
    }
}

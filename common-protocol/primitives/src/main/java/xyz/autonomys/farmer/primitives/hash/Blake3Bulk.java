package xyz.autonomys.farmer.primitives.hash;

/**
 * BLAKE3 of many independent equal pieces of work. One instance belongs to one thread, since it owns scratch memory.
 *
 * <p>Chaining values are rows of eight words.
 */
abstract sealed class Blake3Bulk permits PlainBlake3Bulk, VectorBlake3Bulk {
    private static final boolean VECTORS =
            ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();

    /** The fastest form this JVM has. */
    static Blake3Bulk create() {
        return VECTORS ? new VectorBlake3Bulk() : new PlainBlake3Bulk();
    }

    /** Pieces of work done at once; counts below that are no faster than one by one. */
    abstract int lanes();

    /**
     * Hashes {@code count} whole chunks of 1024 bytes that lie one after another, with counters from {@code counter}
     * on, into {@code cvs} from row 0 on. {@code counter} is a multiple of {@code count} rounded up to a power of two.
     */
    abstract void chunks(byte[] source, int offset, int count, int[] key, long counter, int flags, int[] cvs);

    /** Replaces rows 2i and 2i + 1 of {@code cvs} by their parent in row i, for i below {@code count}. */
    abstract void parents(int[] cvs, int count, int[] key, int flags);

    /** First eight bytes, little-endian, of the keyed hash of each of {@code count} 32-byte inputs. */
    abstract void keyed32(int[] key, byte[] source, int offset, int count, long[] target, int targetOffset);

    /** 32-byte hashes of {@code count} inputs of {@code length} ≤ 1024 bytes each. */
    abstract void messages(
            int[] key, int flags, byte[] source, int offset, int length, int count, byte[] target, int targetOffset);
}

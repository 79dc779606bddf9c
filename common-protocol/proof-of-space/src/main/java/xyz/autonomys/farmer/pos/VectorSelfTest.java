package xyz.autonomys.farmer.pos;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.Random;
import xyz.autonomys.farmer.primitives.PosSeed;
import xyz.autonomys.farmer.primitives.hash.Blake3;

/**
 * Whether the vector builder computes the right thing on this processor and JVM, and is worth using.
 *
 * <p>Nobody can ask a JVM whether it has turned vector code into vector instructions; when it has not, every operation
 * allocates and a table takes minutes. A large kernel can also remain in the first compiler for the life of the process if
 * it gets hot while the queue of the second is long. So each kernel is first called alone until it is fast, and then whole
 * tables are built until one is; what they give is compared with what is known. All of this takes a few seconds of one
 * core, once per process, and leaves the code compiled. On a busy machine the compiler gets its turn late: then tables are
 * built for longer, with pauses, because what is decided here holds as long as the process lives. Kernels alone are not
 * waited for: one that is called with pauses does not get hot, and tables heat it as well.
 */
final class VectorSelfTest {
    /** Processor time of a table in milliseconds that shows all kernels compiled; the plain builder needs ten times that. */
    private static final long FAST_TABLE_MILLIS = 700;

    /** A table that takes longer than this is not worth the vector builder. */
    private static final long SLOWEST_TABLE_MILLIS = 4_000;

    /** Processor time of a record's masks that shows their code compiled. */
    private static final long FAST_MASKS_MILLIS = 60;

    private static final int MAX_TABLES = 8;

    /** Processor time for tables that are not fast yet; a slow one alone can take half of it. */
    private static final long TABLES_LIMIT_MILLIS = 20_000;

    /** How long in all the test waits for the compiler, once its processor time is used up. */
    private static final long PATIENCE_MILLIS = 60_000;

    /** Pause that leaves the core to the compiler. */
    private static final long PAUSE_MILLIS = 100;

    /** Processor time per hash at which a kernel counts as compiled; in the first compiler it takes ten times that. */
    private static final long FAST_HASH_NANOS = 60;

    private static final long KERNEL_LIMIT_MILLIS = 1_500;
    private static final int HASHES = 512;
    private static final long NANOS_PER_MILLI = 1_000_000;

    /** A seed and the BLAKE3 hash of all masks of its table, as the plain builder gives them. */
    private static final PosSeed SEED =
            PosSeed.fromHex("23023404333717545b0a6f0c0dde9710e4d3fe2d5cc6cc0a090a0b818bab0f17");

    private static final String MASKS = "9171b70d5f35a316646460d6c68f81ba1d59b2e86123e1e05312ddc8a91aff5c";

    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private final long started = System.nanoTime();

    /** How the test ended. */
    sealed interface Outcome {
        /** As fast as can be. */
        record Fast(long tableMillis) implements Outcome {}

        /** Right, and better than the plain builder, but not as fast as it should be. */
        record Slow(long tableMillis) implements Outcome {}

        /** Not to be used. */
        record Unusable(String reason) implements Outcome {}
    }

    /** Runs the test in this thread. */
    Outcome run() {
        if (!warmNarrowHash() || !warmWideHash() || !warmProofHash()) {
            return new Outcome.Unusable("vector hashes differ from those of plain Java");
        }
        return buildTables();
    }

    private Outcome buildTables() {
        long[] used = new long[PosTable.USED_WORDS];
        byte[] masks = new byte[PosTable.MAX_MASKS * PosTable.MASK_BYTES];
        long fastest = Long.MAX_VALUE;
        long start = now();
        try (VectorTableBuilder builder = new VectorTableBuilder()) {
            for (int i = 0; i < MAX_TABLES || fastest > SLOWEST_TABLE_MILLIS; i++) {
                if (now() - start > TABLES_LIMIT_MILLIS * NANOS_PER_MILLI && !waited()) {
                    break;
                }
                long before = now();
                PosTable table = builder.build(SEED);
                fastest = Math.min(fastest, (now() - before) / NANOS_PER_MILLI);
                table.masks(used, masks);
                if (!Blake3.hash(masks).toHex().equals(MASKS)) {
                    return new Outcome.Unusable("a table differs from the known one");
                }
                if (fastest <= FAST_TABLE_MILLIS) {
                    compileMasks(table, used, masks);
                    return new Outcome.Fast(fastest);
                }
            }
        }
        return fastest <= SLOWEST_TABLE_MILLIS
                ? new Outcome.Slow(fastest)
                : new Outcome.Unusable("a table takes " + fastest + " ms of processor time");
    }

    /** Masks need fewer calls than tables, so their code may still be waiting for the compiler. */
    private void compileMasks(PosTable table, long[] used, byte[] masks) {
        long before = 0;
        for (int i = 0; i < MAX_TABLES && now() - before > FAST_MASKS_MILLIS * NANOS_PER_MILLI; i++) {
            before = now();
            table.masks(used, masks);
        }
    }

    private boolean warmNarrowHash() {
        int[] message = randomMessage(NarrowNodeHash.MESSAGE_WORDS);
        int[] hash = new int[NarrowNodeHash.HASH_WORDS * HASHES];
        HashConstants constants = new HashConstants(Integer.BYTES * NarrowNodeHash.MESSAGE_WORDS);
        warm(() -> NarrowNodeHash.hash(message, hash, HASHES, HASHES, constants));
        return isNodeHash(message, NarrowNodeHash.MESSAGE_WORDS, hash, NarrowNodeHash.HASH_WORDS);
    }

    private boolean warmWideHash() {
        int[] message = randomMessage(WideNodeHash.MESSAGE_WORDS);
        int[] hash = new int[WideNodeHash.HASH_WORDS * HASHES];
        HashConstants constants = new HashConstants(Integer.BYTES * WideNodeHash.MESSAGE_WORDS);
        warm(() -> WideNodeHash.hash(message, hash, HASHES, HASHES, constants));
        return isNodeHash(message, WideNodeHash.MESSAGE_WORDS, hash, WideNodeHash.HASH_WORDS);
    }

    private boolean warmProofHash() {
        int[] message = randomMessage(16);
        int[] chaining = new int[8 * HASHES];
        warm(() -> {
            for (int word = 0; word < 8; word++) {
                Arrays.fill(chaining, word * HASHES, (word + 1) * HASHES, Blake3Block.iv(word));
            }
            ProofHash.compress(chaining, message, 0, HASHES, HASHES, 64, Blake3Block.CHUNK_START);
        });
        for (int i = 0; i < HASHES; i++) {
            int[] expected = plain(message, 16, i, false, Blake3Block.CHUNK_START);
            for (int word = 0; word < 8; word++) {
                if (chaining[word * HASHES + i] != expected[word]) {
                    return false;
                }
            }
        }
        return true;
    }

    /** Calls a kernel until it takes less than {@link #FAST_HASH_NANOS} per hash, or the time is up. */
    private void warm(Runnable kernel) {
        long start = now();
        long before;
        do {
            before = now();
            kernel.run();
        } while (now() - before > FAST_HASH_NANOS * HASHES && now() - start < KERNEL_LIMIT_MILLIS * NANOS_PER_MILLI);
    }

    /** Makes a pause for the compiler; false when it has had all the time that it gets. */
    private boolean waited() {
        if (System.nanoTime() - started > PATIENCE_MILLIS * NANOS_PER_MILLI) {
            return false;
        }
        try {
            Thread.sleep(PAUSE_MILLIS);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private long now() {
        return threads.getCurrentThreadCpuTime();
    }

    private static int[] randomMessage(int words) {
        return new Random(words).ints((long) words * HASHES).toArray();
    }

    private static boolean isNodeHash(int[] message, int messageWords, int[] hash, int hashWords) {
        int flags = Blake3Block.CHUNK_START | Blake3Block.CHUNK_END | Blake3Block.ROOT;
        for (int i = 0; i < HASHES; i++) {
            int[] expected = plain(message, messageWords, i, true, flags);
            for (int word = 0; word < hashWords; word++) {
                if (Integer.reverseBytes(hash[word * HASHES + i]) != expected[word]) {
                    return false;
                }
            }
        }
        return true;
    }

    private static int[] plain(int[] message, int words, int lane, boolean bigEndian, int flags) {
        int[] block = new int[16];
        for (int word = 0; word < words; word++) {
            int value = message[word * HASHES + lane];
            block[word] = bigEndian ? Integer.reverseBytes(value) : value;
        }
        int[] chaining = new int[8];
        Blake3Block.start(chaining);
        Blake3Block.compress(chaining, block, Integer.BYTES * words, flags, new int[16]);
        return chaining;
    }
}

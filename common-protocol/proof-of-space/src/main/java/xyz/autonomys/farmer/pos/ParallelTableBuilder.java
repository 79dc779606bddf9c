package xyz.autonomys.farmer.pos;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiPredicate;
import xyz.autonomys.farmer.primitives.PosSeed;

/**
 * The fast builder with several threads on one table.
 *
 * <p>Levels follow one another; within a level the threads draw runs of neighbouring buckets. Every run numbers its entries
 * from a place of its own, far enough from the next, so that generation indices still ascend in the order of creation,
 * whoever creates when. Slots of a bucket are taken in any order, and {@link OrderedBucket} settles ties by index.
 *
 * <p>Keeps about 120 MB and 1.4 MB per thread.
 */
final class ParallelTableBuilder implements PosTableBuilder {
    /** Pairs of buckets that a thread draws at a time. */
    private static final int RUN_PAIRS = 32;

    private static final int RUNS = (PosRules.BUCKET_PAIRS + RUN_PAIRS - 1) / RUN_PAIRS;

    /** Indices of a run; 236 of a pair's 320 are used on average, with a spread of five. */
    private static final int RUN_INDICES = RUN_PAIRS * 320;

    /** A level takes less than a second on one core. */
    private static final Duration LEVEL_LIMIT = Duration.ofMinutes(2);

    private final TableMemory memory;
    private final VectorMasks masks = new VectorMasks();
    private final List<Part> parts = new ArrayList<>();
    private final ExecutorService pool;
    private PlainTableBuilder unlimited;
    private boolean closed;

    /** What belongs to one thread. */
    private record Part(VectorLevelOne levelOne, LevelWorker worker) {}

    /**
     * A builder.
     *
     * @param threads how many work on a table, the caller's among them
     */
    ParallelTableBuilder(int threads) {
        this(threads, TableMemory.BUCKET_CAPACITY);
    }

    ParallelTableBuilder(int threads, int bucketCapacity) {
        memory = new TableMemory(bucketCapacity, RUNS * RUN_INDICES);
        for (int i = 0; i < Math.min(threads, RUNS); i++) {
            parts.add(new Part(new VectorLevelOne(), new LevelWorker(memory, new Slots(), true)));
        }
        pool = Executors.newFixedThreadPool(
                Math.max(1, parts.size() - 1),
                Thread.ofPlatform().daemon().name("proof-of-space-", 1).factory());
    }

    @Override
    public PosTable build(PosSeed seed) {
        if (closed) {
            throw new IllegalStateException("The proof-of-space builder is closed");
        }
        if (fits(seed)) {
            Slots slots = parts.getFirst().worker().slots();
            for (Part part : parts.subList(1, parts.size())) {
                slots.merge(part.worker().slots());
            }
            return new VectorTable(memory, slots, masks);
        }
        if (unlimited == null) {
            unlimited = new PlainTableBuilder();
        }
        return unlimited.build(seed);
    }

    private boolean fits(PosSeed seed) {
        for (Part part : parts) {
            part.worker().slots().clear();
        }
        int[] state = ChaCha8.initialState(seed.toBytes());
        Arrays.fill(memory.counts(1), 0);
        if (!all(VectorLevelOne.PARTS, (part, i) -> part.levelOne().add(state, i, memory, true))) {
            return false;
        }
        for (int level = 2; level <= PosRules.LAST_LEVEL; level++) {
            int current = level;
            Arrays.fill(memory.counts(level), 0);
            if (!all(RUNS, (part, run) -> build(part, current, run))) {
                return false;
            }
        }
        return true;
    }

    private static boolean build(Part part, int level, int run) {
        int firstPair = run * RUN_PAIRS;
        int endPair = Math.min(firstPair + RUN_PAIRS, PosRules.BUCKET_PAIRS);
        int firstIndex = run * RUN_INDICES;
        return part.worker().build(level, firstPair, endPair, firstIndex, firstIndex + RUN_INDICES);
    }

    /** Has all threads do the jobs 0…{@code jobs} - 1, and waits; false if one of them did not fit. */
    private boolean all(int jobs, BiPredicate<Part, Integer> job) {
        AtomicInteger next = new AtomicInteger();
        AtomicBoolean fits = new AtomicBoolean(true);
        List<Future<?>> others = new ArrayList<>();
        for (Part part : parts.subList(1, parts.size())) {
            others.add(pool.submit(() -> draw(part, next, jobs, job, fits)));
        }
        try {
            draw(parts.getFirst(), next, jobs, job, fits);
        } finally {
            others.forEach(this::await);
        }
        return fits.get();
    }

    private static void draw(
            Part part, AtomicInteger next, int jobs, BiPredicate<Part, Integer> job, AtomicBoolean fits) {
        for (int i = next.getAndIncrement(); i < jobs && fits.get(); i = next.getAndIncrement()) {
            if (!job.test(part, i)) {
                fits.set(false);
            }
        }
    }

    /** Waits even if interrupted: the threads use memory of this builder, and are done in a moment. */
    private void await(Future<?> other) {
        long end = System.nanoTime() + LEVEL_LIMIT.toNanos();
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    other.get(end - System.nanoTime(), TimeUnit.NANOSECONDS);
                    return;
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } catch (TimeoutException e) {
            close();
            throw new IllegalStateException(
                    "A level of a proof-of-space table took more than " + LEVEL_LIMIT.toSeconds()
                            + " s; the machine is overloaded or was suspended",
                    e);
        } catch (ExecutionException e) {
            close();
            throw new IllegalStateException("A proof-of-space thread failed", e.getCause());
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public long bytesPerBuilder() {
        return memory.bytes() + masks.bytes() + parts.size() * Slots.bytes();
    }

    @Override
    public void close() {
        closed = true;
        unlimited = null;
        pool.shutdown();
    }
}

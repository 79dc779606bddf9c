package xyz.autonomys.farmer.archiving;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;

/**
 * How many threads an archiving computation uses and whose they are. The calling thread always works along and can
 * finish everything alone, so a busy, small or closed executor makes the work slower but never stuck.
 */
public final class Parallelism {
    private static final Parallelism NONE = new Parallelism(Runnable::run, 1);

    private final Executor executor;
    private final int threads;

    private Parallelism(Executor executor, int threads) {
        this.executor = executor;
        this.threads = threads;
    }

    /** Everything on the calling thread. */
    public static Parallelism none() {
        return NONE;
    }

    /** One thread per core: the calling one and those of the common pool. */
    public static Parallelism allCores() {
        return of(ForkJoinPool.commonPool(), Runtime.getRuntime().availableProcessors());
    }

    /**
     * The calling thread and up to {@code threads - 1} tasks of {@code executor}.
     *
     * @param threads at least 1
     */
    public static Parallelism of(Executor executor, int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("at least one thread works, got " + threads);
        }
        return new Parallelism(executor, threads);
    }

    /** Threads that may work at the same time, the calling one included. */
    int threads() {
        return threads;
    }

    /** Runs {@code body} for 0 to {@code count - 1} in any order; the first failure is thrown after all have ended. */
    void forEach(int count, IntConsumer body) {
        Batch batch = new Batch(count, body);
        for (int i = 1; i < Math.min(threads, count); i++) {
            try {
                executor.execute(batch);
            } catch (RejectedExecutionException e) {
                break;
            }
        }
        batch.run();
        batch.finish();
    }

    private static final class Batch implements Runnable {
        private final int count;
        private final IntConsumer body;
        private final AtomicInteger next = new AtomicInteger();
        private final CountDownLatch open;
        private final AtomicReference<Throwable> failure = new AtomicReference<>();

        Batch(int count, IntConsumer body) {
            this.count = count;
            this.body = body;
            this.open = new CountDownLatch(count);
        }

        @Override
        public void run() {
            for (int i = next.getAndIncrement(); i < count; i = next.getAndIncrement()) {
                try {
                    if (failure.get() == null) {
                        body.accept(i);
                    }
                } catch (RuntimeException | Error e) {
                    failure.compareAndSet(null, e);
                } finally {
                    open.countDown();
                }
            }
        }

        /** Waits for the indexes other threads took; they are being computed, so this ends without a time-out. */
        void finish() {
            boolean interrupted = false;
            while (true) {
                try {
                    open.await();
                    break;
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            switch (failure.get()) {
                case null -> {}
                case RuntimeException e -> throw e;
                case Error e -> throw e;
                case Throwable e -> throw new IllegalStateException(e);
            }
        }
    }
}

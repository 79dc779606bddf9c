package xyz.autonomys.farmer.kzg.curve;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;

/**
 * A bounded number of threads that share loops. The calling thread always works too, so nested loops and a busy crew
 * slow down but never deadlock. Threads are daemons and end after ten idle seconds.
 */
public final class WorkCrew {
    private static final long IDLE_SECONDS = 10;

    private final int parallelism;
    private final ThreadPoolExecutor helpers;

    private WorkCrew(int parallelism) {
        this.parallelism = parallelism;
        if (parallelism == 1) {
            helpers = null;
            return;
        }
        AtomicInteger names = new AtomicInteger();
        helpers = new ThreadPoolExecutor(
                parallelism - 1, parallelism - 1, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                    Thread thread = new Thread(task, "kzg-" + names.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        helpers.allowCoreThreadTimeOut(true);
    }

    /**
     * A crew of {@code parallelism} threads, the caller's included.
     *
     * @throws IllegalArgumentException if there would be none
     */
    public static WorkCrew of(int parallelism) {
        if (parallelism < 1) {
            throw new IllegalArgumentException("at least one thread is needed, got " + parallelism);
        }
        return new WorkCrew(parallelism);
    }

    /** The crew that consists of the calling thread. */
    public static WorkCrew alone() {
        return new WorkCrew(1);
    }

    /** The number of threads, the caller's included. */
    public int parallelism() {
        return parallelism;
    }

    /**
     * Runs {@code body} for every index below {@code count} and returns when all are done. Rethrows the first unchecked
     * exception of the body after all threads have stopped.
     */
    public void forEach(int count, IntConsumer body) {
        int others = Math.min(parallelism, count) - 1;
        if (others <= 0) {
            for (int i = 0; i < count; i++) {
                body.accept(i);
            }
            return;
        }
        AtomicInteger next = new AtomicInteger();
        Runnable share = () -> {
            try {
                for (int i = next.getAndIncrement(); i < count; i = next.getAndIncrement()) {
                    body.accept(i);
                }
            } catch (RuntimeException | Error e) {
                next.set(count);
                throw e;
            }
        };
        List<CompletableFuture<Void>> running = new ArrayList<>();
        List<Runnable> queued = new ArrayList<>();
        for (int i = 0; i < others; i++) {
            CompletableFuture<Void> done = new CompletableFuture<>();
            AtomicInteger claimed = new AtomicInteger();
            Runnable task = () -> {
                if (claimed.getAndSet(1) != 0) {
                    return;
                }
                try {
                    share.run();
                    done.complete(null);
                } catch (Throwable e) {
                    done.completeExceptionally(e);
                }
            };
            helpers.execute(task);
            running.add(done);
            queued.add(task);
        }
        Throwable failure = null;
        try {
            share.run();
        } catch (RuntimeException | Error e) {
            failure = e;
        }
        // A helper that never got to its task must not be waited for: the caller claims the task, which has nothing
        // left.
        queued.forEach(Runnable::run);
        for (CompletableFuture<Void> done : running) {
            try {
                done.join();
            } catch (CompletionException e) {
                failure = failure == null ? e.getCause() : failure;
            }
        }
        switch (failure) {
            case null -> {}
            case Error error -> throw error;
            case RuntimeException exception -> throw exception;
            default -> throw new IllegalStateException("a loop body threw a checked exception", failure);
        }
    }

    /** Runs {@code body(from, to)} over consecutive ranges that cover 0 … count − 1, a few per thread. */
    public void forRanges(int count, int smallest, RangeBody body) {
        int pieces = parallelism == 1 ? 1 : Math.max(1, Math.min(parallelism * 4, count / Math.max(1, smallest)));
        forEach(pieces, i -> body.accept((int) ((long) count * i / pieces), (int) ((long) count * (i + 1) / pieces)));
    }

    /** The work on one range of indices. */
    @FunctionalInterface
    public interface RangeBody {
        /** Works on indices {@code from} inclusive to {@code to} exclusive. */
        void accept(int from, int to);
    }
}

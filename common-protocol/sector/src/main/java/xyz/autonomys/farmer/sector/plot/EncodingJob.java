package xyz.autonomys.farmer.sector.plot;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;

/** The records of one sector on a pool that several sectors share. Knows when no thread works for it any more. */
final class EncodingJob {
    private static final long POOL_CHECK_MILLIS = 1000;

    private final ExecutorService pool;
    private final Set<Thread> running = new HashSet<>();
    private int left;
    private boolean ended;
    private Throwable failure;

    /** Puts {@code tasks} tasks on the pool; task i is {@code task.apply(i)}. */
    EncodingJob(ExecutorService pool, int tasks, RecordTask task) {
        this.pool = pool;
        left = tasks;
        for (int i = 0; i < tasks; i++) {
            int offset = i;
            pool.execute(() -> run(() -> {
                task.encode(offset);
                return null;
            }));
        }
    }

    /** Encodes the record at an offset. */
    interface RecordTask {
        void encode(int offset) throws Exception;
    }

    private void run(Callable<Void> task) {
        synchronized (this) {
            if (ended) {
                return;
            }
            running.add(Thread.currentThread());
        }
        Throwable thrown = null;
        try {
            task.call();
        } catch (Throwable t) {
            thrown = t;
        }
        synchronized (this) {
            running.remove(Thread.currentThread());
            // An interrupt of this job must not reach the next one on this thread.
            Thread.interrupted();
            left--;
            if (thrown != null && failure == null) {
                failure = thrown;
                ended = true;
                running.forEach(Thread::interrupt);
            }
            ended |= left == 0;
            notifyAll();
        }
    }

    /**
     * Waits until all are done or one has failed. When it returns or throws, nothing of this job runs.
     *
     * @return what a task has thrown, null if all went well
     * @throws InterruptedException if the calling thread is interrupted; the rest of the job is dropped
     */
    synchronized Throwable await() throws InterruptedException {
        try {
            while (!ended || !running.isEmpty()) {
                if (!ended && pool.isShutdown()) {
                    failure = new IllegalStateException("the plotter was closed");
                    ended = true;
                } else {
                    wait(POOL_CHECK_MILLIS);
                }
            }
            return failure;
        } catch (InterruptedException e) {
            ended = true;
            running.forEach(Thread::interrupt);
            drain();
            throw e;
        }
    }

    private synchronized void drain() {
        while (!running.isEmpty()) {
            try {
                wait(POOL_CHECK_MILLIS);
            } catch (InterruptedException again) {
                // Already on the way out; the threads finish their record, well under a second.
                running.forEach(Thread::interrupt);
            }
        }
    }
}

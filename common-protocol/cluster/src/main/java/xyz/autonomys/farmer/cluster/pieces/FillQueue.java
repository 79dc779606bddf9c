package xyz.autonomys.farmer.cluster.pieces;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongPredicate;

/**
 * Pieces that a cache lacks, each in one of three states: ready to be fetched, in work, or waiting for another attempt.
 * Ready ones leave in ascending order. Thread-safe.
 */
final class FillQueue {
    private static final Duration FIRST_DELAY = Duration.ofSeconds(1);
    private static final int MAX_DOUBLINGS = 5;
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(5);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final TreeSet<Long> ready = new TreeSet<>(Long::compareUnsigned);
    private final Set<Long> inWork = new HashSet<>();
    /** Pieces in work that were wanted since their work began. */
    private final Set<Long> wantedAgain = new HashSet<>();
    /** Pieces that wait, and since how many failures. */
    private final Map<Long, Integer> waiting = new HashMap<>();

    private final Map<Long, Integer> failures = new HashMap<>();
    /** When waiting pieces are due; also entries of pieces that wait no more. */
    private final PriorityQueue<Due> due = new PriorityQueue<>((a, b) -> Long.signum(a.nanos() - b.nanos()));

    private LongPredicate wanted = _ -> true;

    private record Due(long index, int failures, long nanos) {}

    /** Makes a piece ready, unless it is known already; one in work is looked at again when it is done. */
    void want(long index) {
        lock.lock();
        try {
            if (inWork.contains(index)) {
                wantedAgain.add(index);
            } else if (!waiting.containsKey(index) && ready.add(index)) {
                changed.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Forgets all pieces but those that {@code stillWanted} accepts, those in work when their attempt is over. */
    void retain(LongPredicate stillWanted) {
        lock.lock();
        try {
            wanted = stillWanted;
            ready.removeIf(index -> !wanted.test(index));
            waiting.keySet().removeIf(index -> !wanted.test(index));
            failures.keySet().removeIf(index -> !wanted.test(index));
        } finally {
            lock.unlock();
        }
    }

    /** Takes 1 to {@code most} pieces that are ready now, waiting until there are some. */
    Set<Long> take(int most) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (true) {
                long nanos = promote();
                if (!ready.isEmpty()) {
                    break;
                }
                changed.awaitNanos(nanos);
            }
            Set<Long> taken = new LinkedHashSet<>();
            for (Iterator<Long> next = ready.iterator(); next.hasNext() && taken.size() < most; ) {
                taken.add(next.next());
                next.remove();
            }
            inWork.addAll(taken);
            return taken;
        } finally {
            lock.unlock();
        }
    }

    /** Makes ready what is due, and says how long to wait for the next. */
    private long promote() {
        long now = System.nanoTime();
        while (!due.isEmpty() && due.peek().nanos() - now <= 0) {
            Due next = due.poll();
            if (waiting.remove(next.index(), next.failures())) {
                ready.add(next.index());
            }
        }
        return due.isEmpty() ? LOOK_AGAIN.toNanos() : due.peek().nanos() - now;
    }

    /**
     * A piece in work needs no more work, unless it was wanted meanwhile and is still accepted by {@link #retain}: what
     * was done for it may not be what is lacking now.
     */
    void done(long index) {
        lock.lock();
        try {
            inWork.remove(index);
            failures.remove(index);
            if (wantedAgain.remove(index) && wanted.test(index) && ready.add(index)) {
                changed.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    /** A piece in work could not be had; it is ready again after a delay that doubles with each failure up to half a minute. */
    void failed(long index) {
        lock.lock();
        try {
            wantedAgain.remove(index);
            if (inWork.remove(index) && wanted.test(index)) {
                int count = failures.merge(index, 1, Integer::sum);
                long delay = FIRST_DELAY.toNanos() << Math.min(count - 1, MAX_DOUBLINGS);
                waiting.put(index, count);
                due.add(new Due(index, count, System.nanoTime() + delay));
                changed.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Pieces not had yet. */
    int size() {
        lock.lock();
        try {
            return ready.size() + inWork.size() + waiting.size();
        } finally {
            lock.unlock();
        }
    }
}

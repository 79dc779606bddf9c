package xyz.autonomys.farmer.devnode;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import xyz.autonomys.farmer.primitives.Solution;

/**
 * Solutions waiting for their slot to be claimed: an intake for each of the newest slots, as deep as the authoring delay,
 * ten solutions each (spec 06 §5.2). Thread-safe.
 */
final class SolutionIntake {
    private static final int QUEUE = 10;

    private final int slots;
    private final Map<Long, Queue> intakes = new LinkedHashMap<>();

    /** The queues of slots that are not claimed yet; a queue outlives its intake by the time until the claim. */
    private final Map<Long, Queue> unclaimed = new HashMap<>();

    SolutionIntake(int slots) {
        this.slots = slots;
    }

    /** What became of a submission. */
    enum Result {
        /** In the queue of its slot. */
        QUEUED,
        /** Its slot is being claimed already: accepted, but lost. */
        LOST,
        /** There is no intake for its slot, or the queue is full. */
        IGNORED
    }

    /** Opens the intake of a slot and drops the oldest one. */
    synchronized void open(long slot) {
        Queue queue = new Queue();
        if (intakes.putIfAbsent(slot, queue) == null) {
            unclaimed.put(slot, queue);
        }
        if (intakes.size() > slots) {
            intakes.remove(intakes.keySet().iterator().next());
        }
    }

    /** Adds a solution. */
    synchronized Result submit(long slot, Solution solution) {
        Queue queue = intakes.get(slot);
        if (queue == null || queue.solutions.size() >= QUEUE) {
            return Result.IGNORED;
        }
        if (queue.closed) {
            return Result.LOST;
        }
        queue.solutions.add(solution);
        return Result.QUEUED;
    }

    /** Closes the queue of a slot and takes what is in it; an intake that is still open loses what comes now. */
    synchronized List<Solution> close(long slot) {
        Queue queue = unclaimed.remove(slot);
        if (queue == null) {
            return List.of();
        }
        queue.closed = true;
        return List.copyOf(queue.solutions);
    }

    private static final class Queue {
        private final List<Solution> solutions = new ArrayList<>();
        private boolean closed;
    }
}

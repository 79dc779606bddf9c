package xyz.autonomys.farmer.devnode;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Faults that begin with a slot, or with each slot by chance. Thread-safe. */
final class FaultSchedule {
    private static final Logger LOG = LoggerFactory.getLogger(FaultSchedule.class);

    private final List<Due> due = new ArrayList<>();
    private final List<Chance> chances = new ArrayList<>();

    private record Due(long slot, Runnable fault) {}

    private record Chance(double probability, Runnable fault) {}

    /** Before a slot is announced, something goes wrong. */
    synchronized void at(long slot, Runnable fault) {
        due.add(new Due(slot, fault));
    }

    /** Before each slot, with a probability of 0 to 1. */
    synchronized void often(double probability, Runnable fault) {
        if (!(probability >= 0 && probability <= 1)) {
            throw new IllegalArgumentException("a probability is 0 to 1, got " + probability);
        }
        chances.add(new Chance(probability, fault));
    }

    /** Forgets everything that has not happened. */
    synchronized void clear() {
        due.clear();
        chances.clear();
    }

    /** A slot is about to be announced. */
    void slotBegins(long slot) {
        List<Runnable> now = new ArrayList<>();
        synchronized (this) {
            due.removeIf(each -> each.slot <= slot && now.add(each.fault));
            for (Chance chance : chances) {
                if (ThreadLocalRandom.current().nextDouble() < chance.probability) {
                    now.add(chance.fault);
                }
            }
        }
        for (Runnable fault : now) {
            try {
                fault.run();
            } catch (RuntimeException e) {
                LOG.error("A scheduled fault could not happen: {}", e.getMessage());
            }
        }
    }
}

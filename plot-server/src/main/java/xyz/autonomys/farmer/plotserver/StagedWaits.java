package xyz.autonomys.farmer.plotserver;

import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import xyz.autonomys.farmer.cluster.control.StagedSector;
import xyz.autonomys.farmer.telemetry.Wait;
import xyz.autonomys.farmer.telemetry.WaitRegister;

/** The waits of staged sectors for their owners: each from its staging until its file goes. Thread-safe. */
final class StagedWaits implements AutoCloseable {
    /** A plot-client that stores one sector after the other may need that long to come to this one. */
    private static final Duration PATIENCE = Duration.ofMinutes(30);

    private final WaitRegister register;
    private final Map<String, Wait> waits = new ConcurrentHashMap<>();

    StagedWaits(WaitRegister register) {
        this.register = register;
    }

    /** These sectors are staged now, no others. To be called by one thread. */
    void look(Collection<StagedSector> staged) {
        Set<String> there = new HashSet<>();
        for (StagedSector sector : staged) {
            String taskId = sector.task().taskId();
            there.add(taskId);
            waits.computeIfAbsent(taskId, _ -> register.begin(
                            "plot-server",
                            "the owner to take staged sector",
                            PATIENCE,
                            "start that plot-client, see in its log and in util members why it does not store; a sector"
                                    + " that nobody wants any more can be deleted from the staging directory while this"
                                    + " plot-server is stopped")
                    .item(taskId)
                    .from("plot-client " + sector.task().owner()));
        }
        waits.forEach((taskId, wait) -> {
            if (!there.contains(taskId) && waits.remove(taskId, wait)) {
                wait.close();
            }
        });
    }

    /** The owner fetches bytes of a staged sector. */
    void fetched(String taskId) {
        Wait wait = waits.get(taskId);
        if (wait != null) {
            wait.progress();
        }
    }

    @Override
    public void close() {
        waits.values().forEach(Wait::close);
        waits.clear();
    }
}

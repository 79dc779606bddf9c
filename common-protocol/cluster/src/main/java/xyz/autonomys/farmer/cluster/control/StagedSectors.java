package xyz.autonomys.farmer.cluster.control;

import io.nats.client.JetStreamApiException;
import io.nats.client.KeyValue;
import io.nats.client.api.KeyValuePurgeOptions;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Where finished sectors lie. The plot-server writes an entry when the file is durable; the plot-client removes it when
 * it has the sector durably itself, which tells the server to delete its file.
 */
public final class StagedSectors implements AutoCloseable {
    private static final String BUCKET = "staged";

    private final WatchedBucket<StagedSector> bucket;

    /**
     * Reads the entries and follows changes.
     *
     * @param staged called with each entry, the known ones first
     * @param taken called with the task id of each entry that was removed
     */
    public StagedSectors(ControlPlane plane, Consumer<StagedSector> staged, Consumer<String> taken)
            throws InterruptedException {
        this.bucket = WatchedBucket.open(plane, BUCKET, Duration.ZERO, StagedSector.class);
        bucket.watch(new WatchedBucket.Listener<>() {
            @Override
            public void changed(String key, StagedSector sector) {
                staged.accept(sector);
            }

            @Override
            public void removed(String key) {
                taken.accept(key);
            }
        });
    }

    /**
     * Says that a sector is staged durably.
     *
     * @return false if another plot-server has staged it before: the owner takes that one
     */
    public boolean stage(StagedSector sector) throws ControlException, ControlFormatException {
        String taskId = sector.task().taskId();
        if (bucket.create(taskId, sector)) {
            return true;
        }
        Optional<StagedSector> there = bucket.get(taskId);
        if (there.isEmpty()) {
            return bucket.create(taskId, sector);
        }
        if (!there.get().holder().equals(sector.holder())) {
            return false;
        }
        if (!there.get().equals(sector)) {
            bucket.put(taskId, sector);
        }
        return true;
    }

    /** Says that the sector of this task is durable at its owner, or no longer wanted. */
    public void taken(String taskId) throws ControlException {
        bucket.remove(taskId);
    }

    /** The staged sectors by task id, live. */
    public Map<String, StagedSector> all() {
        return bucket.copy();
    }

    /**
     * Removes what JetStream keeps of entries that were taken at least {@code age} ago: a marker for each, which every
     * process would read at its start. A process that was away for longer does not hear of them any more; a plot-server
     * announces what it has at its next start, and its owner says then what is there already.
     */
    public static void forgetTaken(ControlPlane plane, Duration age) throws ControlException, InterruptedException {
        String failure = "entries of sectors that were taken could not be forgotten";
        KeyValue bucket = plane.bucket(BUCKET, Duration.ZERO);
        try {
            plane.now(failure, ControlPlane.requestTimeout(), () -> {
                bucket.purgeDeletes(KeyValuePurgeOptions.builder()
                        .deleteMarkersThreshold(age)
                        .build());
                return true;
            });
        } catch (JetStreamApiException e) {
            throw new ControlException(failure, e);
        }
    }

    @Override
    public void close() {
        bucket.close();
    }
}

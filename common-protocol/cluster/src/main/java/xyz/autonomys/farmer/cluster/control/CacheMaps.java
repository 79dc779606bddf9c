package xyz.autonomys.farmer.cluster.control;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** The cluster's current cache map: written by controllers, followed by everyone. */
public final class CacheMaps implements AutoCloseable {
    private static final String CURRENT = "current";

    private final WatchedBucket<CacheMap> bucket;
    private volatile Placement current;
    private volatile Placement previous;

    /**
     * Reads the current map and follows changes.
     *
     * @param changed called with the placement of each newer map
     */
    public CacheMaps(ControlPlane plane, Consumer<Placement> changed) throws InterruptedException {
        this.bucket = WatchedBucket.open(plane, "cache-map", Duration.ZERO, CacheMap.class);
        bucket.watch(new WatchedBucket.Listener<>() {
            @Override
            public void changed(String key, CacheMap map) {
                Placement before = current;
                if (before == null || Long.compareUnsigned(before.map().epoch(), map.epoch()) < 0) {
                    previous = before;
                    current = new Placement(map);
                    changed.accept(current);
                }
            }

            @Override
            public void removed(String key) {
                // The last map goes on to hold; a map is replaced, never withdrawn.
            }
        });
    }

    /** The placement of the current map, if there is one. */
    public Optional<Placement> current() {
        return Optional.ofNullable(current);
    }

    /**
     * The placement of the map before the current one, if this process has seen it: while caches fill after a change,
     * what the new map promises still lies where the old one put it.
     */
    public Optional<Placement> previous() {
        return Optional.ofNullable(previous);
    }

    /** Publishes the next map for these holders, unless the current one has just them. */
    public void propose(int replicas, List<CacheMap.Holder> holders) throws ControlException {
        Placement before = current;
        if (before != null
                && before.map().members().equals(holders)
                && before.map().replicas() == replicas) {
            return;
        }
        long epoch = before == null ? 1 : before.map().epoch() + 1;
        bucket.put(CURRENT, new CacheMap(epoch, CacheMap.PIECE, replicas, holders));
    }

    @Override
    public void close() {
        bucket.close();
    }
}

package xyz.autonomys.farmer.cluster.control;

import java.time.Duration;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The cluster's cache maps: written by controllers and by {@code util reinitialization-cache}, followed by everyone. Each
 * epoch is a key of its own, which is written once, so of two that announce the same epoch one is told. A map holds from
 * its start on; the ones before it hold as well, after it, until they are {@linkplain #retire retired} because
 * everything has moved.
 */
public final class CacheMaps implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CacheMaps.class);
    private static final String KEY_PREFIX = "epoch-";
    /** The one key of the release before epochs had keys. */
    private static final String FORMER_KEY = "current";

    private final WatchedBucket<CacheMap> bucket;
    private final Consumer<Placement> changed;
    private final LongSupplier clockMillis;
    private final NavigableMap<Long, Placement> known = new TreeMap<>(Long::compareUnsigned);
    private final ScheduledExecutorService starts = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("cache-maps").factory());
    private volatile List<Placement> alive = List.of();
    /** The next look, null if no map waits for its start. */
    private Future<?> nextLook;

    /**
     * Reads the maps and follows changes.
     *
     * @param changed called with the placement of each newer map when it starts, by one thread at a time
     */
    public CacheMaps(ControlPlane plane, Consumer<Placement> changed) throws InterruptedException {
        this(plane, changed, System::currentTimeMillis);
    }

    CacheMaps(ControlPlane plane, Consumer<Placement> changed, LongSupplier clockMillis) throws InterruptedException {
        this.changed = changed;
        this.clockMillis = clockMillis;
        this.bucket = WatchedBucket.open(plane, "cache-map", Duration.ZERO, CacheMap.class);
        bucket.watch(new WatchedBucket.Listener<>() {
            @Override
            public void changed(String key, CacheMap map) {
                learn(map);
            }

            @Override
            public void removed(String key) {
                forget();
            }
        });
    }

    private synchronized void learn(CacheMap map) {
        Placement before = known.get(map.epoch());
        if (before == null || !before.map().equals(map)) {
            known.put(map.epoch(), new Placement(map));
        }
        look();
    }

    /** Forgets the maps that are in the bucket no more; the one in force is replaced, never withdrawn. */
    private synchronized void forget() {
        Placement now = alive.isEmpty() ? null : alive.getFirst();
        known.values()
                .removeIf(placement -> placement != now
                        && bucket.copy().values().stream().noneMatch(map -> map.equals(placement.map())));
        look();
    }

    /** Looks again when the next map starts; if the clock was set back meanwhile, that look leads to another. */
    private void scheduleLook(long now) {
        if (nextLook != null) {
            nextLook.cancel(false);
            nextLook = null;
        }
        OptionalLong next = known.values().stream()
                .mapToLong(placement -> placement.map().startsAtMillis())
                .filter(start -> start > now)
                .min();
        if (next.isPresent() && !starts.isShutdown()) {
            nextLook = starts.schedule(this::look, next.getAsLong() - now, TimeUnit.MILLISECONDS);
        }
    }

    /** Sees which maps hold now. */
    private synchronized void look() {
        long now = clockMillis.getAsLong();
        scheduleLook(now);
        List<Placement> before = alive;
        List<Placement> after = known.descendingMap().values().stream()
                .filter(placement -> placement.map().startsAtMillis() <= now)
                .toList();
        alive = after;
        if (!after.isEmpty()
                && (before.isEmpty()
                        || Long.compareUnsigned(
                                        before.getFirst().map().epoch(),
                                        after.getFirst().map().epoch())
                                < 0)) {
            try {
                changed.accept(after.getFirst());
            } catch (RuntimeException e) {
                LOG.error("A new cache map could not be handled", e);
            }
        }
    }

    /** The placement of the map in force, if there is one. */
    public Optional<Placement> current() {
        return alive.stream().findFirst();
    }

    /**
     * The placements of the map in force and of those before it that are not retired, newest first: while caches fill
     * after a change, what the new map promises still lies where an older one put it.
     */
    public List<Placement> alive() {
        return alive;
    }

    /** Whether there is a map before the one in force that is not retired. */
    public boolean isMoving() {
        return alive.size() > 1;
    }

    /** The newest map, in force or announced. */
    public synchronized Optional<CacheMap> newest() {
        return known.isEmpty()
                ? Optional.empty()
                : Optional.of(known.lastEntry().getValue().map());
    }

    /**
     * Announces a map.
     *
     * @return false if another map of the same epoch was announced before
     */
    public boolean announce(CacheMap map) throws ControlException {
        if (!bucket.create(KEY_PREFIX + Long.toUnsignedString(map.epoch()), map)) {
            return false;
        }
        learn(map);
        return true;
    }

    /** Removes the maps before {@code epoch}: nobody needs them any more. */
    public void retire(long epoch) throws ControlException {
        List<CacheMap> old;
        synchronized (this) {
            old = known.headMap(epoch, false).values().stream()
                    .map(Placement::map)
                    .toList();
        }
        for (CacheMap map : old) {
            CacheMap former = bucket.copy().get(FORMER_KEY);
            bucket.remove(map.equals(former) ? FORMER_KEY : KEY_PREFIX + Long.toUnsignedString(map.epoch()));
        }
    }

    @Override
    public void close() {
        starts.shutdownNow();
        bucket.close();
    }
}

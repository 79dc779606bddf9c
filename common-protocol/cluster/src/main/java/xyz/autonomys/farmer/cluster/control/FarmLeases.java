package xyz.autonomys.farmer.cluster.control;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A farm is opened by one process in the cluster (rule M8 of the node RPC chapter, section 13.3). The lease is renewed
 * every five seconds and disappears twenty seconds after its holder died, so a moved farm starts only when the old
 * owner is known to be gone. The lock on the farm's files guards the same on one host.
 */
public final class FarmLeases implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FarmLeases.class);
    private static final Duration LIFETIME = Duration.ofSeconds(20);
    private static final Duration RENEWAL = Duration.ofSeconds(5);

    /** Who holds a farm. */
    record Lease(MemberId holder, String host) {}

    private final WatchedBucket<Lease> bucket;
    private final Lease own;
    private final Map<String, Boolean> held = new ConcurrentHashMap<>();
    private final ScheduledExecutorService renewal = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("farm-leases").factory());

    /** Opens the leases for one plot-client. */
    public FarmLeases(ControlPlane plane, MemberId self, String host) throws InterruptedException {
        this.bucket = WatchedBucket.open(plane, "farm-leases", LIFETIME, Lease.class);
        this.own = new Lease(self, host);
        renewal.scheduleWithFixedDelay(this::renew, RENEWAL.toMillis(), RENEWAL.toMillis(), TimeUnit.MILLISECONDS);
    }

    /**
     * Takes the lease of a farm.
     *
     * @return nothing if it is ours now, else who holds it, in words
     */
    public Optional<String> take(String farmId) throws ControlException, ControlFormatException {
        if (!bucket.create(farmId, own)) {
            Optional<Lease> lease = bucket.get(farmId);
            if (lease.isPresent() && !lease.get().holder().equals(own.holder())) {
                return Optional.of("member " + lease.get().holder() + " on host "
                        + lease.get().host());
            }
            bucket.put(farmId, own);
        }
        held.put(farmId, true);
        return Optional.empty();
    }

    /** Gives the lease of a farm back. */
    public void release(String farmId) {
        if (held.remove(farmId) != null) {
            try {
                bucket.remove(farmId);
            } catch (ControlException e) {
                LOG.debug("The lease of farm {} runs out by itself: {}", farmId, e.getMessage());
            }
        }
    }

    private void renew() {
        for (String farmId : held.keySet()) {
            try {
                bucket.put(farmId, own);
            } catch (ControlException | RuntimeException e) {
                LOG.debug("The lease of farm {} was not renewed: {}", farmId, e.getMessage());
            }
        }
    }

    @Override
    public void close() {
        renewal.shutdownNow();
        for (String farmId : held.keySet()) {
            release(farmId);
        }
        bucket.close();
    }
}

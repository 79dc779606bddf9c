package xyz.autonomys.farmer.cluster.member;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import xyz.autonomys.farmer.cluster.control.ClusterIdentities;
import xyz.autonomys.farmer.cluster.control.ClusterIdentity;
import xyz.autonomys.farmer.cluster.control.ControlException;
import xyz.autonomys.farmer.cluster.control.ControlFormatException;

/**
 * Sees whether the cluster that this process joined is still there. NATS servers that come back without their state know
 * nothing of it, and another one may have been made there meanwhile, with another secret: nothing that this process says
 * is heard then. It has to join anew.
 */
final class IdentityWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(IdentityWatch.class);
    private static final Duration EVERY = Duration.ofSeconds(20);
    /** A server that has just got a leader may not know everything yet. */
    private static final int SIGHTINGS = 3;

    private final ClusterIdentities identities;
    private final ClusterIdentity joined;
    private final Runnable lost;
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("cluster-identity").factory());
    private int sightings;

    /**
     * A watch that does not look yet.
     *
     * @param lost called once, on a thread of its own, when the cluster is gone
     */
    IdentityWatch(ClusterIdentities identities, ClusterIdentity joined, Runnable lost) {
        this.identities = identities;
        this.joined = joined;
        this.lost = lost;
    }

    /** Looks again and again. */
    void begin() {
        clock.scheduleWithFixedDelay(this::look, EVERY.toMillis(), EVERY.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Looks once. */
    void look() {
        try {
            Optional<ClusterIdentity> recorded = identities.recorded();
            if (recorded.equals(Optional.of(joined))) {
                sightings = 0;
                return;
            }
            sightings++;
            if (sightings == SIGHTINGS) {
                LOG.error(
                        "NATS has {} now, this process joined {}: its servers lost their state. It ends, to be started"
                                + " again and to join anew; see that their store_dir is kept",
                        recorded.map(ClusterIdentity::toString).orElse("no cluster"),
                        joined);
                Thread.ofPlatform().name("cluster-lost").start(lost);
            }
        } catch (ControlException | ControlFormatException | RuntimeException e) {
            LOG.debug("The cluster's identity is not known: {}", e.getMessage());
        }
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }
}

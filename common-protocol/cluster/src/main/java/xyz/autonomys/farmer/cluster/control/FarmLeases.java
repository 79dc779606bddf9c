package xyz.autonomys.farmer.cluster.control;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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
 * owner is known to be gone. The lock on the farm's files guards the same on one host: whoever has the lock of the very
 * directory that holds the lease takes it over at once.
 *
 * <p>A lease that someone else has taken is lost; it is taken again when it becomes free. A lease that cannot be renewed
 * because JetStream does not answer is still held: nobody else can take it then either.
 */
public final class FarmLeases implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FarmLeases.class);
    private static final Duration LIFETIME = Duration.ofSeconds(20);
    private static final Duration RENEWAL = Duration.ofSeconds(5);
    private static final Path BOOT = Path.of("/proc/sys/kernel/random/boot_id");

    /**
     * Who holds a farm.
     *
     * @param holder the plot-client
     * @param host name of its host
     * @param place the directory on this start of this host, the only thing a lock of the directory speaks for;
     *     empty if a build that did not tell it holds the farm
     * @param process tells processes apart that come one after the other
     */
    record Lease(
            MemberId holder,
            String host,
            @Since(value = 2, otherwise = "\"\"") String place,
            @Since(value = 2, otherwise = "\"\"") String process) {}

    private final WatchedBucket<Lease> bucket;
    private final MemberId self;
    private final String host;
    private final String boot;
    private final String process = MemberId.random().value();
    private final Map<String, Held> held = new ConcurrentHashMap<>();
    private final ScheduledExecutorService renewal = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("farm-leases").factory());

    private static final class Held {
        private final Lease own;
        private volatile Claim<Lease> claim;
        private volatile boolean lost;

        Held(Lease own, Claim<Lease> claim) {
            this.own = own;
            this.claim = claim;
        }
    }

    /** Opens the leases for one plot-client. */
    public FarmLeases(ControlPlane plane, MemberId self, String host) throws InterruptedException {
        this.bucket = WatchedBucket.open(plane, "farm-leases", LIFETIME, Lease.class);
        this.self = self;
        this.host = host;
        this.boot = bootId();
        renewal.scheduleWithFixedDelay(this::renew, RENEWAL.toMillis(), RENEWAL.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static String bootId() {
        try {
            return Files.readString(BOOT, StandardCharsets.US_ASCII).strip();
        } catch (IOException e) {
            // Unknown hosts are all different: a lease is then never taken over, only waited for.
            return MemberId.random().value();
        }
    }

    /**
     * Takes the lease of a farm whose directory this process has locked.
     *
     * @return nothing if it is ours now, else who holds it, in words
     */
    public Optional<String> take(String farmId, Path directory) throws ControlException, ControlFormatException {
        Lease own = new Lease(self, host, boot + directory.toAbsolutePath().normalize(), process);
        return take(farmId, new Held(own, null));
    }

    private Optional<String> take(String farmId, Held wanted) throws ControlException, ControlFormatException {
        Optional<WatchedBucket.Versioned<Lease>> there = bucket.getVersioned(farmId);
        if (there.isPresent() && !there.get().value().place().equals(wanted.own.place())) {
            return Optional.of(describe(there.get().value()));
        }
        long revision = there.map(WatchedBucket.Versioned::revision).orElse(0L);
        Optional<Claim<Lease>> claim = Claim.take(bucket, farmId, wanted.own, revision);
        if (claim.isEmpty()) {
            return Optional.of(bucket.get(farmId).map(FarmLeases::describe).orElse("another process"));
        }
        wanted.claim = claim.get();
        wanted.lost = false;
        held.put(farmId, wanted);
        return Optional.empty();
    }

    private static String describe(Lease lease) {
        return "member " + lease.holder() + " on host " + lease.host();
    }

    /** Whether this process may farm: it has taken the lease and nobody has taken it away. */
    public boolean isHeld(String farmId) {
        Held lease = held.get(farmId);
        return lease != null && !lease.lost;
    }

    /** Gives the lease of a farm back. */
    public void release(String farmId) {
        Held lease = held.remove(farmId);
        if (lease != null && !lease.lost) {
            try {
                lease.claim.release();
            } catch (ControlException e) {
                LOG.debug("The lease of farm {} runs out by itself: {}", farmId, e.getMessage());
            }
        }
    }

    private void renew() {
        held.forEach((farmId, lease) -> {
            try {
                if (lease.lost) {
                    if (take(farmId, lease).isEmpty()) {
                        LOG.warn("The lease of farm {} is free again, the farm is farmed here", farmId);
                    }
                } else if (!lease.claim.renew()) {
                    lease.lost = true;
                    String other = bucket.get(farmId).map(FarmLeases::describe).orElse("another process");
                    LOG.error(
                            "Farm {} is farmed by {} as well, so it is farmed here no more. Two processes must never"
                                    + " farm one farm: stop one of them and remove its copy of the farm",
                            farmId,
                            other);
                }
            } catch (ControlException | ControlFormatException | RuntimeException e) {
                LOG.debug("The lease of farm {} was not renewed: {}", farmId, e.getMessage());
            }
        });
    }

    @Override
    public void close() {
        renewal.shutdownNow();
        if (bucket.isReachable()) {
            held.keySet().forEach(this::release);
        }
        bucket.close();
    }
}

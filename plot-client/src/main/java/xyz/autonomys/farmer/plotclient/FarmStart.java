package xyz.autonomys.farmer.plotclient;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import xyz.autonomys.farmer.cluster.control.ControlException;
import xyz.autonomys.farmer.cluster.control.ControlFormatException;
import xyz.autonomys.farmer.cluster.control.FarmLeases;
import xyz.autonomys.farmer.farm.Farm;
import xyz.autonomys.farmer.telemetry.StandingWait;

/**
 * Brings one farm in, on a thread of its own: opens it, takes its lease, hands it over. So a disk that fails and a lease
 * that another process has keep no other farm from farming; both are tried again until they succeed.
 */
final class FarmStart implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FarmStart.class);
    private static final Duration LEASE_RETRY = Duration.ofSeconds(2);
    private static final Duration OPEN_RETRY = Duration.ofMinutes(1);
    private static final Duration TRIAL_PATIENCE = Duration.ofSeconds(30);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);

    private final Path path;
    private final Opening opening;
    private final Arrival arrival;
    private final FarmLeases leases;
    private final StandingWait fault;
    private final StandingWait lease;
    private final StandingWait jetStream;
    private final CountDownLatch tried = new CountDownLatch(1);
    private final Thread thread;
    private volatile Exception failure;
    private volatile boolean isIn;
    private volatile String waitingFor = "";

    /** Opens the farm. */
    interface Opening {
        Farm open() throws IOException;
    }

    /** Takes over a farm that is open and leased. */
    interface Arrival {
        void add(Farm farm) throws IOException;
    }

    /** Begins at once. */
    FarmStart(Path path, Opening opening, Arrival arrival, FarmLeases leases, ClientWaits waits) {
        this.path = path;
        this.opening = opening;
        this.arrival = arrival;
        this.leases = leases;
        this.fault = waits.brokenFarm();
        this.lease = waits.leaseOfAnother();
        this.jetStream = waits.leaseUnknown();
        this.thread = Thread.ofPlatform().daemon().name("start-" + path).start(this::run);
    }

    /** Waits until the farm is in, or it is clear that this may take a while; a disk that hangs never says so. */
    void awaitTrial() throws InterruptedException {
        if (!tried.await(TRIAL_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
            LOG.warn("The farm at {} is still being opened; see with dmesg whether its disk hangs", path);
        }
    }

    boolean isIn() {
        return isIn;
    }

    /** Why the farm could not be opened at the last attempt. */
    Optional<Exception> failure() {
        return Optional.ofNullable(failure);
    }

    /** What the farm waits for, in words; empty if it is in. */
    String waitingFor() {
        return waitingFor;
    }

    private void run() {
        while (!Thread.currentThread().isInterrupted()) {
            try {
                bringIn();
                failure = null;
                waitingFor = "";
                isIn = true;
                tried.countDown();
                return;
            } catch (IOException | ControlFormatException | RuntimeException e) {
                failed(e);
                tried.countDown();
            } catch (InterruptedException e) {
                return;
            }
            try {
                Thread.sleep(OPEN_RETRY.toMillis());
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private void failed(Exception e) {
        String reason = e instanceof IOException && e.getMessage() != null ? e.getMessage() : e.toString();
        Exception before = failure;
        failure = e;
        waitingFor = "the farm at " + path + ": " + reason;
        fault.lacks(reason).item(path);
        if (before == null) {
            LOG.error("The farm at {} is not farmed, it is tried again every minute: {}", path, reason);
        }
    }

    private void bringIn() throws IOException, ControlFormatException, InterruptedException {
        if (failure == null) {
            waitingFor = "the farm at " + path + " to be opened";
            fault.lacks("it is being opened").item(path);
        }
        Farm farm = opening.open();
        fault.over();
        boolean handedOver = false;
        try {
            takeLease(farm);
            arrival.add(farm);
            handedOver = true;
        } finally {
            if (!handedOver) {
                leases.release(farm.id().toString());
                farm.close();
            }
        }
    }

    /** Also when JetStream has no leader, as for a while after one of its servers has died. */
    private void takeLease(Farm farm) throws ControlFormatException, InterruptedException {
        String id = farm.id().toString();
        while (true) {
            try {
                Optional<String> holder = leases.take(id, farm.directory());
                jetStream.over();
                if (holder.isEmpty()) {
                    lease.over();
                    return;
                }
                waitingFor = "the lease of farm " + id + ", which " + holder.get() + " holds";
                lease.lacks("it is farmed by " + holder.get()).item(id);
            } catch (ControlException e) {
                waitingFor = "JetStream to lend farm " + id + ": " + e.getMessage();
                jetStream.lacks(e.getMessage()).item(id);
            }
            tried.countDown();
            Thread.sleep(LEASE_RETRY.toMillis());
        }
    }

    @Override
    public void close() {
        thread.interrupt();
        try {
            if (!thread.join(CLOSE_TIMEOUT)) {
                LOG.debug("The farm at {} is still being opened", path);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        fault.close();
        lease.close();
        jetStream.close();
    }
}

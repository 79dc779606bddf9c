package xyz.autonomys.farmer.cluster.control;

import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import xyz.autonomys.farmer.telemetry.Wait;

/** The chain's values in JetStream: written by controllers when they change, followed by everyone. */
public final class ChainInfos implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ChainInfos.class);
    private static final String KEY = "info";
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final ControlPlane plane;
    private final WatchedBucket<ChainInfo> bucket;

    /** Reads the values and follows changes. */
    public ChainInfos(ControlPlane plane) throws InterruptedException {
        this.plane = plane;
        this.bucket = WatchedBucket.open(plane, "chain", Duration.ZERO, ChainInfo.class);
        bucket.watch(new WatchedBucket.Listener<>() {
            @Override
            public void changed(String key, ChainInfo info) {
                LOG.debug("Chain: {}", info);
            }

            @Override
            public void removed(String key) {
                // The last values go on to hold.
            }
        });
    }

    /** The values, if a controller has written them. */
    public Optional<ChainInfo> current() {
        return Optional.ofNullable(bucket.copy().get(KEY));
    }

    /** Waits until a controller has written the values. */
    public ChainInfo await() throws InterruptedException {
        try (Wait wait = plane.waits()
                .begin(
                        "cluster \"" + plane.subjects().cluster() + "\"",
                        "a controller to tell the chain's values",
                        PATIENCE,
                        "check that one is connected to its node")) {
            while (true) {
                Optional<ChainInfo> info = current();
                if (info.isPresent()) {
                    return info.get();
                }
                Thread.sleep(POLL.toMillis());
            }
        }
    }

    /** Writes the values if they are new; those of a node that is behind are not. */
    public void publish(ChainInfo info) throws ControlException {
        ChainInfo known = bucket.copy().get(KEY);
        boolean isBehind = known != null
                && Long.compareUnsigned(
                                info.protocolInfo().historySize(),
                                known.protocolInfo().historySize())
                        < 0;
        if (!isBehind && !info.equals(known)) {
            bucket.put(KEY, info);
        }
    }

    @Override
    public void close() {
        bucket.close();
    }
}

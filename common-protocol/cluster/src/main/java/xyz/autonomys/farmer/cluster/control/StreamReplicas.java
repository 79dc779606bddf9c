package xyz.autonomys.farmer.cluster.control;

import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamManagement;
import io.nats.client.api.StreamConfiguration;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import xyz.autonomys.farmer.telemetry.RepeatedLog;

/**
 * Raises the number of copies of the cluster's streams once there are servers for them: a stream that was made, or brought
 * back, while fewer servers were there has one copy, and would be away with its server. Copies are never reduced; two
 * servers keep one copy, since two copies are away as soon as either server is.
 */
public final class StreamReplicas {
    private static final Logger LOG = LoggerFactory.getLogger(StreamReplicas.class);
    private static final Duration QUIET = Duration.ofMinutes(10);

    private final ControlPlane plane;
    private final RepeatedLog refusals = new RepeatedLog(LOG, QUIET);

    /** The streams of the cluster of this connection. */
    public StreamReplicas(ControlPlane plane) {
        this.plane = plane;
    }

    /**
     * Raises what is too low for the servers there now; to be called every minute or so, by one member.
     *
     * @return the streams that were raised
     * @throws ControlException if JetStream does not answer
     */
    public List<String> raise() throws ControlException {
        int wanted = plane.replicas();
        if (wanted == 1) {
            return List.of();
        }
        List<String> raised = new ArrayList<>();
        JetStreamManagement management = plane.jetStreamManagement();
        try {
            for (String name : plane.streamNames()) {
                StreamConfiguration now = management.getStreamInfo(name).getConfiguration();
                if (now.getReplicas() < wanted) {
                    management.updateStream(
                            StreamConfiguration.builder(now).replicas(wanted).build());
                    raised.add(name);
                }
            }
        } catch (IOException e) {
            throw new ControlException("JetStream did not tell of its streams", e);
        } catch (JetStreamApiException e) {
            refusals.warn(
                    "replicas",
                    "JetStream does not keep {} copies of every stream yet, trying again: {}",
                    wanted,
                    e.getMessage());
        }
        if (!raised.isEmpty()) {
            LOG.info("JetStream keeps {} copies of {} from now on", wanted, String.join(", ", raised));
        }
        return raised;
    }
}

package xyz.autonomys.farmer.cluster.control;

import io.nats.client.Connection;
import io.nats.client.ConnectionListener;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import xyz.autonomys.farmer.telemetry.Wait;
import xyz.autonomys.farmer.telemetry.WaitRegister;

/**
 * Says when NATS goes and comes back; while it is away, that is a wait of the role. The client also says that it is
 * disconnected when it could not connect in the first place; that is another wait, which
 * {@link ControlPlane#connect} registers.
 */
final class AwayWatch implements ConnectionListener {
    private static final Logger LOG = LoggerFactory.getLogger(ControlPlane.class);
    private static final Duration AWAY_PATIENCE = Duration.ofSeconds(15);

    private final String owner;
    private final NatsSettings settings;
    private final WaitRegister waits;
    private final Level level;
    private final Runnable refused;
    private boolean connected;
    private boolean closing;
    private Wait away;

    AwayWatch(String owner, NatsSettings settings, WaitRegister waits, Level level, Runnable refused) {
        this.owner = owner;
        this.settings = settings;
        this.waits = waits;
        this.level = level;
        this.refused = refused;
    }

    /** From now on the end of the connection is wanted. */
    synchronized void closing() {
        closing = true;
    }

    @Override
    public synchronized void connectionEvent(Connection connection, Events event) {
        switch (event) {
            case CONNECTED -> {
                LOG.atLevel(level).log("Connected to NATS at {}", connection.getConnectedUrl());
                connected = true;
            }
            case DISCONNECTED -> {
                if (connected && away == null) {
                    LOG.warn("NATS is away; running work goes on, reconnecting every second");
                    away = waits.begin(owner, "NATS to come back", AWAY_PATIENCE, "start nats-server again")
                            .from(settings.servers());
                }
            }
            case RECONNECTED -> {
                LOG.info("NATS is back at {}", connection.getConnectedUrl());
                end();
            }
            case CLOSED -> closed();
            default -> LOG.debug("NATS: {}", event);
        }
    }

    /** The client gives up by itself only when a server refuses its credentials twice in a row. */
    private void closed() {
        end();
        if (connected && !closing) {
            closing = true;
            LOG.error(
                    "NATS at {} refuses this process, which was connected before; it ends, to be started again."
                            + " Correct the server's authorization, or --nats-credentials or --nats-token",
                    settings.servers());
            Thread.ofPlatform().name("nats-refused").start(refused);
        }
    }

    private void end() {
        if (away != null) {
            away.close();
            away = null;
        }
    }
}

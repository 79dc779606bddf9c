package xyz.autonomys.farmer.devnode;

import java.nio.file.Path;
import java.time.Duration;
import xyz.autonomys.farmer.devnode.chain.ChainSettings;

/**
 * How a simulated node runs.
 *
 * @param chain what makes its chain
 * @param directory where it keeps the chain; an existing chain goes on
 * @param port TCP port of the RPC interface, 0 for any
 * @param sidePort TCP port of the journal and the commands, 0 for any
 * @param signingLimit how long a reward signing request lives, 500 ms on a real node
 * @param acknowledgementLimit how long archiving waits for subscribers, 120 s on a real node
 */
public record DevNodeSettings(
        ChainSettings chain,
        Path directory,
        int port,
        int sidePort,
        Duration signingLimit,
        Duration acknowledgementLimit) {
    /** A real node's limits on free ports. */
    public static DevNodeSettings of(ChainSettings chain, Path directory) {
        return new DevNodeSettings(chain, directory, 0, 0, Duration.ofMillis(500), Duration.ofSeconds(120));
    }
}

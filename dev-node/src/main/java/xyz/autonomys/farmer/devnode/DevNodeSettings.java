package xyz.autonomys.farmer.devnode;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import xyz.autonomys.farmer.devnode.chain.ChainSettings;

/**
 * How a simulated network runs.
 *
 * @param chain what makes its chain
 * @param directory where it keeps the chain; an existing chain goes on
 * @param segments how many segments history has at least when it starts; those that lack are made before, quickly
 * @param listenAddress address on which the nodes listen
 * @param ports TCP port of the RPC interface of each node, 0 for any; as many nodes as there are ports
 * @param checkHost whether only clients that call the nodes by their loopback address are served
 * @param sidePort TCP port of the journal and the commands on the loopback address, 0 for any
 * @param signingLimit how long a reward signing request lives, 500 ms on a real node
 * @param acknowledgementLimit how long archiving waits for subscribers, 120 s on a real node
 */
public record DevNodeSettings(
        ChainSettings chain,
        Path directory,
        long segments,
        String listenAddress,
        List<Integer> ports,
        boolean checkHost,
        int sidePort,
        Duration signingLimit,
        Duration acknowledgementLimit) {
    /** Refuses a network without nodes. */
    public DevNodeSettings {
        ports = List.copyOf(ports);
        if (ports.isEmpty()) {
            throw new IllegalArgumentException("a simulated network needs at least one node");
        }
    }

    /** One node with a real node's limits on free ports. */
    public static DevNodeSettings of(ChainSettings chain, Path directory) {
        return new DevNodeSettings(
                chain, directory, 1, "127.0.0.1", List.of(0), true, 0, Duration.ofMillis(500), Duration.ofSeconds(120));
    }

    /** The same with so many nodes on free ports. */
    public DevNodeSettings withNodes(int nodes) {
        return new DevNodeSettings(
                chain,
                directory,
                segments,
                listenAddress,
                Collections.nCopies(nodes, 0),
                checkHost,
                sidePort,
                signingLimit,
                acknowledgementLimit);
    }

    /** The same with a longer history at its start. */
    public DevNodeSettings withSegments(long atStart) {
        return new DevNodeSettings(
                chain,
                directory,
                atStart,
                listenAddress,
                ports,
                checkHost,
                sidePort,
                signingLimit,
                acknowledgementLimit);
    }
}

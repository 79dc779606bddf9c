package xyz.autonomys.farmer.node;

import java.net.URI;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import xyz.autonomys.farmer.primitives.GenesisHash;

/**
 * Settings of a client; {@link #of} gives the defaults, the {@code with…} methods change one.
 *
 * @param url address of the node, {@code ws://host:port} or {@code wss://…}
 * @param genesisHash the chain to work for; empty: the chain of the first connection
 * @param connectTimeout limit for connecting one socket
 * @param callTimeout limit for one call, except pieces and submissions
 * @param pieceTimeout limit for one piece (2 MiB of JSON)
 * @param submissionTimeout limit for the answer to a solution or signature; after it the outcome is unknown
 * @param slotSilence silence on the slot stream, while the node is not syncing, after which everything is subscribed
 *     anew; on chains with slow slots at least two and a half farming timeouts
 * @param chainRestartAfter time for which new slots must stay below the last one before the filter is reset
 * @param appInfoInterval interval of asking for {@link FarmerAppInfo} (every second while the node syncs)
 * @param headerCheckInterval interval of comparing the newest segment header with the last one announced
 * @param subscriptionCheckInterval interval of renewing the quiet subscriptions to learn whether they were alive
 * @param pingInterval interval of pings on each socket; a socket that brings nothing for three of them is closed
 * @param firstBackOff pause before the first new attempt; doubles each time
 * @param maxBackOff limit of the pause
 * @param acknowledgeWithin limit for listeners to return from {@link NodeListener#onSegment} before the segment is
 *     acknowledged regardless
 * @param listenerQueue notifications that may wait for a slow listener, per stream
 */
public record NodeClientConfig(
        URI url,
        Optional<GenesisHash> genesisHash,
        Duration connectTimeout,
        Duration callTimeout,
        Duration pieceTimeout,
        Duration submissionTimeout,
        Duration slotSilence,
        Duration chainRestartAfter,
        Duration appInfoInterval,
        Duration headerCheckInterval,
        Duration subscriptionCheckInterval,
        Duration pingInterval,
        Duration firstBackOff,
        Duration maxBackOff,
        Duration acknowledgeWithin,
        int listenerQueue) {
    /**
     * A little less than the 120 s that a node waits. Whoever acknowledges earlier gives up pieces that could still be had,
     * since after the last acknowledgement the node has them no more (autonomys/subspace,
     * crates/sc-consensus-subspace/src/archiver.rs, ACKNOWLEDGEMENT_TIMEOUT).
     */
    private static final Duration ACKNOWLEDGE_WITHIN = Duration.ofSeconds(110);

    /** Checks what cannot work. */
    public NodeClientConfig {
        Objects.requireNonNull(genesisHash, "genesisHash");
        String scheme = url.getScheme();
        if (!"ws".equals(scheme) && !"wss".equals(scheme) || url.getHost() == null) {
            throw new IllegalArgumentException(
                    "node address " + url + " is not of the form ws://HOST:PORT or wss://HOST:PORT");
        }
        if (listenerQueue < 1) {
            throw new IllegalArgumentException("listenerQueue must be positive, got " + listenerQueue);
        }
    }

    /** The defaults for a node at {@code url}. */
    public static NodeClientConfig of(URI url) {
        return new NodeClientConfig(
                url,
                Optional.empty(),
                Duration.ofSeconds(10),
                Duration.ofSeconds(30),
                Duration.ofSeconds(60),
                Duration.ofSeconds(10),
                Duration.ofSeconds(10),
                Duration.ofSeconds(60),
                Duration.ofSeconds(10),
                Duration.ofSeconds(60),
                Duration.ofMinutes(3),
                Duration.ofSeconds(10),
                Duration.ofMillis(100),
                Duration.ofSeconds(5),
                ACKNOWLEDGE_WITHIN,
                256);
    }

    /** The same with a chain to insist on. */
    public NodeClientConfig withGenesisHash(GenesisHash expected) {
        return new NodeClientConfig(
                url,
                Optional.of(expected),
                connectTimeout,
                callTimeout,
                pieceTimeout,
                submissionTimeout,
                slotSilence,
                chainRestartAfter,
                appInfoInterval,
                headerCheckInterval,
                subscriptionCheckInterval,
                pingInterval,
                firstBackOff,
                maxBackOff,
                acknowledgeWithin,
                listenerQueue);
    }
}

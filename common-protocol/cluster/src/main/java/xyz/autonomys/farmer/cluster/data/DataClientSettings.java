package xyz.autonomys.farmer.cluster.data;

import java.time.Duration;

/**
 * Limits of a client.
 *
 * @param ioThreads event loops
 * @param connectionsPerPeer connections to one peer at most; a further one is opened when all are in use
 * @param maxPeers peers known at a time
 * @param inFlightBytes most bytes of answers granted and not yet consumed, all requests together
 * @param creditBytes bytes granted to one request at a time
 * @param connectTimeout for TCP and handshake, each
 * @param firstByteTimeout from the request to the first sign of an answer
 * @param progressTimeout between two signs of an answer
 */
public record DataClientSettings(
        int ioThreads,
        int connectionsPerPeer,
        int maxPeers,
        long inFlightBytes,
        int creditBytes,
        Duration connectTimeout,
        Duration firstByteTimeout,
        Duration progressTimeout) {

    /** Refuses limits that cannot work. */
    public DataClientSettings {
        if (ioThreads < 1 || connectionsPerPeer < 1 || maxPeers < 1) {
            throw new IllegalArgumentException("a data client takes a thread, a connection and a peer or more");
        }
        if (creditBytes < 2 * FrameType.DATA_CHUNK_BYTES || inFlightBytes < creditBytes || inFlightBytes >> 41 != 0) {
            throw new IllegalArgumentException("a data client takes credit of " + 2 * FrameType.DATA_CHUNK_BYTES
                    + " bytes or more and at least as much in flight, got " + creditBytes + " and " + inFlightBytes);
        }
    }

    /** The defaults: 2 connections per peer, 64 MiB in flight, 2 MiB per request, 2 s, 1 s, 1 s. */
    public static DataClientSettings defaults() {
        return new DataClientSettings(
                Transport.defaultThreads(),
                2,
                1024,
                64L << 20,
                2 << 20,
                Duration.ofSeconds(2),
                Duration.ofSeconds(1),
                Duration.ofSeconds(1));
    }

    /** The same with another number of connections to each peer. */
    public DataClientSettings withConnections(int perPeer) {
        return new DataClientSettings(
                ioThreads,
                perPeer,
                maxPeers,
                inFlightBytes,
                creditBytes,
                connectTimeout,
                firstByteTimeout,
                progressTimeout);
    }

    /** The same with other time-outs. */
    public DataClientSettings withTimeouts(Duration connect, Duration firstByte, Duration progress) {
        return new DataClientSettings(
                ioThreads, connectionsPerPeer, maxPeers, inFlightBytes, creditBytes, connect, firstByte, progress);
    }
}

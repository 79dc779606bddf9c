package xyz.autonomys.farmer.cluster.data;

import java.time.Duration;

/**
 * Limits of a server.
 *
 * @param port TCP port, 0 for any
 * @param bindAddress address to listen on, {@code 0.0.0.0} for all
 * @param ioThreads event loops
 * @param maxConnections connections at a time, strangers included; more are closed at once
 * @param maxRequests requests in work at a time; a quarter is kept for those of high priority
 * @param requestBodyBytes most bytes of long requests held at a time
 * @param outboundBytes most bytes handed to one connection's socket and not yet taken by the kernel
 * @param handshakeTimeout after which a stranger is cut
 * @param stallTimeout how long an asker may grant or take nothing before its request is dropped
 * @param closeTimeout how long running requests may go on when the server closes
 */
public record DataServerSettings(
        int port,
        String bindAddress,
        int ioThreads,
        int maxConnections,
        int maxRequests,
        int requestBodyBytes,
        int outboundBytes,
        Duration handshakeTimeout,
        Duration stallTimeout,
        Duration closeTimeout) {

    /** Refuses limits that cannot work. */
    public DataServerSettings {
        if (port < 0 || port > 65535 || ioThreads < 1 || maxConnections < 1 || maxRequests < 4) {
            throw new IllegalArgumentException("a data server takes a port of 0 to 65535, a thread and a connection"
                    + " or more, and 4 requests or more; got port " + port + ", " + ioThreads + " threads, "
                    + maxConnections + " connections, " + maxRequests + " requests");
        }
        if (requestBodyBytes < DataRequest.MAX_BYTES || outboundBytes < 2 * FrameType.DATA_CHUNK_BYTES) {
            throw new IllegalArgumentException("a data server takes " + DataRequest.MAX_BYTES
                    + " bytes or more for request bodies and " + 2 * FrameType.DATA_CHUNK_BYTES
                    + " or more outbound, got " + requestBodyBytes + " and " + outboundBytes);
        }
    }

    /** The defaults, on this port of all addresses. */
    public static DataServerSettings onPort(int port) {
        return new DataServerSettings(
                port,
                "0.0.0.0",
                Transport.defaultThreads(),
                512,
                256,
                64 << 20,
                1 << 20,
                Duration.ofSeconds(5),
                Duration.ofSeconds(30),
                Duration.ofSeconds(2));
    }
}

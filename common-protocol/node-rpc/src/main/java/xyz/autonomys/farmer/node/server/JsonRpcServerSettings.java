package xyz.autonomys.farmer.node.server;

/**
 * Limits of a server; the defaults are a chain node's (spec 06 §1).
 *
 * @param bindAddress address to listen on
 * @param port TCP port, 0 for any
 * @param maxRequestBytes longest request
 * @param maxResponseBytes longest response
 * @param maxBatch calls in one batch; 0 refuses batches
 * @param maxConnections connections at a time; more are answered with HTTP 429
 * @param maxSubscriptions subscriptions of one connection
 * @param queuedMessages messages of one connection that wait for its socket
 * @param subscriptionBacklog items of one subscription that wait; one more ends the subscription without a word
 * @param allowUnsafe whether methods that change or reveal the node's own matters may be called
 * @param checkHost whether only {@code localhost} and {@code 127.0.0.1} are accepted in the Host header
 */
public record JsonRpcServerSettings(
        String bindAddress,
        int port,
        int maxRequestBytes,
        int maxResponseBytes,
        int maxBatch,
        int maxConnections,
        int maxSubscriptions,
        int queuedMessages,
        int subscriptionBacklog,
        boolean allowUnsafe,
        boolean checkHost) {
    private static final int FIFTEEN_MIB = 15 << 20;

    /** A node's defaults on a port of the loopback address, unsafe methods allowed. */
    public static JsonRpcServerSettings loopback(int port) {
        return new JsonRpcServerSettings(
                "127.0.0.1", port, FIFTEEN_MIB, FIFTEEN_MIB, Integer.MAX_VALUE, 100, 1024, 64, 16, true, true);
    }

    /** The same with another limit of calls in a batch. */
    public JsonRpcServerSettings withMaxBatch(int calls) {
        return new JsonRpcServerSettings(
                bindAddress,
                port,
                maxRequestBytes,
                maxResponseBytes,
                calls,
                maxConnections,
                maxSubscriptions,
                queuedMessages,
                subscriptionBacklog,
                allowUnsafe,
                checkHost);
    }

    /** The same on another address. */
    public JsonRpcServerSettings withBindAddress(String address) {
        return new JsonRpcServerSettings(
                address,
                port,
                maxRequestBytes,
                maxResponseBytes,
                maxBatch,
                maxConnections,
                maxSubscriptions,
                queuedMessages,
                subscriptionBacklog,
                allowUnsafe,
                checkHost);
    }

    /** The same without a check of the Host header, as with {@code --rpc-cors all}. */
    public JsonRpcServerSettings forAnyHost() {
        return new JsonRpcServerSettings(
                bindAddress,
                port,
                maxRequestBytes,
                maxResponseBytes,
                maxBatch,
                maxConnections,
                maxSubscriptions,
                queuedMessages,
                subscriptionBacklog,
                allowUnsafe,
                false);
    }
}

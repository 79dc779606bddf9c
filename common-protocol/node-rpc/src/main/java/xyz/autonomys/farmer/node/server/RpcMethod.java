package xyz.autonomys.farmer.node.server;

import com.fasterxml.jackson.databind.JsonNode;

/** What a method does. Called on a thread of its own for each call, so it may block. */
@FunctionalInterface
public interface RpcMethod {
    /**
     * Computes the result.
     *
     * @throws RpcException for an error answer
     * @throws InterruptedException if the server closes
     */
    JsonNode call(RpcCall call) throws RpcException, InterruptedException;
}

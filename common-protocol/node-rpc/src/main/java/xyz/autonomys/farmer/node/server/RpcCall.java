package xyz.autonomys.farmer.node.server;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * A call of a method.
 *
 * @param params the parameters, an array, an object, or a missing node
 * @param unsafeAllowed whether the caller may use unsafe methods
 */
public record RpcCall(JsonNode params, boolean unsafeAllowed) {
    /**
     * A parameter by position or name.
     *
     * @throws RpcException if it is missing
     */
    public JsonNode param(int position, String name) throws RpcException {
        JsonNode value = params.isArray() ? params.get(position) : params.get(name);
        if (value == null) {
            throw RpcException.invalidParams("No more params");
        }
        return value;
    }
}

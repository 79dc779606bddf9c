/**
 * How this product talks to a chain node: JSON-RPC 2.0 over WebSocket, as specified in chapter 06.
 *
 * <p>{@link xyz.autonomys.farmer.node.NodeClient} is the whole of it for callers: streams come through {@link
 * xyz.autonomys.farmer.node.NodeListener}, everything else is a blocking call with a deadline. Behind it {@link
 * xyz.autonomys.farmer.node.WebSocketNodeClient} keeps two sockets, one for what is urgent and one for what is big,
 * watches both, starts over whenever one of them is in doubt, and fills what was missed. What it cannot fill, a slot
 * above all, it reports: nothing is lost silently.
 *
 * <p>{@link xyz.autonomys.farmer.node.NodeJson} holds the JSON forms of the protocol types; the simulated node, built on
 * {@code .server}, uses the same.
 */
package xyz.autonomys.farmer.node;

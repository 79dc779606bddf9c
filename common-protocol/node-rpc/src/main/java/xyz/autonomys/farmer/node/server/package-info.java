/**
 * A JSON-RPC 2.0 server over WebSocket and HTTP that behaves as a chain node's does: envelope, error codes, limits,
 * subscriptions that die silently when their reader is too slow (spec 06 §1). It knows nothing of the chain; the
 * simulated node registers its methods here.
 */
package xyz.autonomys.farmer.node.server;

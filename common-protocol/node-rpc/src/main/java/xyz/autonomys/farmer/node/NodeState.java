package xyz.autonomys.farmer.node;

/** State of the connection with a node. */
public enum NodeState {
    /** Not connected yet or not anymore; being tried. */
    CONNECTING,
    /** Connected, but the node syncs: no slots for now. */
    SYNCING,
    /** Connected and complete. */
    READY,
    /** The node has another genesis hash than expected. */
    WRONG_CHAIN,
    /** The node contradicts known segment headers. */
    CONFLICT,
    /** Closed by its owner. */
    CLOSED
}

package xyz.autonomys.farmer.node;

import xyz.autonomys.farmer.primitives.RewardSigningInfo;
import xyz.autonomys.farmer.primitives.SegmentHeader;
import xyz.autonomys.farmer.primitives.SlotInfo;

/**
 * Receiver of what a node announces. Each listener has its own queues and virtual threads: slots with events, signing
 * requests, and segments are three independent orders, so a slow segment harvest delays no slot. Exceptions thrown by a
 * listener are logged and do no harm.
 */
public interface NodeListener {
    /**
     * A new slot; numbers strictly increase, and every gap is reported as {@link NodeEvent.SlotsMissed} before the slot
     * that follows it.
     *
     * @param slot the slot
     * @param arrivedAt {@link System#nanoTime()} at which its last byte was read from the socket; deadlines count from
     *     here
     */
    default void onSlot(SlotInfo slot, long arrivedAt) {}

    /**
     * The node wants a hash signed; there are about 500 ms. Stay silent for keys that are not held.
     *
     * @param request hash and key
     * @param arrivedAt {@link System#nanoTime()} of its arrival
     */
    default void onRewardSigning(RewardSigningInfo request, long arrivedAt) {}

    /**
     * A segment that was archived; indices ascend by one without gaps, starting with the first one that was not known
     * when the listener was added. A segment of which the node was asked before it was announced comes a second time
     * when the announcement arrives, then live.
     *
     * @param header the header, already checked against the chain of hashes
     * @param live true if the node serves the pieces of this segment right now, until all its clients have
     *     acknowledged: this client does so when every listener has returned from this call, at the latest after
     *     {@link NodeClientConfig#acknowledgeWithin()}
     */
    default void onSegment(SegmentHeader header, boolean live) {}

    /** Something happened to the connection; in order with the slots. */
    default void onEvent(NodeEvent event) {}
}

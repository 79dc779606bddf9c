package xyz.autonomys.farmer.node;

import java.time.Duration;
import java.util.Optional;

/**
 * A snapshot of the connection with a node.
 *
 * @param state state of the connection
 * @param stateText one line for a person: what is awaited or what went wrong
 * @param appInfo the latest information from the node, empty before the first connection
 * @param segmentHeaders number of consecutive segment headers known, 0 to this minus one
 * @param lastSlot latest slot number delivered (u64), empty before the first
 * @param lastSlotAge time since it arrived, empty before the first
 * @param connects successful connections so far
 * @param slotsDelivered slots delivered so far
 * @param slotsMissed slots that were announced to nobody here: gaps of any cause except slow listeners
 * @param acknowledgements acknowledgements of archived segments the node has confirmed
 * @param callsInFlight calls without an answer yet
 */
public record NodeHealth(
        NodeState state,
        String stateText,
        Optional<FarmerAppInfo> appInfo,
        long segmentHeaders,
        Optional<Long> lastSlot,
        Optional<Duration> lastSlotAge,
        long connects,
        long slotsDelivered,
        long slotsMissed,
        long acknowledgements,
        int callsInFlight) {}

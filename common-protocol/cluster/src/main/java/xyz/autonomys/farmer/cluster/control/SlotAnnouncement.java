package xyz.autonomys.farmer.cluster.control;

import xyz.autonomys.farmer.primitives.SlotInfo;

/**
 * A slot as one controller's node announced it.
 *
 * @param controller the controller; solutions of this slot go back to it
 * @param slot the slot
 * @param farmingTimeoutMillis time from the slot to the end of the node's intake (u64)
 */
public record SlotAnnouncement(MemberId controller, SlotInfo slot, long farmingTimeoutMillis) {}

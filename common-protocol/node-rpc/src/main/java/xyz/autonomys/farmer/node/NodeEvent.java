package xyz.autonomys.farmer.node;

import java.time.Duration;
import xyz.autonomys.farmer.primitives.GenesisHash;
import xyz.autonomys.farmer.primitives.SegmentHeader;

/** Something that happened to the connection with a node and that its users must know. */
public sealed interface NodeEvent {
    /**
     * Connected, subscribed, and the segment headers are complete.
     *
     * @param appInfo what the node said about itself on this connection
     */
    record Connected(FarmerAppInfo appInfo) implements NodeEvent {}

    /**
     * The connection ended or never came about; the client tries again by itself.
     *
     * @param reason what happened
     * @param retryIn time until the next attempt
     */
    record Disconnected(String reason, Duration retryIn) implements NodeEvent {}

    /**
     * Slots that this listener did not and will not get.
     *
     * @param firstSlot first missing slot number (u64)
     * @param lastSlot last missing slot number (u64)
     * @param cause why, as far as known
     */
    record SlotsMissed(long firstSlot, long lastSlot, SlotGap cause) implements NodeEvent {}

    /** Why slots are missing. */
    enum SlotGap {
        /** The connection was down or being renewed while they were announced. */
        CONNECTION_LOST,
        /** The node jumped: the slots were never announced on a live subscription (sync, burst, its own overload). */
        SKIPPED_BY_NODE,
        /** The listener was too slow and its queue was full. */
        LISTENER_TOO_SLOW,
        /** A notification could not be decoded. */
        MALFORMED
    }

    /**
     * A live connection brought no slot for a while although the node does not sync.
     *
     * @param silence time since the last slot
     */
    record SlotsSilent(Duration silence) implements NodeEvent {}

    /**
     * A reward signing request that this listener did not get, or may not have got: its queue was full, the text was
     * malformed, or the subscription had died silently.
     *
     * @param reason what happened
     */
    record SigningRequestLost(String reason) implements NodeEvent {}

    /**
     * The node began or ended syncing; while it syncs there are no slots.
     *
     * @param syncing the new state
     */
    record SyncingChanged(boolean syncing) implements NodeEvent {}

    /**
     * The node belongs to another chain; it is not used, and asked again from time to time.
     *
     * @param expected the chain this client works for
     * @param found the chain of the node
     */
    record WrongChain(GenesisHash expected, GenesisHash found) implements NodeEvent {}

    /**
     * The node gave a segment header that contradicts one that is already known: plotting must stop until a person has
     * looked at it. The client stays on {@link NodeState#CONFLICT} and takes no submissions.
     *
     * @param segmentIndex the segment
     * @param known the header that was known, or null if the new one does not continue the chain of hashes
     * @param received the header that came
     */
    record HeaderConflict(long segmentIndex, SegmentHeader known, SegmentHeader received) implements NodeEvent {}

    /**
     * The chain of the node started over with lower slot numbers (a development chain); the slot filter was reset.
     *
     * @param lastSlotBefore highest slot before
     * @param newSlot first slot of the new chain that is delivered
     */
    record ChainRestarted(long lastSlotBefore, long newSlot) implements NodeEvent {}
}

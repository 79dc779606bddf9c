package xyz.autonomys.farmer.cluster.control;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import xyz.autonomys.farmer.primitives.Blake3Hash;

/**
 * Makes one stream of slots out of those of several controllers (rule M9 of the node RPC chapter, section 13.3): the
 * first announcement of a number counts, what is not newer is dropped, and a slot stays bound to the controller whose
 * announcement was used (M2). Not thread-safe.
 */
public final class SlotMerger {
    private static final int REMEMBERED = 16;

    private final Map<Long, SlotAnnouncement> recent = new LinkedHashMap<>();
    private long last;
    private boolean any;
    private long differingChallenges;

    /** The announcement, if its slot is newer than every slot before. */
    public Optional<SlotAnnouncement> accept(SlotAnnouncement announcement) {
        long number = announcement.slot().slotNumber();
        if (any && Long.compareUnsigned(number, last) <= 0) {
            SlotAnnouncement first = recent.get(number);
            if (first != null && !challenge(first).equals(challenge(announcement))) {
                differingChallenges++;
            }
            return Optional.empty();
        }
        any = true;
        last = number;
        recent.put(number, announcement);
        if (recent.size() > REMEMBERED) {
            recent.remove(recent.keySet().iterator().next());
        }
        return Optional.of(announcement);
    }

    /** How often a controller announced a known slot with another challenge: its node is on another fork. */
    public long differingChallenges() {
        return differingChallenges;
    }

    private static Blake3Hash challenge(SlotAnnouncement announcement) {
        return announcement.slot().globalChallenge();
    }
}

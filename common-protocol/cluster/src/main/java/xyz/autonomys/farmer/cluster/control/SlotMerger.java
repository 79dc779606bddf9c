package xyz.autonomys.farmer.cluster.control;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import xyz.autonomys.farmer.primitives.Blake3Hash;

/**
 * Makes one stream of slots out of those of several controllers, and knows from it where solutions go (rules M2, M3 and M9
 * of the node RPC chapter, section 13.3).
 *
 * <p>The first announcement of a number counts, what is not newer is dropped. Later announcements of the same number only
 * tell how their controller is: which of them have the same challenge, how far each is behind. A solution goes to the
 * controller that took the solutions before, as long as that one announced the slot with the challenge that was solved and
 * is up to date; else to the one whose announcement was used. Thread-safe.
 */
public final class SlotMerger {
    private static final Logger LOG = LoggerFactory.getLogger(SlotMerger.class);
    private static final int REMEMBERED = 512;
    private static final Duration RESTARTED_AFTER = Duration.ofMinutes(1);

    private final TreeMap<Long, Slot> recent = new TreeMap<>(Long::compareUnsigned);
    private final Map<MemberId, Seen> seen = new HashMap<>();
    private boolean any;
    private long last;
    private long lowerSince;
    private boolean lower;
    private long differingChallenges;
    private MemberId sticky;

    /** A slot, when it came, and who announced it with the challenge that counts. */
    private record Slot(SlotAnnouncement first, long nanos, List<MemberId> agreeing) {}

    /** The newest slot of a controller and when it came. */
    private record Seen(long slot, long nanos, long farmingTimeoutMillis) {}

    /** A stream that begins with the first slot announced. */
    public SlotMerger() {
        this(OptionalLong.empty());
    }

    /**
     * A stream that goes on after an earlier process.
     *
     * @param farmedBefore the newest slot of which a solution may have been submitted; it and older ones are dropped, as
     *     rule M5 asks for after a restart
     */
    public SlotMerger(OptionalLong farmedBefore) {
        this.any = farmedBefore.isPresent();
        this.last = farmedBefore.orElse(0);
    }

    /**
     * The announcement, if its slot is newer than every slot before.
     *
     * @param nanoTime when it came
     */
    public synchronized Optional<SlotAnnouncement> accept(SlotAnnouncement announcement, long nanoTime) {
        long number = announcement.slot().slotNumber();
        boolean rising = note(announcement, number, nanoTime);
        if (any && Long.compareUnsigned(number, last) <= 0) {
            Slot slot = recent.get(number);
            if (slot != null && challenge(slot.first()).equals(challenge(announcement))) {
                if (!slot.agreeing().contains(announcement.controller())) {
                    slot.agreeing().add(announcement.controller());
                }
                return Optional.empty();
            }
            differingChallenges += slot == null ? 0 : 1;
            return rising && chainRestarted(number, nanoTime)
                    ? Optional.of(begin(announcement, nanoTime))
                    : Optional.empty();
        }
        lower = false;
        return Optional.of(begin(announcement, nanoTime));
    }

    private boolean note(SlotAnnouncement announcement, long number, long nanoTime) {
        Seen before = seen.get(announcement.controller());
        boolean rising = before == null || Long.compareUnsigned(number, before.slot()) > 0;
        seen.put(announcement.controller(), new Seen(number, nanoTime, announcement.farmingTimeoutMillis()));
        return rising;
    }

    private SlotAnnouncement begin(SlotAnnouncement announcement, long nanoTime) {
        any = true;
        last = announcement.slot().slotNumber();
        recent.put(last, new Slot(announcement, nanoTime, new ArrayList<>(List.of(announcement.controller()))));
        if (recent.size() > REMEMBERED) {
            recent.pollFirstEntry();
        }
        return announcement;
    }

    /** Slots that keep below the last one for a minute, and rise, are those of a chain that was begun anew. */
    private boolean chainRestarted(long number, long nanoTime) {
        if (!lower) {
            lower = true;
            lowerSince = nanoTime;
        }
        if (nanoTime - lowerSince < RESTARTED_AFTER.toNanos()) {
            return false;
        }
        LOG.warn("Slots go on at {} after {}: the chain was begun anew", number, last);
        lower = false;
        recent.clear();
        return true;
    }

    /**
     * To whom a solution of a slot may be given, in this order: one after the other, and the next one only if the one
     * before certainly did not hand it to its node.
     *
     * @param number the slot
     * @param healthy what is known otherwise of a controller: that it is there and its node is well
     * @param nanoTime now
     * @return empty if the slot is unknown or its controllers are gone
     */
    public synchronized List<MemberId> route(long number, Predicate<MemberId> healthy, long nanoTime) {
        Slot slot = recent.get(number);
        if (slot == null) {
            return List.of();
        }
        List<MemberId> usable = new ArrayList<>();
        for (MemberId controller : slot.agreeing()) {
            if (healthy.test(controller) && isUpToDate(controller, nanoTime)) {
                usable.add(controller);
            }
        }
        if (usable.isEmpty()) {
            // Nobody is known to be well: the one whose slot it is, for what it is worth.
            return List.of(slot.first().controller());
        }
        if (sticky == null || !usable.contains(sticky)) {
            MemberId next = usable.getFirst();
            // One that is well but has not announced this slot yet keeps its place.
            if (sticky == null || !healthy.test(sticky) || !isUpToDate(sticky, nanoTime)) {
                LOG.info("Solutions go through controller {} from now on", next);
                sticky = next;
            }
        }
        usable.sort(Comparator.comparing((MemberId controller) -> !controller.equals(sticky)));
        return List.copyOf(usable);
    }

    /**
     * Whether the controller was heard of within half the time in which a slot can be solved, two slots of four, and does
     * not lack a slot that has been known for longer than that.
     */
    private boolean isUpToDate(MemberId controller, long nanoTime) {
        Seen newest = seen.get(controller);
        if (newest == null) {
            return false;
        }
        long limit = Duration.ofMillis(newest.farmingTimeoutMillis() / 2).toNanos();
        Map.Entry<Long, Slot> lacking = recent.higherEntry(newest.slot());
        return nanoTime - newest.nanos() <= limit
                && (lacking == null || nanoTime - lacking.getValue().nanos() <= limit);
    }

    /** The controller that takes the solutions, as far as one was needed yet. */
    public synchronized Optional<MemberId> submitter() {
        return Optional.ofNullable(sticky);
    }

    /** How often a controller announced a known slot with another challenge: its node is on another fork. */
    public synchronized long differingChallenges() {
        return differingChallenges;
    }

    private static Blake3Hash challenge(SlotAnnouncement announcement) {
        return announcement.slot().globalChallenge();
    }
}

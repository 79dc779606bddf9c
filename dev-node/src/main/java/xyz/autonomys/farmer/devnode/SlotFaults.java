package xyz.autonomys.farmer.devnode;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import xyz.autonomys.farmer.primitives.Blake3Hash;
import xyz.autonomys.farmer.primitives.SlotInfo;
import xyz.autonomys.farmer.primitives.hash.Blake3;

/** What a faulty node announces instead of the slot that has begun. Nothing is wrong at first. Thread-safe. */
final class SlotFaults {
    private static final int REMEMBERED = 64;

    private final Deque<SlotInfo> recent = new ArrayDeque<>();
    private final List<SlotInfo> held = new ArrayList<>();
    private final Set<Long> forked = new HashSet<>();
    private long silentUntil = System.nanoTime();
    private int skips;
    private int holds;
    private int repeats;
    private boolean repeatsDiffer;
    private int forks;
    private int behind;
    private boolean restarted;
    private long sinceRestart;

    /** Announces nothing for a while. */
    synchronized void stop(long millis) {
        silentUntil = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    }

    /** Leaves out the next announcements. */
    synchronized void skip(int count) {
        skips = count;
    }

    /** Holds the next slots back and announces them together with the last of them. */
    synchronized void burst(int count) {
        holds = count;
    }

    /** Announces each of the next slots twice, the second time with the same or with another challenge. */
    synchronized void repeat(int count, boolean different) {
        repeats = count;
        repeatsDiffer = different;
    }

    /** Announces the next slots with challenges of another proof of time: a fork. */
    synchronized void fork(int count) {
        forks = count;
    }

    /** From now on announces what began {@code slots} earlier, as after a restart; 0 ends that. */
    synchronized void goBack(int slots) {
        if (slots < 0 || slots >= REMEMBERED) {
            throw new IllegalArgumentException("a node goes back 0 to " + (REMEMBERED - 1) + " slots, not " + slots);
        }
        behind = slots;
    }

    /** Announces slots from 1 on with challenges of its own, as a new chain does, or ends that. */
    synchronized void restart(boolean value) {
        restarted = value;
        sinceRestart = 0;
    }

    /** Whether a slot was announced with another challenge than the chain's; asked once when it is claimed. */
    synchronized boolean wasForked(long slot) {
        return forked.remove(slot);
    }

    /** What is announced now that a slot has begun, in order. */
    synchronized List<SlotInfo> announce(SlotInfo begun) {
        recent.addFirst(begun);
        if (recent.size() > REMEMBERED) {
            recent.removeLast();
        }
        SlotInfo slot = begun;
        if (behind > 0) {
            slot = recent.stream().skip(behind).findFirst().orElse(begun);
        }
        if (restarted) {
            slot = withChallenge(slot, ++sinceRestart);
        } else if (forks > 0) {
            forks--;
            forked.add(slot.slotNumber());
            slot = withChallenge(slot, slot.slotNumber());
        }
        if (silentUntil - System.nanoTime() > 0) {
            return List.of();
        }
        if (skips > 0) {
            skips--;
            return List.of();
        }
        if (holds > 1) {
            holds--;
            held.add(slot);
            return List.of();
        }
        holds = 0;
        List<SlotInfo> now = new ArrayList<>(held);
        held.clear();
        now.add(slot);
        if (repeats > 0) {
            repeats--;
            now.add(repeatsDiffer ? withChallenge(slot, slot.slotNumber()) : slot);
        }
        return now;
    }

    private static SlotInfo withChallenge(SlotInfo slot, long number) {
        Blake3Hash challenge = Blake3.hash(slot.globalChallenge().toBytes());
        return new SlotInfo(number, challenge, slot.solutionRange(), slot.votingSolutionRange());
    }
}

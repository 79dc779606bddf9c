package xyz.autonomys.farmer.devnode.chain;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * What happened on the chain and to every submission: the oracle of all tests. Keeps the newest entries and counts all
 * of them. Thread-safe.
 */
public final class Journal {
    /** Entries that are kept. */
    public static final int KEPT = 20_000;

    private static final ObjectMapper JSON = new ObjectMapper();

    /** What an entry tells. */
    public enum Kind {
        /** A solution arrived in time for its slot. */
        SOLUTION_RECEIVED,
        /** A solution arrived after its slot was claimed, or its slot was overtaken by a block. */
        SOLUTION_LATE,
        /** A solution is wrong; the reason is in the entry. */
        SOLUTION_INVALID,
        /** A solution of a sector that has expired, as happens when a segment is archived between slot and claim. */
        SOLUTION_EXPIRED,
        /** A right solution that could not be used: a second block candidate, or a vote on top of block 0. */
        SOLUTION_UNUSED,
        /** A solution of a challenge that only the announcing node had: it is worth nothing on the chain. */
        SOLUTION_FORKED,
        /** The very solution was submitted before. */
        SOLUTION_DUPLICATE,
        /** A block of a farmer became the best block. */
        BLOCK,
        /** A block of nobody in particular became the best block. */
        FOREIGN_BLOCK,
        /** A vote entered a block and is rewarded. */
        VOTE,
        /** A vote outlived the blocks that may hold it. */
        VOTE_EXPIRED,
        /** A vote equivocated: its key loses rewards. */
        EQUIVOCATION,
        /** A reward was taken back because of an equivocation. */
        REWARD_REVOKED,
        /** A signature came in time. */
        SIGNED,
        /** No valid signature came in time: the block or vote is lost. */
        NOT_SIGNED,
        /** A segment was archived. */
        SEGMENT,
        /** An archived segment was acknowledged by all subscribers or its time was up. */
        SEGMENT_ACKNOWLEDGED,
        /** A piece was asked for. */
        PIECE
    }

    private final Deque<ObjectNode> entries = new ArrayDeque<>();
    private final Map<Kind, Long> counts = new EnumMap<>(Kind.class);
    private long sequence;

    /** Adds an entry; {@code fields} fills in what belongs to it. */
    public synchronized void add(Kind kind, Consumer<ObjectNode> fields) {
        ObjectNode entry = JSON.createObjectNode();
        entry.put("sequence", sequence++);
        entry.put("time", System.currentTimeMillis());
        entry.put("kind", kind.name());
        fields.accept(entry);
        counts.merge(kind, 1L, Long::sum);
        entries.addLast(entry);
        if (entries.size() > KEPT) {
            entries.removeFirst();
        }
    }

    /** How many entries of a kind there have been. */
    public synchronized long count(Kind kind) {
        return counts.getOrDefault(kind, 0L);
    }

    /** All counts. */
    public synchronized Map<Kind, Long> counts() {
        return new EnumMap<>(counts.isEmpty() ? new EnumMap<>(Kind.class) : counts);
    }

    /** The kept entries from a sequence number on, at most {@code limit}. */
    public synchronized List<ObjectNode> since(long from, int limit) {
        List<ObjectNode> result = new ArrayList<>();
        for (ObjectNode entry : entries) {
            if (entry.get("sequence").asLong() >= from && result.size() < limit) {
                result.add(entry);
            }
        }
        return result;
    }
}

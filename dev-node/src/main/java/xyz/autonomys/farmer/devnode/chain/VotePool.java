package xyz.autonomys.farmer.devnode.chain;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import xyz.autonomys.farmer.primitives.PublicKey;
import xyz.autonomys.farmer.primitives.RewardSignature;

/**
 * Votes waiting for a block, and the rules by which a block executes them: the same solution signed twice costs its key
 * every reward of that block (spec 06 §13.1). Not thread-safe.
 */
final class VotePool {
    private final Journal journal;
    private final List<Vote.Signed> pending = new ArrayList<>();
    private Map<Kappa, RewardSignature> votesOfBest = new HashMap<>();

    VotePool(Journal journal) {
        this.journal = journal;
    }

    void add(Vote.Signed vote) {
        pending.add(vote);
    }

    /** The pending votes that a child of {@code parent} at {@code slot} may hold. */
    List<Vote.Signed> eligible(Block parent, Block grandparent, long slot) {
        List<Vote.Signed> eligible = new ArrayList<>();
        for (Vote.Signed signed : pending) {
            Vote vote = signed.vote();
            Block base = vote.height() == parent.number() + 1
                    ? parent
                    : vote.height() == parent.number() ? grandparent : null;
            if (base != null
                    && vote.parentHash().equals(base.hash())
                    && Long.compareUnsigned(vote.slot(), base.slot()) > 0
                    && Long.compareUnsigned(vote.slot(), slot) <= 0) {
                eligible.add(signed);
            }
        }
        return eligible;
    }

    /** Executes the votes of a block that has become the best one, and forgets those that can enter no later block. */
    void execute(Block block, Kappa parentAuthor, List<Vote.Signed> votes) {
        Map<Kappa, RewardSignature> executed = new HashMap<>();
        List<Vote.Signed> counted = new ArrayList<>();
        Set<PublicKey> revoked = new HashSet<>();
        for (Vote.Signed signed : votes) {
            Kappa kappa = signed.vote().kappa();
            RewardSignature before = votesOfBest.getOrDefault(kappa, executed.get(kappa));
            boolean ofAuthor = kappa.equals(block.author()) || kappa.equals(parentAuthor);
            if (ofAuthor || before != null && !before.equals(signed.signature())) {
                revoked.add(kappa.publicKey());
                journal.add(Journal.Kind.EQUIVOCATION, entry -> describe(entry, block, signed));
            } else if (before != null) {
                journal.add(Journal.Kind.SOLUTION_DUPLICATE, entry -> describe(entry, block, signed));
            } else {
                executed.put(kappa, signed.signature());
                counted.add(signed);
            }
        }
        for (Vote.Signed signed : counted) {
            PublicKey key = signed.vote().kappa().publicKey();
            journal.add(
                    revoked.contains(key) ? Journal.Kind.REWARD_REVOKED : Journal.Kind.VOTE,
                    entry -> describe(entry, block, signed));
        }
        if (block.author() != null && revoked.contains(block.author().publicKey())) {
            journal.add(Journal.Kind.REWARD_REVOKED, entry -> entry.put("block", block.number()));
        }
        votesOfBest = executed;
        pending.removeAll(votes);
        pending.removeIf(signed -> {
            boolean expired = signed.vote().height() < block.number();
            if (expired) {
                journal.add(Journal.Kind.VOTE_EXPIRED, entry -> describe(entry, block, signed));
            }
            return expired;
        });
    }

    private static void describe(ObjectNode entry, Block block, Vote.Signed signed) {
        entry.put("block", block.number());
        entry.put("slot", signed.vote().slot());
        entry.put("publicKey", signed.vote().solution().publicKey().toHex());
        entry.put("sectorIndex", signed.vote().solution().sectorIndex());
        entry.put("pieceOffset", signed.vote().solution().pieceOffset());
    }
}

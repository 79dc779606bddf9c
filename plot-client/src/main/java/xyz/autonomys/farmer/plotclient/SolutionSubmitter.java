package xyz.autonomys.farmer.plotclient;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import xyz.autonomys.farmer.cluster.control.ControlException;
import xyz.autonomys.farmer.cluster.control.ControlFormatException;
import xyz.autonomys.farmer.cluster.control.Member;
import xyz.autonomys.farmer.cluster.control.MemberId;
import xyz.autonomys.farmer.cluster.control.SlotMerger;
import xyz.autonomys.farmer.cluster.control.SolutionLedger;
import xyz.autonomys.farmer.cluster.control.SubmissionAnswer;
import xyz.autonomys.farmer.cluster.member.ClusterMember;
import xyz.autonomys.farmer.primitives.SolutionResponse;
import xyz.autonomys.farmer.telemetry.Wait;

/**
 * Sends each solution to exactly one node (rules M1 to M5 and M11 of the node RPC chapter, section 13.3): through the
 * controller that took the solutions before, and only if that one certainly did not hand it over, through another. All
 * solutions of a slot stay with the controller that took the first. Thread-safe.
 */
final class SolutionSubmitter {
    private static final Logger LOG = LoggerFactory.getLogger(SolutionSubmitter.class);
    private static final int SLOTS_REMEMBERED = 64;

    private final ClusterMember member;
    private final SolutionLedger ledger;
    private final SlotMerger slots;
    private final FarmedSlot farmed;
    private final LongAdder accepted = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final LongAdder unknown = new LongAdder();

    /** The controller that took the first solution of a slot. */
    private final Map<Long, MemberId> bound = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, MemberId> eldest) {
            return size() > SLOTS_REMEMBERED;
        }
    };

    SolutionSubmitter(ClusterMember member, SolutionLedger ledger, SlotMerger slots, FarmedSlot farmed) {
        this.member = member;
        this.ledger = ledger;
        this.slots = slots;
        this.farmed = farmed;
    }

    /** Solutions that a node took. */
    long accepted() {
        return accepted.sum();
    }

    /** Solutions that certainly no node took. */
    long refused() {
        return refused.sum();
    }

    /** Solutions of which it is not known whether a node took them; they are never sent again. */
    long unknown() {
        return unknown.sum();
    }

    /** Whether the cluster's ledger of solutions did not answer lately. */
    boolean decidesAlone() {
        return ledger.isAlone();
    }

    /**
     * Submits a solution.
     *
     * @param deadline nano time after which it is of no use
     * @return what became of it, empty if it was submitted before
     */
    Optional<SubmissionAnswer.Outcome> submit(SolutionResponse response, long deadline) throws InterruptedException {
        long slot = response.slotNumber();
        farmed.note(slot);
        if (!ledger.claim(response, member.id())) {
            LOG.debug("A solution of slot {} was submitted before", slot);
            return Optional.empty();
        }
        String reason = "no time was left";
        for (MemberId controller : route(slot)) {
            Duration left = Duration.ofNanos(deadline - System.nanoTime());
            if (!left.isPositive()) {
                break;
            }
            SubmissionAnswer answer = ask(controller, response, left);
            switch (answer.outcome()) {
                case ACCEPTED -> {
                    bind(slot, controller);
                    accepted.increment();
                    LOG.info(
                            "Solution of sector {} for slot {} is with the node of controller {}",
                            response.solution().sectorIndex(),
                            slot,
                            controller);
                    return Optional.of(answer.outcome());
                }
                case UNKNOWN -> {
                    bind(slot, controller);
                    unknown.increment();
                    LOG.warn(
                            "Whether the solution of sector {} for slot {} has reached a node is not known, it is not"
                                    + " sent again: {}",
                            response.solution().sectorIndex(),
                            slot,
                            answer.reason());
                    return Optional.of(answer.outcome());
                }
                case NOT_QUEUED -> reason = answer.reason();
            }
        }
        refused.increment();
        LOG.warn(
                "No node took the solution of sector {} for slot {}: {}",
                response.solution().sectorIndex(),
                slot,
                reason);
        return Optional.of(SubmissionAnswer.Outcome.NOT_QUEUED);
    }

    /** Through another controller the second solution of a key and slot could become a second block (M3, case F). */
    private List<MemberId> route(long slot) {
        synchronized (bound) {
            MemberId first = bound.get(slot);
            if (first != null) {
                return List.of(first);
            }
        }
        return slots.route(slot, this::isHealthy, System.nanoTime());
    }

    private boolean isHealthy(MemberId controller) {
        return member.membership().find(controller).map(Member::healthy).orElse(false);
    }

    private void bind(long slot, MemberId controller) {
        synchronized (bound) {
            bound.putIfAbsent(slot, controller);
        }
    }

    private SubmissionAnswer ask(MemberId controller, SolutionResponse response, Duration left)
            throws InterruptedException {
        try (Wait _ = ClientWaits.submission(member, controller, response.slotNumber())) {
            return member.control()
                    .request(member.control().subjects().solutions(controller), response, SubmissionAnswer.class, left);
        } catch (ControlException e) {
            return new SubmissionAnswer(
                    e.certainlyNotDelivered() ? SubmissionAnswer.Outcome.NOT_QUEUED : SubmissionAnswer.Outcome.UNKNOWN,
                    e.getMessage());
        } catch (ControlFormatException e) {
            return new SubmissionAnswer(SubmissionAnswer.Outcome.UNKNOWN, e.getMessage());
        }
    }
}

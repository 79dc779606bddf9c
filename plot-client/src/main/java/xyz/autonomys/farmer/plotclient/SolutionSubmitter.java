package xyz.autonomys.farmer.plotclient;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import xyz.autonomys.farmer.cluster.control.ControlException;
import xyz.autonomys.farmer.cluster.control.ControlFormatException;
import xyz.autonomys.farmer.cluster.control.Member;
import xyz.autonomys.farmer.cluster.control.MemberId;
import xyz.autonomys.farmer.cluster.control.MemberRole;
import xyz.autonomys.farmer.cluster.control.SolutionLedger;
import xyz.autonomys.farmer.cluster.control.SubmissionAnswer;
import xyz.autonomys.farmer.cluster.member.ClusterMember;
import xyz.autonomys.farmer.primitives.SolutionResponse;

/**
 * Sends each solution to exactly one node (rules M1 to M5 of the node RPC chapter, section 13.3): through the controller
 * whose slot was used, and only if that one certainly did not hand it over, through another. Thread-safe.
 */
final class SolutionSubmitter {
    private static final Logger LOG = LoggerFactory.getLogger(SolutionSubmitter.class);
    private static final int REMEMBERED = 4096;

    private final ClusterMember member;
    private final SolutionLedger ledger;
    private final LongAdder accepted = new LongAdder();
    private final LongAdder lost = new LongAdder();

    /** What was submitted while JetStream could not be asked. */
    private final Map<SolutionResponse, Boolean> own = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<SolutionResponse, Boolean> eldest) {
            return size() > REMEMBERED;
        }
    };

    SolutionSubmitter(ClusterMember member, SolutionLedger ledger) {
        this.member = member;
        this.ledger = ledger;
    }

    /** Solutions that a node took. */
    long accepted() {
        return accepted.sum();
    }

    /** Solutions that no node took, or of which nothing is known. */
    long lost() {
        return lost.sum();
    }

    /**
     * Submits a solution.
     *
     * @param bound the controller whose slot was solved
     * @param deadline nano time after which it is of no use
     */
    void submit(SolutionResponse response, MemberId bound, long deadline) throws InterruptedException {
        if (!claim(response)) {
            LOG.debug("A solution of slot {} was submitted before", response.slotNumber());
            return;
        }
        List<MemberId> controllers = new ArrayList<>(List.of(bound));
        for (Member other : member.membership().present(MemberRole.CONTROLLER)) {
            if (!other.id().equals(bound) && other.healthy()) {
                controllers.add(other.id());
            }
        }
        String reason = "no time was left";
        for (MemberId controller : controllers) {
            Duration left = Duration.ofNanos(deadline - System.nanoTime());
            if (!left.isPositive()) {
                break;
            }
            try {
                SubmissionAnswer answer = member.control()
                        .request(
                                member.control().subjects().solutions(controller),
                                response,
                                SubmissionAnswer.class,
                                left);
                switch (answer.outcome()) {
                    case ACCEPTED -> {
                        accepted.increment();
                        LOG.info(
                                "Solution of sector {} for slot {} is with the node",
                                response.solution().sectorIndex(),
                                response.slotNumber());
                        return;
                    }
                    case NOT_QUEUED -> reason = answer.reason();
                    case UNKNOWN -> {
                        reason = answer.reason();
                        break;
                    }
                }
                if (answer.outcome() == SubmissionAnswer.Outcome.UNKNOWN) {
                    break;
                }
            } catch (ControlException e) {
                reason = e.getMessage();
                if (!e.certainlyNotDelivered()) {
                    break;
                }
            } catch (ControlFormatException e) {
                reason = e.getMessage();
                break;
            }
        }
        lost.increment();
        LOG.warn(
                "A solution of sector {} for slot {} is lost: {}",
                response.solution().sectorIndex(),
                response.slotNumber(),
                reason);
    }

    private boolean claim(SolutionResponse response) {
        synchronized (own) {
            if (own.put(response, true) != null) {
                return false;
            }
        }
        try {
            return ledger.claim(response, member.id());
        } catch (ControlException e) {
            LOG.warn("The ledger of solutions is out of reach, this process decides alone: {}", e.getMessage());
            return true;
        }
    }
}

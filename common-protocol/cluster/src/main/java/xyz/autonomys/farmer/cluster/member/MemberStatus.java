package xyz.autonomys.farmer.cluster.member;

import java.util.List;
import xyz.autonomys.farmer.cluster.control.Member;

/**
 * How a member is, as it tells the others.
 *
 * @param capacityBytes bytes it can hold, 0 if it is no cache
 * @param usedBytes bytes it holds now
 * @param load work in progress relative to what it can do at once, in thousandths
 * @param healthy false while it cannot do its work
 * @param waitingFor what it waits for now, in words; empty if nothing
 * @param details further figures
 */
public record MemberStatus(
        long capacityBytes, long usedBytes, int load, boolean healthy, String waitingFor, List<Member.Detail> details) {
    /** A healthy member that stores nothing. */
    public static MemberStatus working(int load, List<Member.Detail> details) {
        return new MemberStatus(0, 0, load, true, "", details);
    }

    /** A member that waits for something before it can work. */
    public static MemberStatus waiting(String waitingFor) {
        return new MemberStatus(0, 0, 0, false, waitingFor, List.of());
    }
}

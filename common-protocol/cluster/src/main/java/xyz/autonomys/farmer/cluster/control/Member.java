package xyz.autonomys.farmer.cluster.control;

import java.util.List;
import java.util.Optional;

/**
 * What a member says of itself every five seconds.
 *
 * @param id its identity
 * @param role what it does
 * @param version version of the program
 * @param dataAddress host and port of its data plane, {@code host:port}, or empty if it serves nothing
 * @param host name of the host it runs on, so that peers can prefer their own
 * @param capacityBytes bytes it can hold (caches: its weight in placement; others 0)
 * @param usedBytes bytes it holds now
 * @param load work in progress relative to what it can do at once, in thousandths
 * @param healthy false while it cannot do its work
 * @param waitingFor what it waits for now, in words for an operator; empty if nothing
 * @param details further figures by name, for the dashboard
 */
public record Member(
        MemberId id,
        MemberRole role,
        String version,
        String dataAddress,
        String host,
        long capacityBytes,
        long usedBytes,
        int load,
        boolean healthy,
        String waitingFor,
        List<Detail> details) {
    /** Name of a controller's figure: how far its node's history goes. */
    public static final String HISTORY_SIZE = "history size";

    /** Name of a controller's figure that is there only when plotting must stop, and says why. */
    public static final String ALARM = "alarm";

    /** The value of the figure with this name, if the member tells it. */
    public Optional<String> detail(String name) {
        return details.stream()
                .filter(detail -> detail.name().equals(name))
                .map(Detail::value)
                .findFirst();
    }

    /**
     * A figure with a name.
     *
     * @param name what it is
     * @param value its value in words
     */
    public record Detail(String name, String value) {}
}

package xyz.autonomys.farmer.telemetry;

import java.time.Duration;

/**
 * A wait that has passed its deadline.
 *
 * @param owner who waits
 * @param what what is awaited
 * @param item which one, or empty
 * @param peer who is to deliver, or empty
 * @param seconds since it began or last came on, in seconds before now
 * @param limit how long it should have taken at most
 * @param cause what went wrong last, or empty
 * @param remedy what an operator can do, or empty
 */
public record OverdueWait(
        String owner,
        String what,
        String item,
        String peer,
        long seconds,
        Duration limit,
        String cause,
        String remedy) {

    /** One line: who waits for what from whom, since when, why, and what to do. */
    public String describe() {
        StringBuilder line = new StringBuilder(brief());
        if (!cause.isEmpty()) {
            line.append(": ").append(cause);
        }
        if (!remedy.isEmpty()) {
            line.append("; ").append(remedy);
        }
        return line.toString();
    }

    /** The line without cause and remedy. */
    public String brief() {
        StringBuilder line = new StringBuilder(owner).append(" waits for ").append(what);
        if (!item.isEmpty()) {
            line.append(' ').append(item);
        }
        if (!peer.isEmpty()) {
            line.append(" from ").append(peer);
        }
        return line.append(" since ")
                .append(seconds)
                .append(" s (limit ")
                .append(limit.toMillis() % 1000 == 0 ? limit.toSeconds() + " s" : limit.toMillis() + " ms")
                .append(')')
                .toString();
    }
}

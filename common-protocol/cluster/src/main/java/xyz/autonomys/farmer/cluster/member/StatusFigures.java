package xyz.autonomys.farmer.cluster.member;

import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import xyz.autonomys.farmer.cluster.control.Member;
import xyz.autonomys.farmer.telemetry.Meters;

/**
 * What a member tells the others of itself, as figures: health, load, and each detail that is a number, under its name
 * with {@code autonomys_farmer_} before it and underscores between its words. They are as old as the last heartbeat.
 */
final class StatusFigures {
    private static final String PREFIX = "autonomys_farmer_";
    private static final double PER_MILLE = 1000.0;

    private final Meters meters;
    private final Map<String, Double> details = new ConcurrentHashMap<>();
    private volatile MemberStatus latest;

    StatusFigures(Meters meters) {
        this.meters = meters;
    }

    void take(MemberStatus status) {
        boolean first = latest == null;
        latest = status;
        if (first) {
            meters.gauge(PREFIX + "healthy", "1 while the role can do its work.", () -> latest.healthy() ? 1 : 0);
            meters.gauge(
                    PREFIX + "load",
                    "Work in progress relative to what the role can do at once.",
                    () -> latest.load() / PER_MILLE);
            meters.gauge(PREFIX + "capacity_bytes", "Bytes the role can hold.", () -> latest.capacityBytes());
            meters.gauge(PREFIX + "used_bytes", "Bytes the role holds.", () -> latest.usedBytes());
        }
        for (Member.Detail detail : status.details()) {
            double value;
            try {
                value = Double.parseDouble(detail.value());
            } catch (NumberFormatException e) {
                details.remove(detail.name());
                continue;
            }
            if (details.put(detail.name(), value) == null) {
                meters.gauge(
                        PREFIX + detail.name().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "_"),
                        "As in util members --details: " + detail.name() + ".",
                        () -> details.getOrDefault(detail.name(), Double.NaN));
            }
        }
    }
}

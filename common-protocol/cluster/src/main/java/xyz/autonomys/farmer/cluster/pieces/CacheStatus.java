package xyz.autonomys.farmer.cluster.pieces;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import xyz.autonomys.farmer.cluster.control.Member;

/**
 * What a sharded cache tells of its contents, as figures of its member entry. Peers of another release that do not know
 * a figure show it as it is.
 *
 * @param epoch the cache map by which it has placed its share, 0 if none yet (u64)
 * @param stored pieces of its share that it holds, in the map's form
 * @param wanted pieces of its share
 * @param piecesPerSecond pieces stored per second of late
 * @param items items held in all, also those of other caches' shares
 * @param contents digest of the items held, 32 hex digits; the same for the same items
 */
public record CacheStatus(long epoch, long stored, long wanted, double piecesPerSecond, long items, String contents) {
    private static final String EPOCH = "cache epoch";
    private static final String STORED = "pieces stored";
    private static final String WANTED = "pieces wanted";
    private static final String RATE = "pieces per second";
    private static final String ITEMS = "items held";
    private static final String CONTENTS = "contents";
    private static final String SECONDS_LEFT = "seconds left";

    /** The figures. */
    public List<Member.Detail> details() {
        return List.of(
                new Member.Detail(EPOCH, Long.toUnsignedString(epoch)),
                new Member.Detail(STORED, Long.toString(stored)),
                new Member.Detail(WANTED, Long.toString(wanted)),
                new Member.Detail(RATE, String.format(Locale.ROOT, "%.1f", piecesPerSecond)),
                new Member.Detail(
                        SECONDS_LEFT,
                        secondsLeft().map(seconds -> Long.toString(seconds)).orElse("unknown")),
                new Member.Detail(ITEMS, Long.toString(items)),
                new Member.Detail(CONTENTS, contents));
    }

    /** What a member tells; empty if it tells nothing of the kind. */
    public static Optional<CacheStatus> of(Member member) {
        Map<String, String> figures = member.details().stream()
                .collect(Collectors.toMap(Member.Detail::name, Member.Detail::value, (first, _) -> first));
        try {
            return Optional.of(new CacheStatus(
                    Long.parseUnsignedLong(figures.getOrDefault(EPOCH, "")),
                    Long.parseLong(figures.getOrDefault(STORED, "")),
                    Long.parseLong(figures.getOrDefault(WANTED, "")),
                    Double.parseDouble(figures.getOrDefault(RATE, "")),
                    Long.parseLong(figures.getOrDefault(ITEMS, "")),
                    figures.getOrDefault(CONTENTS, "")));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** Whether it holds its whole share by this cache map. */
    public boolean isComplete(long mapEpoch) {
        return epoch == mapEpoch && stored >= wanted;
    }

    /** Seconds until it holds its share at the present rate; empty if it does not advance. */
    public Optional<Long> secondsLeft() {
        if (stored >= wanted) {
            return Optional.of(0L);
        }
        return piecesPerSecond > 0
                ? Optional.of((long) Math.ceil((wanted - stored) / piecesPerSecond))
                : Optional.empty();
    }
}

package xyz.autonomys.farmer.cache.sharded;

import java.util.List;
import xyz.autonomys.farmer.cluster.member.MemberOptions;
import xyz.autonomys.farmer.cluster.pieces.PieceFiller;

/**
 * How a sharded cache works.
 *
 * @param member its place in the cluster; role and id are the cache's own, the id comes from its directories
 * @param paths where it keeps pieces, at least one
 * @param fill how much it fetches at a time and per second
 * @param scrubBytesPerSecond how much it reads per second to find damage, 0 for not at all
 */
public record ShardedCacheSettings(
        MemberOptions member, List<CachePath> paths, PieceFiller.Limits fill, long scrubBytesPerSecond) {
    /** How much is read to find damage if nothing else is asked for. */
    public static final long DEFAULT_SCRUB_BYTES_PER_SECOND = 20_000_000;

    /** Refuses a cache without a path. */
    public ShardedCacheSettings {
        paths = List.copyOf(paths);
        if (paths.isEmpty()) {
            throw new IllegalArgumentException("a sharded cache needs a directory; give path=DIR");
        }
        if (scrubBytesPerSecond < 0) {
            throw new IllegalArgumentException(
                    "a scrub of " + scrubBytesPerSecond + " bytes per second is impossible; give 0 for none");
        }
    }
}

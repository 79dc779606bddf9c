package xyz.autonomys.farmer.cache.sharded;

import java.util.List;
import xyz.autonomys.farmer.cluster.member.MemberOptions;
import xyz.autonomys.farmer.cluster.pieces.PieceFiller;

/**
 * How a sharded cache works.
 *
 * @param member its place in the cluster; role and id are the cache's own, the id comes from its directories
 * @param paths where it keeps pieces, at least one
 * @param fill how much it fetches at a time
 */
public record ShardedCacheSettings(MemberOptions member, List<CachePath> paths, PieceFiller.Limits fill) {
    /** Refuses a cache without a path. */
    public ShardedCacheSettings {
        paths = List.copyOf(paths);
        if (paths.isEmpty()) {
            throw new IllegalArgumentException("a sharded cache needs a directory; give path=DIR");
        }
    }
}

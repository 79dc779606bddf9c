package xyz.autonomys.farmer.cache.fullpiece;

import java.nio.file.Path;
import java.util.List;
import xyz.autonomys.farmer.cluster.member.MemberOptions;
import xyz.autonomys.farmer.cluster.pieces.PieceFiller;

/**
 * How a full-piece cache works.
 *
 * @param member its place in the cluster; role and id are the cache's own, the id comes from its directories
 * @param paths directories with segment files, at least one; an export's directory is one as well
 * @param temporary whether what it fetches is discarded when it stops
 * @param fill how much it fetches at a time
 */
public record FullPieceCacheSettings(
        MemberOptions member, List<Path> paths, boolean temporary, PieceFiller.Limits fill) {
    /** Refuses a cache without a path. */
    public FullPieceCacheSettings {
        paths = List.copyOf(paths);
        if (paths.isEmpty()) {
            throw new IllegalArgumentException("a full-piece cache needs a directory; give path=DIR");
        }
    }
}

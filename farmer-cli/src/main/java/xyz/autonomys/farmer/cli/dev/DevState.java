package xyz.autonomys.farmer.cli.dev;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import xyz.autonomys.farmer.cluster.control.PlotProgress;

/**
 * How a development cluster is at a moment.
 *
 * @param segments archived segments, 0 while the node starts
 * @param block the best block
 * @param slot the last slot
 * @param counts how often each kind of thing happened, by the names of the node's journal
 * @param cache figures of the cache
 * @param client figures of the plot-client
 * @param proofs figures of the proof-server
 * @param plots sectors in work
 * @param waiting who waits for what, if anybody does
 */
public record DevState(
        long segments,
        long block,
        long slot,
        Map<String, Long> counts,
        Map<String, String> cache,
        Map<String, String> client,
        Map<String, String> proofs,
        List<PlotProgress> plots,
        Optional<String> waiting) {
    /** How often a kind of thing happened. */
    public long count(String kind) {
        return counts.getOrDefault(kind, 0L);
    }

    /** Solutions that became blocks or votes. */
    public long accepted() {
        return count("BLOCK") + count("VOTE");
    }

    /** Solutions the node found wrong, or of sectors that have expired. */
    public long rejected() {
        return count("SOLUTION_INVALID") + count("SOLUTION_EXPIRED");
    }

    /** A figure of the plot-client, 0 if it is not known. */
    public long clientFigure(String name) {
        return Long.parseLong(client.getOrDefault(name, "0"));
    }
}

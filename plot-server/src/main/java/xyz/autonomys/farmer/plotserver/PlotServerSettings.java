package xyz.autonomys.farmer.plotserver;

import java.nio.file.Path;
import xyz.autonomys.farmer.cluster.member.MemberOptions;

/**
 * How a plot-server works.
 *
 * @param member its place in the cluster
 * @param staging directory for finished sectors
 * @param encodingThreads records encoded at a time
 * @param sectors sectors in work at a time: one gathers pieces while another is encoded
 * @param stagingLimitBytes most bytes of finished sectors that wait for their owners; no task is pulled beyond
 * @param priorityCache whether caches should serve this server before others
 */
public record PlotServerSettings(
        MemberOptions member,
        Path staging,
        int encodingThreads,
        int sectors,
        long stagingLimitBytes,
        boolean priorityCache) {
    /** Refuses numbers that cannot work. */
    public PlotServerSettings {
        if (encodingThreads < 1 || sectors < 1 || stagingLimitBytes < 1) {
            throw new IllegalArgumentException("a plot-server takes an encoding thread, a sector in work and a byte of"
                    + " staging or more, got " + encodingThreads + ", " + sectors + " and " + stagingLimitBytes);
        }
    }
}

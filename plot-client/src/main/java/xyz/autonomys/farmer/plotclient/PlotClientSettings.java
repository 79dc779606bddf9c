package xyz.autonomys.farmer.plotclient;

import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import xyz.autonomys.farmer.cluster.member.MemberOptions;
import xyz.autonomys.farmer.primitives.PublicKey;

/**
 * How a plot-client works.
 *
 * @param member its place in the cluster
 * @param rewardAddress account that is rewarded
 * @param farms the farms it owns, at least one
 * @param tasksPerFarm sectors of one farm that are asked for at a time; empty for as many as its disk can store
 * @param auditThreads threads of each farm that read and hash at every slot
 * @param mayGiveUpSectors whether a farm may get smaller than what is plotted in it
 */
public record PlotClientSettings(
        MemberOptions member,
        PublicKey rewardAddress,
        List<FarmPlace> farms,
        OptionalInt tasksPerFarm,
        int auditThreads,
        boolean mayGiveUpSectors) {
    /** Copies the list. */
    public PlotClientSettings {
        farms = List.copyOf(farms);
        if (farms.isEmpty() || tasksPerFarm.orElse(1) < 1 || auditThreads < 1) {
            throw new IllegalArgumentException(
                    "a plot-client takes a farm, a task per farm and an audit thread or more");
        }
    }

    /**
     * Where a farm is and how large it is.
     *
     * @param path its directory
     * @param sectors number of sectors, instead of a size
     * @param bytes size, instead of a number of sectors
     */
    public record FarmPlace(Path path, OptionalInt sectors, OptionalLong bytes) {}
}

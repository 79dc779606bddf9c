package xyz.autonomys.farmer.cli.dev;

import java.nio.file.Path;

/**
 * What a development cluster looks like.
 *
 * @param directory where everything lies
 * @param hosts node hosts that are imitated: 1 for one process of each role, 3 for the sample cluster
 * @param piecesInSector pieces of a sector
 * @param sectors sectors of all farms
 * @param slotMillis duration of a slot
 * @param trustedSetup value of {@code --trusted-setup} for all processes
 * @param verbose whether the processes log what they do
 */
public record DevOptions(
        Path directory,
        int hosts,
        int piecesInSector,
        int sectors,
        int slotMillis,
        String trustedSetup,
        boolean verbose) {
    /** Node hosts of the sample cluster; plotters and storage hosts are two each. */
    public static final int SAMPLE_HOSTS = 3;

    /** Votes expected per block: fewer than on the real chain, so that two cores can prove them all. */
    static final int VOTES_PER_BLOCK = 3;

    /** Bytes of a block: history grows by a segment about every six minutes, which costs two cores ten seconds. */
    static final int BLOCK_BYTES = 2 << 20;
}

package xyz.autonomys.farmer.export;

/**
 * How far an export is.
 *
 * @param segments segments that this run writes
 * @param written how many of them are on disk
 * @param bytes bytes of history that went into the archiver
 * @param bytesInAll about how many there will be
 * @param block number of the last block that went into it (u32), −1 before the first
 * @param doing what it does at the moment
 */
public record ExportProgress(long segments, long written, long bytes, long bytesInAll, long block, String doing) {
    /** The part that is done, 0 to 1. */
    public double fraction() {
        return bytesInAll == 0 ? 0 : Math.min(1, (double) bytes / bytesInAll);
    }
}

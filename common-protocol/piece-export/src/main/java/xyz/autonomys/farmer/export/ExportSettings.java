package xyz.autonomys.farmer.export;

import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * What is exported and where to.
 *
 * @param directory where the segment files go; made if there is none
 * @param from index of the first segment (u64)
 * @param to index of the last segment, empty for the newest one
 * @param batchesAhead how many batches of blocks are fetched ahead
 */
public record ExportSettings(Path directory, long from, OptionalLong to, int batchesAhead) {
    /** Checks the range. */
    public ExportSettings {
        if (from < 0 || to.isPresent() && to.getAsLong() < from) {
            throw new IllegalArgumentException(
                    "there are no segments from " + from + (to.isPresent() ? " to " + to.getAsLong() : ""));
        }
        if (batchesAhead < 1) {
            throw new IllegalArgumentException("at least 1 batch is fetched ahead, got " + batchesAhead);
        }
    }
}

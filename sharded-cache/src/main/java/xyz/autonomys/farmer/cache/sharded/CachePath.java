package xyz.autonomys.farmer.cache.sharded;

import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * A directory of the cache.
 *
 * @param directory where the pieces lie
 * @param sizeBytes most bytes of disk to use; empty for what the store there has, or for nine tenths of what is free if
 *     there is none
 */
public record CachePath(Path directory, OptionalLong sizeBytes) {
    /** Refuses a size without room for one piece. */
    public CachePath {
        if (sizeBytes.isPresent() && SlotStore.slotsIn(sizeBytes.getAsLong()) < 1) {
            throw new IllegalArgumentException("size " + sizeBytes.getAsLong() + " of " + directory
                    + " has no room for a piece; give at least " + SlotStore.bytesOf(1) + " bytes");
        }
    }
}

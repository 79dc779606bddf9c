package xyz.autonomys.farmer.sector.read;

import java.util.Arrays;
import xyz.autonomys.farmer.primitives.ProtocolSizes;
import xyz.autonomys.farmer.sector.SectorContentsMap;
import xyz.autonomys.farmer.sector.SectorMetadata;

/**
 * Where the chunks of a record lie. In an s-bucket they come after those of all earlier records that are present there;
 * those are counted 64 s-buckets at a time, in counters whose bits lie in separate words.
 */
final class ChunkLocations {
    private static final int COUNTER_BITS = 16;

    private ChunkLocations() {}

    /** The numbers, in the sector's chunks, of the record's 32,768 chunks by ascending s-bucket; these ascend too. */
    static int[] of(SectorMetadata metadata, SectorContentsMap map, int record) {
        int[] locations = new int[ProtocolSizes.RECORD_CHUNKS];
        long[] counters = new long[COUNTER_BITS];
        int found = 0;
        int sBucketOffset = 0;
        for (int word = 0; word < SectorContentsMap.WORDS; word++) {
            Arrays.fill(counters, 0);
            for (int earlier = 0; earlier < record; earlier++) {
                long carry = map.presentWord(earlier, word);
                for (int bit = 0; carry != 0; bit++) {
                    long next = counters[bit] & carry;
                    counters[bit] ^= carry;
                    carry = next;
                }
            }
            long present = map.presentWord(record, word);
            for (int s = 0; s < Long.SIZE; s++) {
                if ((present >>> s & 1) != 0) {
                    locations[found++] = sBucketOffset + count(counters, s);
                }
                sBucketOffset += metadata.sBucketSize(word << 6 | s);
            }
        }
        return locations;
    }

    private static int count(long[] counters, int s) {
        int count = 0;
        for (int bit = 0; bit < COUNTER_BITS; bit++) {
            count |= (int) (counters[bit] >>> s & 1) << bit;
        }
        return count;
    }
}

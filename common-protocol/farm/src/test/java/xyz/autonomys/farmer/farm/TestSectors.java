package xyz.autonomys.farmer.farm;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.SplittableRandom;
import xyz.autonomys.farmer.primitives.hash.Blake3;
import xyz.autonomys.farmer.sector.SectorContentsMap;
import xyz.autonomys.farmer.sector.SectorFormatException;
import xyz.autonomys.farmer.sector.SectorLayout;
import xyz.autonomys.farmer.sector.SectorMetadata;

/**
 * Sectors in the form of real ones, with random contents: a farm does not look inside.
 *
 * @param bytes the sector
 * @param metadata its record
 */
record TestSectors(byte[] bytes, SectorMetadata metadata) {
    static TestSectors make(int index, int pieces, long historySize, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        SectorLayout layout = new SectorLayout(pieces);
        byte[] bytes = new byte[(int) layout.sectorBytes()];
        random.nextBytes(bytes);
        long[][] bitmaps = new long[pieces][SectorContentsMap.WORDS];
        for (long[] bitmap : bitmaps) {
            for (int word = 0; word < bitmap.length; word++) {
                // A quarter of the bits on average, so never too many.
                long bits = random.nextLong();
                bitmap[word] = bits & random.nextLong();
            }
        }
        try {
            SectorContentsMap map = SectorContentsMap.of(bitmaps);
            byte[] encoded = map.encode();
            System.arraycopy(encoded, 0, bytes, 0, encoded.length);
            int end = (int) layout.checksumOffset();
            Blake3.hashInto(bytes, 0, end, bytes, end);
            return new TestSectors(bytes, new SectorMetadata(index, pieces, historySize, map.sBucketSizes()));
        } catch (SectorFormatException e) {
            throw new IllegalStateException(e);
        }
    }

    MemorySegment segment() {
        return MemorySegment.ofArray(bytes);
    }

    /** Writes sector and record as a plotter stages them. */
    Path stage(Path file) throws IOException {
        Files.write(file, bytes);
        return Files.write(file, metadata.encode(), StandardOpenOption.APPEND);
    }
}

package xyz.autonomys.farmer.farm;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
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
public record TestSectors(byte[] bytes, SectorMetadata metadata) {
    /** A sector of random contents. */
    public static TestSectors make(int index, int pieces, long historySize, long seed) {
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

    /** Sector and record, one behind the other, as a plotter stages them. */
    public byte[] staged() {
        byte[] staged = Arrays.copyOf(bytes, bytes.length + SectorMetadata.ENCODED_BYTES);
        System.arraycopy(metadata.encode(), 0, staged, bytes.length, SectorMetadata.ENCODED_BYTES);
        return staged;
    }

    /** Stores the sector in its place. */
    SectorSummary storeIn(Farm farm) throws IOException {
        return store(farm, metadata.sectorIndex(), staged());
    }

    /** Stores what was staged, in parts that are no multiple of anything. */
    static SectorSummary store(Farm farm, int index, byte[] staged) throws IOException {
        try (IncomingSector incoming = farm.beginSector(index)) {
            append(incoming, staged, staged.length);
            return incoming.finish();
        }
    }

    /** Hands over the bytes up to {@code end}. */
    static void append(IncomingSector incoming, byte[] staged, int end) throws IOException {
        while (incoming.position() < end) {
            int at = (int) incoming.position();
            incoming.append(ByteBuffer.wrap(staged, at, Math.min(777_777, end - at)), at);
        }
    }
}

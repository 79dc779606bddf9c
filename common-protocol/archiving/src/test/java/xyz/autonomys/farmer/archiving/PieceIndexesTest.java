package xyz.autonomys.farmer.archiving;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PieceIndexesTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0, 0, 0, 2",
        "126, 126, 63, 0, 128",
        "254, 254, 127, 0, 256",
        "256, 0, 0, 1, 258",
        "510, 254, 127, 1, 512",
        "4611686018427387902, 254, 127, 18014398509481983, 4611686018427387904",
    })
    void sourcePieces(long index, int position, int sourcePosition, long segment, long next) {
        assertTrue(PieceIndexes.isSource(index));
        assertEquals(position, PieceIndexes.position(index));
        assertEquals(sourcePosition, PieceIndexes.sourcePosition(index));
        assertEquals(segment, PieceIndexes.segmentIndex(index));
        assertEquals(next, PieceIndexes.nextSource(index));
        assertEquals(index, PieceIndexes.of(segment, position));
    }

    @ParameterizedTest
    @CsvSource({"1, 1, 0", "127, 127, 0", "255, 255, 0", "257, 1, 1", "511, 255, 1", "513, 1, 2"})
    void parityPieces(long index, int position, long segment) {
        assertFalse(PieceIndexes.isSource(index));
        assertEquals(position, PieceIndexes.position(index));
        assertEquals(segment, PieceIndexes.segmentIndex(index));
        assertThrows(IllegalArgumentException.class, () -> PieceIndexes.sourcePosition(index));
        assertThrows(IllegalArgumentException.class, () -> PieceIndexes.nextSource(index));
    }

    @Test
    void indexesAreUnsigned() {
        assertEquals((1L << 56) - 1, PieceIndexes.segmentIndex(-1));
        assertEquals(255, PieceIndexes.position(-1));
        assertEquals(-1L, PieceIndexes.piecesInHistory(1L << 56));
        assertEquals(-256L, PieceIndexes.piecesInHistory((1L << 56) - 1));
    }

    @Test
    void sourcePiecesComeFirstInAListing() {
        long[] listing = PieceIndexes.sourceFirst(3);
        assertEquals(256, listing.length);
        assertEquals(768, listing[0]);
        assertEquals(770, listing[1]);
        assertEquals(1022, listing[127]);
        assertEquals(769, listing[128]);
        assertEquals(1023, listing[255]);
    }
}

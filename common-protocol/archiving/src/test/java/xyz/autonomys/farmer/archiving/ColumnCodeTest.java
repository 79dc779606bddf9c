package xyz.autonomys.farmer.archiving;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import xyz.autonomys.farmer.primitives.Piece;
import xyz.autonomys.farmer.primitives.ProtocolSizes;
import xyz.autonomys.farmer.primitives.hash.Blake3;

class ColumnCodeTest {
    /** Records, commitments and witnesses of segments 0 and 1 are all recorded, so whole pieces can be compared. */
    @Test
    void paritiesOfTheRecordedHistoryAndBackFromTheRecordedHalf() {
        for (int segment = 0; segment < 2; segment++) {
            byte[][] pieces = GoldenHistory.pieceArrays(segment);
            JsonNode hashes = GoldenHistory.segment(segment).get("piece_blake3");
            for (int position = 0; position < ProtocolSizes.SEGMENT_PIECES; position++) {
                assertEquals(
                        hashes.get(position).asText(),
                        Blake3.hash(pieces[position]).toHex(),
                        "segment " + segment + " position " + position);
            }
            JsonNode present = GoldenHistory.vectors()
                    .get("reconstruction_from_half")
                    .get(segment)
                    .get("positions_present");
            int[] known = new int[ProtocolSizes.SOURCE_RECORDS];
            byte[][] half = new byte[ProtocolSizes.SEGMENT_PIECES][];
            for (int i = 0; i < known.length; i++) {
                known[i] = present.get(i).asInt();
                half[known[i]] = pieces[known[i]];
            }
            for (int position = 0; position < half.length; position++) {
                if (half[position] == null) {
                    half[position] = new byte[ProtocolSizes.PIECE_BYTES];
                    System.arraycopy(
                            pieces[position],
                            Piece.COMMITMENT_OFFSET,
                            half[position],
                            Piece.COMMITMENT_OFFSET,
                            2 * ProtocolSizes.G1_BYTES);
                }
            }
            ColumnCode.recover(half, known, Parallelism.allCores());
            assertArrayEquals(pieces, half);
        }
    }

    @Test
    void theVectorOfSpec03Section7() {
        byte[][] pieces = new byte[ProtocolSizes.SEGMENT_PIECES][ProtocolSizes.PIECE_BYTES];
        for (int i = 0; i < ProtocolSizes.SOURCE_RECORDS; i++) {
            pieces[2 * i][31] = (byte) (i + 1);
        }
        ColumnCode.extend(pieces, Parallelism.none());
        assertEquals("1cd7ce73a9376d76b8853c34c2889348e4a28015eb09615d0b4119e66d7edcc6", chunk(pieces[1]));
        assertEquals("4dc13a6474609b09d5943c3492e00410d5980097fffeebc797ee58310222f498", chunk(pieces[3]));
        assertEquals("7119424b9f9b1ec83ac67fb3d9492440f08216ed7a2c6b3eef974d4a90037795", chunk(pieces[255]));
    }

    @Test
    void namesTheChunkThatIsNoScalar() {
        byte[][] pieces = new byte[ProtocolSizes.SEGMENT_PIECES][ProtocolSizes.PIECE_BYTES];
        java.util.Arrays.fill(pieces[6], 64, 96, (byte) 0xff);
        IllegalArgumentException e = org.junit.jupiter.api.Assertions.assertThrows(
                IllegalArgumentException.class, () -> ColumnCode.extend(pieces, Parallelism.none()));
        assertTrue(e.getMessage().contains("chunk 2 of the piece at position 6"), e.getMessage());
    }

    private static String chunk(byte[] piece) {
        return HexFormat.of().formatHex(piece, 0, 32);
    }
}

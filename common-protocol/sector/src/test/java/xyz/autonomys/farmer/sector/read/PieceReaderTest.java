package xyz.autonomys.farmer.sector.read;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import xyz.autonomys.farmer.erasure.ErasureCoding;
import xyz.autonomys.farmer.primitives.Piece;
import xyz.autonomys.farmer.primitives.ProtocolSizes;
import xyz.autonomys.farmer.primitives.hash.Blake3;
import xyz.autonomys.farmer.sector.GoldenPlot;
import xyz.autonomys.farmer.sector.GoldenSectors;
import xyz.autonomys.farmer.sector.ReadAt;
import xyz.autonomys.farmer.sector.SectorLayout;

/** Pieces come back from sectors as they went in, and damage is found and named as upstream does. */
class PieceReaderTest {
    private static final ErasureCoding CODE = ErasureCoding.forSourceChunks(ProtocolSizes.RECORD_CHUNKS);

    @Test
    void piecesOfTheSpecification() throws Exception {
        for (GoldenPlot plot : new GoldenPlot[] {GoldenPlot.shim(), GoldenPlot.filled(), GoldenPlot.real()}) {
            for (int offset = 0; offset < 2; offset++) {
                for (ReadMode mode : ReadMode.values()) {
                    Piece piece = read(plot, plot.reading(), offset, mode, 1);
                    assertArrayEquals(GoldenSectors.specificationPiece(offset).array(), piece.array(), mode.toString());
                }
            }
        }
    }

    @Test
    void piecesOfRecordedHistory() throws Exception {
        check(GoldenPlot.ofHistory(0), GoldenSectors.load("sector.json").at("/two_piece_sectors/0/reading/pieces"));
    }

    @Test
    @Tag("long")
    void piecesOfOtherSectorsOfRecordedHistory() throws Exception {
        for (int sector = 1; sector < 4; sector++) {
            check(
                    GoldenPlot.ofHistory(sector),
                    GoldenSectors.load("sector.json").at("/two_piece_sectors/" + sector + "/reading/pieces"));
        }
    }

    @Test
    @Tag("long")
    void piecesOfAFullSector() throws Exception {
        check(GoldenPlot.full(), GoldenSectors.load("sector1000.json").at("/reading/pieces"));
    }

    private static void check(GoldenPlot plot, JsonNode recorded) throws Exception {
        for (JsonNode expected : recorded) {
            int offset = expected.get("offset").asInt();
            assertEquals(
                    expected.get("piece_index").asLong(),
                    plot.plotted().pieceIndexes().get(offset));
            for (ReadMode mode : ReadMode.values()) {
                Piece piece = read(plot, plot.reading(), offset, mode, 3);
                assertEquals(
                        expected.at("/blake3/Ok").asText(),
                        Blake3.hash(piece.array()).toHex());
                assertEquals(
                        GoldenSectors.historyPiece(expected.get("piece_index").asLong()), piece);
            }
        }
    }

    @Test
    void damageIsNamed() throws Exception {
        GoldenPlot plot = GoldenPlot.ofHistory(0);
        SectorLayout layout = new SectorLayout(2);
        Set<String> checked = new HashSet<>();
        for (JsonNode recorded : GoldenSectors.load("sector.json").at("/two_piece_sectors/0/reading/corrupted")) {
            String what = recorded.get(0).asText();
            try (Arena arena = Arena.ofShared()) {
                MemorySegment sector = arena.allocate(plot.bytes().byteSize()).copyFrom(plot.bytes());
                int offset = 0;
                switch (what) {
                    case "contents map bit flipped" -> flip(sector, 100);
                    case "record 0 commitment byte flipped" -> flip(sector, layout.recordMetadataOffset(0));
                    case "record 0 piece checksum flipped" -> flip(sector, layout.recordMetadataOffset(0) + 96);
                    case "lowest bit of the first stored chunk flipped, piece 0" ->
                        flip(sector, layout.chunkOffset(0) + 31);
                    case "same, piece 1" -> {
                        flip(sector, layout.chunkOffset(0) + 31);
                        offset = 1;
                    }
                    case "first 64 stored chunks zeroed, piece 0 (error of an arbitrary one: parallel)" ->
                        sector.asSlice(layout.chunkOffset(0), 64 * 32).fill((byte) 0);
                    case "sector truncated by one byte (checksum not read)" ->
                        sector = sector.asSlice(0, sector.byteSize() - 1);
                    case "sector truncated inside the chunks" -> sector = withoutChunks(sector, layout);
                    case "bit of s-bucket 0 moved to s-bucket 1 (no proof), map checksum recomputed, metadata unchanged" ->
                        changeMap(sector, 0x01, 0x02);
                    case "one more bit than 32768, checksum recomputed" -> changeMap(sector, 0, 0x02);
                    default -> throw new AssertionError("unknown damage " + what);
                }
                String expected = recorded.get(1).asText().split("[ ({|]", 2)[0];
                assertEquals(expected, outcome(plot, ReadAt.of(sector), offset), what);
                checked.add(what);
            }
        }
        assertEquals(10, checked.size());
    }

    private static String outcome(GoldenPlot plot, ReadAt sector, int offset) throws Exception {
        try {
            assertEquals(
                    GoldenSectors.historyPiece(plot.plotted().pieceIndexes().get(offset)),
                    read(plot, sector, offset, ReadMode.CONCURRENT_CHUNKS, 2));
            return "ok";
        } catch (ReadingException e) {
            return switch (e.kind()) {
                case INVALID_CONTENTS_MAP -> "FailedToDecodeSectorContentsMap";
                case UNREADABLE_CHUNK -> "FailedToReadChunk";
                case MISSING_PROOF -> "MissingPosProof";
                case INVALID_CHUNK -> "InvalidChunk";
                case CHECKSUM_MISMATCH -> "ChecksumMismatch";
            };
        }
    }

    private static void flip(MemorySegment sector, long at) {
        sector.set(ValueLayout.JAVA_BYTE, at, (byte) (sector.get(ValueLayout.JAVA_BYTE, at) ^ 1));
    }

    private static void changeMap(MemorySegment sector, int clear, int set) {
        int first = sector.get(ValueLayout.JAVA_BYTE, 0);
        assertEquals(1, first & 0x03, "s-bucket 0 is used, s-bucket 1 is not");
        sector.set(ValueLayout.JAVA_BYTE, 0, (byte) (first & ~clear | set));
        long mapBytes = 2L * SectorLayout.BITMAP_BYTES;
        MemorySegment.copy(
                MemorySegment.ofArray(Blake3.hash(sector.asSlice(0, mapBytes)).toBytes()), 0, sector, mapBytes, 32);
    }

    private static MemorySegment withoutChunks(MemorySegment sector, SectorLayout layout) {
        return sector.asSlice(0, layout.chunkOffset(32));
    }

    private static Piece read(GoldenPlot plot, ReadAt sector, int offset, ReadMode mode, int threads) throws Exception {
        try (RecordReader reader = new RecordReader(mode, threads);
                RecordDecoder decoder = new RecordDecoder(plot.tables().get(), CODE)) {
            return new PieceReader(reader, decoder).read(sector, plot.id(), plot.metadata(), offset);
        }
    }

    @Test
    void offsetBehindTheLastPieceIsRefused() {
        GoldenPlot plot = GoldenPlot.shim();
        assertThrows(
                IndexOutOfBoundsException.class, () -> read(plot, plot.reading(), 2, ReadMode.CONCURRENT_CHUNKS, 1));
    }
}
